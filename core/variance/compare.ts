import Big from 'big.js';

import {
	periodKey,
	periodsOfYear,
	type FiscalCalendar,
	type FiscalPeriod,
} from '../finance/calendar/fiscalCalendar';
import { normalise } from '../model/decimal';
import { BridgeError, ValidationError } from '../ports/errors';
import type { VarianceDefinition } from './definition';
import { allRows, type Cell, type Source, type Table, type VarianceEngine } from './engine';
import {
	varianceClasses,
	type Finding,
	type SideFigures,
	type VarianceClass,
	type VarianceSummary,
} from './finding';
import {
	bits,
	dateRange,
	daysTable,
	dealRows,
	examinedTable,
	figuresOf,
	findingRows,
	findingsTable,
	flaggedTable,
	foundTable,
	hasPeriods,
	keySeparator,
	linesTable,
	matchedRows,
	type Reading,
	severalTable,
	sideTable,
	suspectsTable,
	totals,
	totalsFound,
} from './statements';

/** Keys in one question for deals: few enough for a statement, many enough that large tables are read seldom. */
const dealsAQuery = 2_000;

/** A comparison that has run; its rows are read from the engine for as long as that is open. */
export interface Comparison {
	summary: VarianceSummary;
	/** the most money first */
	findings(limit?: number): AsyncGenerator<Finding[]>;
	matched(): AsyncGenerator<MatchedDeal[]>;
	/** what the sides say of deals, matched or not, by the parts of the key joined with `keySeparator`; without those that no side has */
	deals(keys: string[][]): Promise<Map<string, Finding['sides']>>;
}

export interface MatchedDeal {
	key: string[];
	/** number of lines by the side's name */
	lines: Record<string, number>;
}

/**
 * Compares the sides inside the engine's database: every statement works on all lines at once. Each line ends up in exactly one outcome,
 * that of its deal. Throws ValidationError when a source cannot be read whole; then there is no result at all.
 */
export async function compare(
	engine: VarianceEngine,
	definition: VarianceDefinition,
	sources: Source[],
): Promise<Comparison> {
	const { dialect } = engine;
	const found = sources.map((_, index) => foundTable(definition, index, dialect));
	const flagged = flaggedTable(definition, dialect);
	const rest = [suspectsTable(definition), examinedTable(definition, dialect), findingsTable(definition)];
	await engine.declare([
		...sources.flatMap((source, index) => sideTables(definition, index, { dialect, source, width: 'wide' })),
		...(hasPeriods(definition) ? [daysTable([], dialect)] : []),
		flagged,
		...found,
		...rest,
	]);
	for (const [index, source] of sources.entries()) await readSide(engine, definition, index, source);
	await layOutDays(engine, definition);
	for (const table of [flagged, ...found, ...rest]) await engine.fill(table);
	const summary = await summarise(engine, definition);
	return {
		summary,
		async *findings(limit) {
			const layout = new RowLayout(definition);
			for await (const rows of engine.rows(findingRows(definition, limit)))
				yield rows.map((row) => findingOf(layout, row));
		},
		async deals(keys) {
			const layout = new RowLayout(definition);
			const found = new Map<string, Finding['sides']>();
			for (let start = 0; start < keys.length; start += dealsAQuery) {
				const wanted = keys.slice(start, start + dealsAQuery).map((key) => key.join(keySeparator));
				for await (const rows of engine.rows(dealRows(definition, wanted)))
					for (const [deal, ...cells] of rows) found.set(String(deal), sidesOf(layout, cells));
			}
			return found;
		},
		async *matched() {
			for await (const rows of engine.rows(matchedRows(definition, dialect)))
				yield rows.map(([deal, ...lines]) => ({
					key: String(deal).split(keySeparator),
					lines: Object.fromEntries(definition.sides.map(({ name }, index) => [name, Number(lines[index])])),
				}));
		},
	};
}

/** A side's tables, in the order in which they are filled. */
function sideTables(definition: VarianceDefinition, index: number, reading: Reading): [Table, ...Table[]] {
	return [linesTable(definition, index, reading), sideTable(definition, index, reading), severalTable(index)];
}

