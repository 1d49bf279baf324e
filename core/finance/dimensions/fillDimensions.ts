import { meets } from '../../model/conditions';
import { valueAt } from '../../model/fields';
import type { DimensionValue } from '../../model/ledger';
import type { FieldProblem } from '../../model/problems';
import type { Dimensions } from '../../model/references';
import type { CalendarDate } from '../calendar/calendarDate';
import { asked, valueFrom } from '../posting/ruleCondition';
import { isForAccount, type DimensionRule } from './dimensionRule';

/** The values that dimensions may have. A dimension of which none is known may have any. */
export type DimensionCatalogue = Map<string, Map<string, DimensionValue>>;

export function dimensionCatalogue(values: DimensionValue[]): DimensionCatalogue {
	const catalogue: DimensionCatalogue = new Map();
	for (const value of values) {
		const codes = catalogue.get(value.dimension) ?? new Map<string, DimensionValue>();
		codes.set(value.code, value);
		catalogue.set(value.dimension, codes);
	}
	return catalogue;
}

/** What the dimensions of one line are judged by. */
export interface DimensionLine {
	/** path of the dimensions, such as `lines.0.dimensions` */
	field: string;
	account?: string;
	/** as the line has them */
	dimensions: Dimensions;
	/** of what the line stands in or comes from; they count where the line has none of its own */
	inherited: Dimensions;
	/** the line's own document, or the line: what rules may read */
	read: (path: string) => unknown;
}

export interface FilledLine {
	dimensions: Dimensions;
	/** names of those that a rule's default gave */
	filled: string[];
	problems: FieldProblem[];
}

export interface DimensionContext {
	rules: DimensionRule[];
	/** the day on which the values must be valid */
	date: CalendarDate;
	entity?: string;
	catalogue?: DimensionCatalogue;
}

/** The rules that are for a document, whatever its lines. */
export function rulesFor(rules: DimensionRule[], type: string, document: object): DimensionRule[] {
	return rules.filter(
		({ documents, conditions }) =>
			(documents.length === 0 || documents.includes(type)) && meets(document, conditions.map(asked)),
	);
}

/** Fills what rules can fill, and names with its field what is missing or may not be used on that day. */
export function fillLine(line: DimensionLine, context: DimensionContext): FilledLine {
	const dimensions = { ...line.dimensions };
	const filled: string[] = [];
	const problems: FieldProblem[] = [];
	const wanted = new Set<string>();
	for (const rule of context.rules) {
		const { dimension } = rule;
		if (!isForAccount(rule, line.account)) continue;
		if (rule.required) wanted.add(dimension);
		if (dimensions[dimension] !== undefined) continue;
		const inherited = line.inherited[dimension];
		const value = inherited ?? (rule.default && valueFrom(rule.default, line.read));
		if (value === undefined) continue;
		dimensions[dimension] = value;
		if (inherited === undefined) filled.push(dimension);
	}
	const account = line.account === undefined ? '' : ` for account ${line.account}`;
	for (const dimension of wanted)
		if (dimensions[dimension] === undefined)
			problems.push({ field: `${line.field}.${dimension}`, message: `must be filled${account}` });
	for (const [dimension, code] of Object.entries(dimensions)) {
		const message = whyInvalid(dimension, code, context);
		if (message !== undefined) problems.push({ field: `${line.field}.${dimension}`, message });
	}
	return { dimensions, filled, problems };
}

function whyInvalid(
	dimension: string,
	code: string,
	{ catalogue, date, entity }: DimensionContext,
): string | undefined {
	const codes = catalogue?.get(dimension);
	if (codes === undefined) return undefined;
	const value = codes.get(code);
	if (value === undefined) return `"${code}" is no ${dimension} of the ledger`;
	if (value.entity !== undefined && entity !== undefined && value.entity !== entity)
		return `"${code}" belongs to ${value.entity}, not to ${entity}`;
	if (value.validFrom !== undefined && date < value.validFrom)
		return `"${code}" may be used from ${value.validFrom} on, not on ${date}`;
	if (value.validTo !== undefined && date > value.validTo)
		return `"${code}" may be used until ${value.validTo}, not on ${date}`;
	return undefined;
}

export interface DimensionedDocument {
	dimensions?: Dimensions;
	lines?: Array<{ account?: string; dimensions?: Dimensions }>;
}

export interface FilledDocument<D> {
	/** with what was filled, at its lines */
	document: D;
	filled: string[];
	problems: FieldProblem[];
}

/**
 * A business document by its type's rules: purchase order, sales order, invoice ... A dimension of the document counts for each of
 * its lines that has none of its own; a document without lines is judged itself.
 */
export function fillDocument<D extends DimensionedDocument>(
	type: string,
	document: D,
	context: DimensionContext,
): FilledDocument<D> {
	const forThis = { ...context, rules: rulesFor(context.rules, type, document) };
	const own = document.dimensions ?? {};
	const filled: string[] = [];
	const problems: FieldProblem[] = [];
	const fill = (line: DimensionLine): FilledLine => {
		const result = fillLine(line, forThis);
		filled.push(...result.filled.map((dimension) => `${line.field}.${dimension}`));
		problems.push(...result.problems);
		return result;
	};
	if (document.lines === undefined || document.lines.length === 0) {
		const read = (path: string) => valueAt(document, path);
		const { dimensions } = fill({ field: 'dimensions', dimensions: own, inherited: {}, read });
		return { document: carrying(document, dimensions), filled, problems };
	}
	const lines = document.lines.map((line, index) => {
		const { dimensions } = fill({
			field: `lines.${index}.dimensions`,
			...(line.account === undefined ? {} : { account: line.account }),
			dimensions: line.dimensions ?? {},
			inherited: own,
			read: (path) => (path.startsWith('line.') ? valueAt(line, path.slice(5)) : valueAt(document, path)),
		});
		return carrying(line, dimensions);
	});
	// What no line carries on is judged where it stands.
	const carried = new Set(forThis.rules.map(({ dimension }) => dimension));
	for (const [dimension, code] of Object.entries(own)) {
		const message = carried.has(dimension) ? undefined : whyInvalid(dimension, code, context);
		if (message !== undefined) problems.push({ field: `dimensions.${dimension}`, message });
	}
	return { document: { ...document, lines }, filled, problems };
}

function carrying<R extends { dimensions?: Dimensions }>(record: R, dimensions: Dimensions): R {
	return Object.keys(dimensions).length === 0 ? record : { ...record, dimensions };
}
