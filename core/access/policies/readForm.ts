import { readPolicyText } from './cedarText';
import { approver, formToJson } from './compileForm';
import { PolicyForm } from './form';
import {
	alternatives,
	any,
	call,
	compare,
	conjuncts,
	entity,
	field,
	has,
	literal,
	not,
	printed,
	setOf,
	variable,
	type Expression,
	type PolicyJson,
} from './policyJson';

/** A policy in the form, or why it is not one that the form can show. Then it stays text. */
export type FormReading = { form: PolicyForm } | { notInForm: string };

/**
 * Reads a policy back into the form. What is read is compiled again and compared with the policy, so a form never says less
 * or more than its policy.
 */
export function readForm(text: string): FormReading {
	const read = readPolicyText('policy', text);
	if ('problems' in read) return { notInForm: 'It is no policy that Cedar can read.' };
	return formOf(read.json);
}

export function formOf(json: PolicyJson): FormReading {
	const operations = operationsOf(json);
	if (operations === undefined) return { notInForm: 'It names operations in a way that the form has not.' };
	if (json.resource.op !== 'All') return { notInForm: 'It names resources.' };
	const annotations = Object.keys(json.annotations ?? {}).filter((name) => name !== 'description');
	if (annotations.length > 0) return { notInForm: `It has the annotation @${annotations[0]}.` };
	const conditions = conditionsIn(json);
	if (conditions === undefined) return { notInForm: 'It has "unless", or names who asks in another way.' };
	const found: Draft = { effect: json.effect, operations };
	const description = json.annotations?.description;
	if (description !== undefined) found.description = description ?? '';
	for (const condition of conditions)
		if (!fields.some((read) => read(condition, found)))
			return { notInForm: 'It has a condition that the form has not.' };
	const parsed = PolicyForm.safeParse(found);
	if (!parsed.success) return { notInForm: 'It has a value that the form does not take.' };
	const again = conditionsIn(formToJson(parsed.data)) ?? [];
	const same = printed(sorted(again)) === printed(sorted(conditions));
	return same
		? { form: parsed.data }
		: { notInForm: 'It has conditions that the form would put differently.' };
}

interface Draft extends Record<string, unknown> {
	hours?: Record<string, unknown>;
	secondApprover?: Record<string, unknown>;
}

function operationsOf({ action }: PolicyJson): string[] | undefined {
	if (action.op === 'All') return [];
	const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
	// A group of operations has a colon in its name, an operation has none.
	const ids = entities.flatMap((one) =>
		'type' in one && one.type === 'Action' && !one.id.includes(':') ? [one.id] : [],
	);
	return ids.length > 0 && ids.length === entities.length ? ids : undefined;
}

/** All that must hold, one by one; a department in the policy's head is a condition like any other. */
function conditionsIn({ principal, conditions }: PolicyJson): Expression[] | undefined {
	const head: Expression[] = [];
	if (principal.op === 'in' && 'entity' in principal && 'type' in principal.entity)
		head.push(departmentsIn([entity(principal.entity.type, principal.entity.id)]));
	else if (principal.op !== 'All') return undefined;
	if (conditions.some(({ kind }) => kind !== 'when')) return undefined;
	return [...head, ...conditions.flatMap(({ body }) => conjuncts(body).map(asSet).map(inHalves))];
}

const principal = variable('principal');
const context = variable('context');

function departmentsIn(departments: Expression[]): Expression {
	return compare('in', principal, setOf(departments));
}

/** `principal in Department::"x"` as the form writes it: `principal in [Department::"x"]`. */
function asSet(condition: Expression): Expression {
	const found = matched(compare('in', principal, hole('one')), condition);
	const one = found?.one as { Value?: unknown } | undefined;
	return one?.Value === undefined ? condition : departmentsIn([one as Expression]);
}

/** Alternatives in a row, or bracketed in whatever way, as the form writes them. */
function inHalves(condition: Expression): Expression {
	const outside = inNegation(condition);
	return outside === undefined ? any(alternatives(condition)) : not(any(alternatives(outside)));
}

