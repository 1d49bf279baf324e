import { compare, Decimal } from './decimal';
import { valueAt, type FieldKind } from './fields';

/** How a field may be compared; those of a kind stand in {@link operatorsOf}. */
export type Operator =
	| 'is'
	| 'isNot'
	| 'contains'
	| 'startsWith'
	| 'above'
	| 'atLeast'
	| 'below'
	| 'atMost'
	| 'isEmpty'
	| 'isNotEmpty';

const presence: Operator[] = ['isEmpty', 'isNotEmpty'];
const order: Operator[] = ['is', 'isNot', 'above', 'atLeast', 'below', 'atMost'];

const operators: Record<FieldKind, Operator[]> = {
	text: ['is', 'isNot', 'contains', 'startsWith', ...presence],
	decimal: [...order, ...presence],
	number: [...order, ...presence],
	date: [...order, ...presence],
	dateTime: [...order, ...presence],
	boolean: ['is', 'isNot', ...presence],
	options: ['is', 'isNot', ...presence],
	list: presence,
};

export function operatorsOf(kind: FieldKind): Operator[] {
	return operators[kind];
}

/** A comparison of one field. `value` is text as a person writes it. */
export interface Condition {
	path: string;
	kind: FieldKind;
	operator: Operator;
	value: string;
}

/** What is wrong with a condition; nothing when it can be asked. */
export function problemOf({ kind, operator, value }: Condition): string | undefined {
	if (!operatorsOf(kind).includes(operator)) {
		return `cannot be compared with "${operator}"; choose one of ${operatorsOf(kind).join(', ')}`;
	}
	if (presence.includes(operator)) return undefined;
	if (value === '') return 'needs a value to compare with';
	if ((kind === 'decimal' || kind === 'number') && !Decimal.safeParse(value).success) {
		return `is a number, and "${value}" is none, such as 12.50`;
	}
	if ((kind === 'date' || kind === 'dateTime') && Number.isNaN(Date.parse(value))) {
		return `is a date, and "${value}" is none, such as 2026-01-31`;
	}
	return undefined;
}

/** Whether the record meets all conditions. Text is compared without case; what a record lacks meets only `isNot` and `isEmpty`. */
export function meets(record: object, conditions: Condition[]): boolean {
	return conditions.every((condition) => meetsOne(valueAt(record, condition.path), condition));
}

function meetsOne(actual: unknown, { kind, operator, value }: Condition): boolean {
	const empty =
		actual === undefined ||
		actual === null ||
		actual === '' ||
		(Array.isArray(actual) && actual.length === 0);
	if (operator === 'isEmpty') return empty;
	if (operator === 'isNotEmpty') return !empty;
	if (empty) return operator === 'isNot';
	const text = String(actual).toLowerCase();
	const wanted = value.toLowerCase();
	if (operator === 'contains') return text.includes(wanted);
	if (operator === 'startsWith') return text.startsWith(wanted);
	const sign = compared(kind, String(actual), text, value);
	switch (operator) {
		case 'is':
			return sign === 0;
		case 'isNot':
			return sign !== 0;
		case 'above':
			return sign > 0;
		case 'atLeast':
			return sign >= 0;
		case 'below':
			return sign < 0;
		case 'atMost':
			return sign <= 0;
	}
}

/** Negative, zero or positive; NaN where the two cannot be compared, which meets nothing but `isNot`. */
function compared(kind: FieldKind, actual: string, text: string, value: string): number {
	switch (kind) {
		case 'decimal':
		case 'number':
			return Decimal.safeParse(actual).success ? compare(actual, value) : Number.NaN;
		case 'date':
		case 'dateTime':
			return Date.parse(actual) - Date.parse(value);
		default:
			return text === value.toLowerCase() ? 0 : Number.NaN;
	}
}