/** The width that is tried first is the quicker one; what does not fit into it is read once more. */
async function readSide(
	engine: VarianceEngine,
	definition: VarianceDefinition,
	index: number,
	source: Source,
): Promise<void> {
	const { dialect } = engine;
	for (const width of dialect.widths) {
		const tables = sideTables(definition, index, { dialect, source, width });
		try {
			for (const table of tables) await engine.fill(table);
			await source.unchanged?.();
			await engine.empty(tables[0]);
			return;
		} catch (error) {
			if (error instanceof BridgeError) throw error;
			if (width === dialect.widths.at(-1)) throw await source.explain(error as Error);
		}
	}
}

async function layOutDays(engine: VarianceEngine, definition: VarianceDefinition): Promise<void> {
	const { calendar } = definition;
	const range = dateRange(definition);
	if (calendar === undefined || range === undefined) return;
	const [[low, high] = []] = await allRows(engine, range);
	const dated = typeof low === 'string' && typeof high === 'string';
	await engine.fill(daysTable(dated ? periodsBetween(calendar, low, high) : [], engine.dialect));
}

function periodsBetween(calendar: FiscalCalendar, low: string, high: string): FiscalPeriod[] {
	const [first, last] = [low, high].map((date) => Number(date.slice(0, 4)));
	if (first === undefined || last === undefined || last - first > 200)
		throw refused(
			`The dates reach from ${low} to ${high}; a comparison spans at most 200 years. Nothing was reported. Check the dates.`,
		);
	const periods = Array.from({ length: last - first + 3 }, (_, index) =>
		periodsOfYear(calendar, first - 1 + index),
	).flat();
	for (const date of [low, high])
		if (!periods.some(({ from, to }) => from <= date && date <= to))
			throw refused(
				`The calendar "${calendar.name}" has no period for ${date}. Nothing was reported. Add the periods, or check the date.`,
			);
	return periods.map((period) => ({ ...period, key: periodKey(period.year, period.number) }));
}

async function summarise(engine: VarianceEngine, definition: VarianceDefinition): Promise<VarianceSummary> {
	const { sides } = definition;
	const [all = []] = await allRows(engine, totals(definition));
	const found = await allRows(engine, totalsFound(definition));
	const parts = found.map((row) => {
		const [klass, pending, atStake] = row.slice(1 + sides.length * 2);
		const isPending = pending === true;
		return {
			deals: Number(row[0]),
			lines: sides.map((_, index) => Number(row[1 + index * 2])),
			amounts: sides.map((_, index) => String(row[2 + index * 2])),
			class: String(klass) as VarianceClass,
			outcome: isPending ? 'pending' : klass === 'ambiguous' ? 'ambiguous' : 'different',
			atStake: String(atStake),
		} as const;
	});
	type Part = (typeof parts)[number];
	const where = (outcome: Part['outcome']) => parts.filter((part) => part.outcome === outcome);
	const deals = (some: Part[]) => some.reduce((sum, part) => sum + part.deals, 0);
	const settled = parts.filter(({ outcome }) => outcome !== 'pending');
	const amountOf = (index: number) => new Big(String(all[2 + index * 2] ?? '0'));
	const totalDeals = Number(all[0] ?? 0);
	return {
		name: definition.name,
		asOf: definition.asOf,
		currency: definition.currency,
		deals: totalDeals,
		matched: totalDeals - deals(parts),
		different: deals(where('different')),
		ambiguous: deals(where('ambiguous')),
		pending: deals(where('pending')),
		atStake: added(settled.map(({ atStake }) => atStake)),
		classes: Object.fromEntries(
			varianceClasses.map((name) => {
				const some = settled.filter((part) => part.class === name);
				return [name, { findings: deals(some), atStake: added(some.map(({ atStake }) => atStake)) }];
			}),
		) as VarianceSummary['classes'],
		sides: sides.map(({ name }, index) => {
			const lines = Number(all[1 + index * 2]);
			const linesOf = (some: Part[]) => some.reduce((sum, part) => sum + (part.lines[index] ?? 0), 0);
			const difference = amountOf(index).minus(amountOf(0));
			const inFindings = new Big(added(parts.map(({ amounts }) => amounts[index] ?? '0'))).minus(
				added(parts.map(({ amounts }) => amounts[0] ?? '0')),
			);
			return {
				name,
				lines,
				matched: lines - linesOf(parts),
				different: linesOf(where('different')),
				ambiguous: linesOf(where('ambiguous')),
				pending: linesOf(where('pending')),
				amount: plain(amountOf(index)),
				difference: plain(difference),
				withinTolerance: plain(difference.minus(inFindings)),
				inFindings: plain(inFindings),
			};
		}),
	};
}