function sorted(conditions: Expression[]): string[] {
	return conditions.map(printed).sort();
}

class Hole {
	constructor(readonly name: string) {}
}

/** Stands for anything in a pattern. */
function hole<T = Expression>(name: string): T {
	return new Hole(name) as unknown as T;
}

/** What stands in the pattern's holes; undefined when the value is another one. */
function matched(
	pattern: unknown,
	value: unknown,
	found: Record<string, unknown> = {},
): Record<string, unknown> | undefined {
	if (pattern instanceof Hole) {
		if (pattern.name in found && printed(found[pattern.name]) !== printed(value)) return undefined;
		found[pattern.name] = value;
		return found;
	}
	if (typeof pattern !== 'object' || pattern === null || typeof value !== 'object' || value === null)
		return pattern === value ? found : undefined;
	const names = Object.keys(pattern);
	if (names.length !== Object.keys(value).length) return undefined;
	const fits = names.every(
		(name) =>
			Object.hasOwn(value, name) &&
			matched((pattern as Record<string, unknown>)[name], (value as Record<string, unknown>)[name], found) !==
				undefined,
	);
	return fits ? found : undefined;
}

/** Takes a condition into the draft, when it is the field's. */
type FieldReader = (condition: Expression, draft: Draft) => boolean;

function takes(
	pattern: Expression,
	put: (draft: Draft, found: Record<string, unknown>) => boolean,
): FieldReader {
	return (condition, draft) => {
		const found = matched(pattern, condition);
		return found !== undefined && put(draft, found);
	};
}

/** Once only: a second condition on the same field has no place in the form. */
function put(target: Record<string, unknown>, name: string, value: unknown): boolean {
	if (value === undefined || name in target) return false;
	target[name] = value;
	return true;
}

function hoursOf(draft: Draft): Record<string, unknown> {
	return (draft.hours ??= {});
}

function approverOf(draft: Draft): Record<string, unknown> {
	return (draft.secondApprover ??= {});
}

const amount = field(context, 'amount');
const rank = field(principal, 'rank');
const clock = field(field(context, 'time'), hole<string>('zone'));
const minute = field(clock, 'minute');

const listed =
	(name: string, attribute: Expression): FieldReader =>
	(condition, draft) =>
		takes(compare('contains', setOf(hole<Expression[]>('values')), attribute), (_, { values }) =>
			put(draft, name, valuesIn(values)),
		)(condition, draft);

const hoursInside: FieldReader[] = [
	takes(
		compare('contains', setOf(hole<Expression[]>('days')), field(clock, 'weekday')),
		(draft, { zone, days }) => sameZone(draft, zone) && put(hoursOf(draft), 'weekdays', valuesIn(days)),
	),
	takes(
		any([compare('>=', minute, hole('from')), compare('<', minute, hole('to'))]),
		(draft, { zone, from, to }) =>
			sameZone(draft, zone) &&
			put(hoursOf(draft), 'from', timeOf(from)) &&
			put(hoursOf(draft), 'to', timeOf(to)),
	),
	takes(
		compare('>=', minute, hole('from')),
		(draft, { zone, from }) => sameZone(draft, zone) && put(hoursOf(draft), 'from', timeOf(from)),
	),
	takes(
		compare('<', minute, hole('to')),
		(draft, { zone, to }) => sameZone(draft, zone) && put(hoursOf(draft), 'to', timeOf(to)),
	),
];

const approverGiven: FieldReader[] = [
	takes(has(context, 'secondApprover'), (draft) => put(approverOf(draft), 'when', 'given')),
	takes(compare('!=', approver, principal), (draft) => approverOf(draft) !== undefined),
	takes(compare('>=', field(approver, 'rank'), hole('rank')), (draft, { rank: value }) =>
		put(approverOf(draft), 'rankFrom', valueOf(value)),
	),
	takes(
		compare('contains', setOf(hole<Expression[]>('values')), field(approver, 'state')),
		(draft, { values: states }) => put(approverOf(draft), 'states', valuesIn(states)),
	),
];