/** Where a finding's row has what; the same for all rows. */
class RowLayout {
	readonly sides: Array<{ name: string; figures: string[] }>;
	private readonly also = new Map<string, VarianceClass[]>();

	constructor(readonly definition: VarianceDefinition) {
		this.sides = definition.sides.map(({ name }, index) => ({ name, figures: figuresOf(definition, index) }));
	}

	alsoOf(flags: number, primary: VarianceClass): VarianceClass[] {
		const key = `${flags} ${primary}`;
		const known = this.also.get(key) ?? alsoOf(flags, primary);
		this.also.set(key, known);
		return [...known];
	}
}

function findingOf(layout: RowLayout, row: Cell[]): Finding {
	const { definition } = layout;
	const [deal, klass, flags, pending, atStake, partner, owner, since, firstPeriod, lastPeriod] = row;
	const count = definition.sides.length;
	const differences = row.slice(10, 9 + count);
	const primary = String(klass) as VarianceClass;
	return {
		key: String(deal).split(keySeparator),
		class: primary,
		also: layout.alsoOf(Number(flags), primary),
		pending: pending === true,
		atStake: normalise(String(atStake)),
		...(since === null || since === undefined
			? {}
			: { since: String(since), age: daysFrom(String(since), definition.asOf) }),
		...(partner === null || partner === undefined ? {} : { partner: String(partner) }),
		...(owner === null || owner === undefined ? {} : { owner: String(owner) }),
		...(firstPeriod === null || firstPeriod === undefined
			? {}
			: { periods: { first: String(firstPeriod), last: String(lastPeriod) } }),
		sides: sidesOf(layout, row.slice(9 + count)),
		differences: Object.fromEntries(
			definition.sides.slice(1).map(({ name }, index) => [name, normalise(String(differences[index]))]),
		),
	};
}

/** The sides that know a deal, from their figures one after the other. */
function sidesOf(layout: RowLayout, cells: Cell[]): Finding['sides'] {
	const sides: Finding['sides'] = {};
	let at = 0;
	for (const { name, figures: names } of layout.sides) {
		const values = new Map(names.map((figure, offset) => [figure, cells[at + offset] ?? null]));
		at += names.length;
		if (values.get('n') !== null) sides[name] = figures(values);
	}
	return sides;
}

function figures(values: Map<string, Cell>): SideFigures {
	const decimal = (name: string) => {
		const value = values.get(name);
		return value === null || value === undefined ? undefined : normalise(String(value));
	};
	const word = (name: string) => {
		const value = values.get(name);
		return value === null || value === undefined ? undefined : String(value);
	};
	const low = decimal('price_low');
	const high = decimal('price_high');
	const without = Number(values.get('without_dimension') ?? 0);
	return defined({
		lines: Number(values.get('n')),
		quantity: decimal('quantity'),
		price: low === undefined || high === undefined ? undefined : { low, high },
		amount: decimal('amount'),
		tax: decimal('tax'),
		currency: word('currency_low'),
		rate: decimal('rate_high'),
		cost: decimal('cost'),
		balance: decimal('balance'),
		firstDate: word('day_low'),
		lastDate: word('day_high'),
		document: word('document'),
		withoutDimension: without === 0 ? undefined : without,
	}) as unknown as SideFigures;
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** An amount follows from quantity and price, and tax from the amount: naming both would say the same twice. */
function alsoOf(flags: number, primary: VarianceClass): VarianceClass[] {
	const all = Object.entries(bits).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name])) as string[];
	const explained = new Set<string>([primary]);
	const grave: string[] = ['ambiguous', 'duplicate', 'missing', 'quantity', 'price', 'rate'];
	if (grave.includes(primary))
		for (const name of ['amount', 'tax', 'rounding', 'costing']) explained.add(name);
	if (primary === 'duplicate' || primary === 'ambiguous') explained.add('quantity');
	return varianceClasses.filter((name) => all.includes(name) && !explained.has(name));
}

function daysFrom(since: string, asOf: string): number {
	return Math.round((Date.parse(asOf) - Date.parse(since)) / 86_400_000);
}

function added(values: string[]): string {
	return plain(values.reduce((sum, value) => sum.plus(value), new Big('0')));
}

function plain(value: Big): string {
	return normalise(value.toFixed());
}

function refused(message: string): ValidationError {
	return new ValidationError(message, { system: 'variance' });
}