const fields: FieldReader[] = [
	takes(departmentsIn(hole<Expression[]>('departments')), (draft, { departments }) =>
		put(draft, 'departments', departmentIds(departments)),
	),
	listed('positions', field(principal, 'position')),
	listed('regions', field(principal, 'region')),
	listed('states', field(principal, 'state')),
	takes(compare('>=', rank, hole('rank')), (draft, found) => put(draft, 'rankFrom', valueOf(found.rank))),
	takes(compare('<=', rank, hole('rank')), (draft, found) => put(draft, 'rankTo', valueOf(found.rank))),
	(condition, draft) => put(draft, 'addresses', addressesOf(condition)),
	...hoursInside,
	(condition, draft) => {
		const inside = inNegation(condition);
		if (inside === undefined || draft.hours !== undefined) return false;
		const outside: Draft = {};
		const isAll = conjuncts(inside).every((one) => hoursInside.some((read) => read(one, outside)));
		return isAll && put(draft, 'hours', { ...outside.hours, when: 'outside' });
	},
	takes(compare('==', field(context, 'currency'), hole('currency')), (draft, { currency }) =>
		put(draft, 'currency', valueOf(currency)),
	),
	takes(call('greaterThan', amount, call('decimal', hole('amount'))), (draft, found) =>
		put(draft, 'amountAbove', valueOf(found.amount)),
	),
	takes(call('lessThanOrEqual', amount, call('decimal', hole('amount'))), (draft, found) =>
		put(draft, 'amountUpTo', valueOf(found.amount)),
	),
	takes(compare('==', field(variable('resource'), 'owner'), principal), (draft) => put(draft, 'own', 'own')),
	takes(compare('!=', field(variable('resource'), 'owner'), principal), (draft) =>
		put(draft, 'own', 'notOwn'),
	),
	...approverGiven,
	(condition, draft) => {
		const given = inNegation(condition);
		if (given === undefined || draft.secondApprover !== undefined) return false;
		const missing: Draft = {};
		const isAll = conjuncts(given).every((one) => approverGiven.some((read) => read(one, missing)));
		return isAll && put(draft, 'secondApprover', { ...missing.secondApprover, when: 'missing' });
	},
];

function sameZone(draft: Draft, zone: unknown): boolean {
	const hours = hoursOf(draft);
	hours.zone ??= zone;
	return hours.zone === zone;
}

function addressesOf(condition: Expression): unknown {
	const outside = inNegation(condition);
	const ranges = alternatives(outside ?? condition).map((one) =>
		valueOf(matched(call('isInRange', field(context, 'ip'), call('ip', hole('range'))), one)?.range),
	);
	return ranges.includes(undefined)
		? undefined
		: { ranges, when: outside === undefined ? 'inside' : 'outside' };
}

function inNegation(expression: Expression): Expression | undefined {
	return matched(not(hole('arg')), expression)?.arg as Expression | undefined;
}

function valueOf(expression: unknown): unknown {
	return matched(literal(hole<string>('value')), expression)?.value;
}

function valuesIn(expressions: unknown): unknown[] | undefined {
	if (!Array.isArray(expressions)) return undefined;
	const found = expressions.map(valueOf);
	return found.includes(undefined) ? undefined : found;
}

function departmentIds(expressions: unknown): unknown[] | undefined {
	return valuesIn(expressions)?.map((value) => {
		const found = matched({ __entity: { type: 'Department', id: hole('id') } }, value);
		return found?.id;
	});
}

function timeOf(minutes: unknown): string | undefined {
	const value = valueOf(minutes);
	if (typeof value !== 'number') return undefined;
	const two = (part: number) => String(part).padStart(2, '0');
	return `${two(Math.floor(value / 60))}:${two(value % 60)}`;
}
