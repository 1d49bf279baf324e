import type { FiscalPeriod } from '../finance/calendar/fiscalCalendar';
import type { Side, Tolerance, VarianceDefinition } from './definition';
import { literal, type Dialect, type Source, type Table, type Width } from './engine';

/** Where a deal is in more classes than one, each is a bit. */
export const bits = {
	missing: 1,
	quantity: 2,
	price: 4,
	tax: 8,
	rate: 16,
	costing: 32,
	amount: 64,
	rounding: 128,
	period: 256,
	dimension: 512,
	unbalanced: 1_024,
	/** lines without a key */
	keyless: 2_048,
} as const;

/** More than one side has several lines, so a difference may belong to any of them. */
const manyToMany = 4_096;

/** Separates the parts of a key; no document number has it. */
export const keySeparator = '\u001f';

type Measure = 'quantity' | 'price' | 'amount' | 'tax' | 'rate' | 'cost';

const measured = ['quantity', 'price', 'amount', 'tax', 'rate', 'cost', 'debit', 'credit'] as const;
const texts = ['partner', 'owner', 'document'] as const;

/** How the lines of a side are read. */
export interface Reading {
	dialect: Dialect;
	source: Source;
	width: Width;
}

/** The lines of the side, with their keys levelled and their cells as numbers and days. */
export function linesTable(
	definition: VarianceDefinition,
	index: number,
	{ dialect, source, width }: Reading,
): Table {
	const { columns } = sideAt(definition, index);
	const own: string[] = [];
	// Under a name of ours, whatever the source's columns are called.
	const cell = (expression: string) => {
		own.push(`${expression} AS cell${own.length}`);
		return `cell${own.length - 1}`;
	};
	const text = (column: string) => dialect.ordered(trimmed(dialect, cell(source.text(column))));
	const dayOf = (column: string) => {
		const typed = source.day?.(column, (instant) => businessDay(instant, definition));
		return typed === undefined ? day(cell(source.text(column)), definition, dialect) : cell(typed);
	};
	const cells = [
		'deal',
		...measured.flatMap((name) => {
			const column = columns[name];
			if (column === undefined) return [];
			const exact = source.exact?.(column);
			const number =
				exact === undefined
					? dialect.number(cell((source.decimal ?? source.text)(column)), width)
					: dialect.exact(cell(exact), width);
			return [`${number} AS ${name}`];
		}),
		...(columns.currency === undefined ? [] : [`${dialect.upper(text(columns.currency))} AS currency`]),
		...(columns.date === undefined ? [] : [`${dayOf(columns.date)} AS day`]),
		...texts.flatMap((name) => {
			const column = columns[name];
			return column === undefined ? [] : [`${text(column)} AS ${name}`];
		}),
		...(columns.dimensions.length === 0
			? []
			: [
					`(${columns.dimensions.map((one) => `${trimmed(dialect, cell(source.text(one)))} IS NULL`).join(' OR ')}) AS undimensioned`,
				]),
	];
	own.push(`${keyOf(definition, index, dialect, source)} AS deal`);
	return {
		name: `lines${index}`,
		select: `SELECT ${cells.join(', ')} FROM (SELECT ${own.join(', ')} FROM ${source.from}) AS raw`,
		readsSource: true,
	};
}

/** One row for each deal that the side knows, from its lines. An empty cell of a summed column counts as zero. */
export function sideTable(definition: VarianceDefinition, index: number, { dialect, width }: Reading): Table {
	const { columns } = sideAt(definition, index);
	const sum = (expression: string) => dialect.sum(expression, width);
	const extremes = (name: string) => [`min(${name}) AS ${name}_low`, `max(${name}) AS ${name}_high`];
	const cells = [
		'deal',
		'count(*) AS n',
		...(columns.quantity === undefined ? [] : [`${sum('quantity')} AS quantity`]),
		...(columns.price === undefined ? [] : extremes('price')),
		...(columns.amount === undefined
			? columns.debit === undefined
				? []
				: [`${sum('debit')} AS amount`]
			: [
					`${sum('amount')} AS amount`,
					...(columns.rate === undefined
						? []
						: [`coalesce(sum(${dialect.product('amount', 'coalesce(rate, 1)', width)}), 0) AS local`]),
				]),
		...(columns.tax === undefined ? [] : [`${sum('tax')} AS tax`]),
		...(columns.currency === undefined ? [] : extremes('currency')),
		...(columns.rate === undefined ? [] : extremes('rate')),
		...(columns.cost === undefined ? [] : [`${sum('cost')} AS cost`]),
		...(columns.debit === undefined ? [] : [`${sum('coalesce(debit, 0) - coalesce(credit, 0)')} AS balance`]),
		...(columns.date === undefined ? [] : extremes('day')),
		...texts.flatMap((name) => (columns[name] === undefined ? [] : [`min(${name}) AS ${name}`])),
		...(columns.dimensions.length === 0
			? []
			: ['count(*) FILTER (WHERE undimensioned) AS without_dimension']),
	];
	return {
		name: `side${index}`,
		select: `SELECT ${cells.join(', ')} FROM lines${index} GROUP BY deal`,
	};
}

/** The lines of deals that have several on this side; of all others the side's table tells the line. */
export function severalTable(index: number): Table {
	return {
		name: `several${index}`,
		select: `SELECT * FROM lines${index} WHERE deal IN (SELECT deal FROM side${index} WHERE n > 1)`,
	};
}

/** Columns of a side's table that are decimals. */
function decimalsOf({ columns }: Side): string[] {
	return [
		...(columns.quantity === undefined ? [] : ['quantity']),
		...(columns.price === undefined ? [] : ['price_low', 'price_high']),
		...(columns.amount === undefined && columns.debit === undefined ? [] : ['amount']),
		...(columns.tax === undefined ? [] : ['tax']),
		...(columns.rate === undefined ? [] : ['rate_low', 'rate_high']),
		...(columns.cost === undefined ? [] : ['cost']),
		...(columns.debit === undefined ? [] : ['balance']),
	];
}

/** An amount in the reporting currency, of a side that has amounts. */
function localOf({ columns }: Side): string {
	return columns.rate === undefined || columns.amount === undefined ? 'amount' : 'local';
}

/** True when there is a table of days by which periods can be told. */
export function hasPeriods(definition: VarianceDefinition): boolean {
	return definition.calendar !== undefined && withColumn(definition, 'date').length > 0;
}

/** First and last day among all sides; cells are empty when no line has a date. */
export function dateRange(definition: VarianceDefinition): string | undefined {
	const dated = withColumn(definition, 'date');
	if (dated.length === 0) return undefined;
	const each = dated.map((index) => `SELECT min(day_low) AS low, max(day_high) AS high FROM side${index}`);
	return `SELECT CAST(min(low) AS VARCHAR), CAST(max(high) AS VARCHAR) FROM (${each.join(' UNION ALL ')}) AS days`;
}

/** The fiscal period of each day; no rows without periods. */
export function daysTable(periods: FiscalPeriod[], dialect: Dialect): Table {
	const some = periods.length === 0 ? [{ key: '', from: '2000-01-01', to: '1999-12-31' }] : periods;
	const rows = some.map(
		({ key, from, to }) => `(CAST(${literal(from)} AS DATE), CAST(${literal(to)} AS DATE), ${literal(key)})`,
	);
	return {
		name: 'days',
		select: `SELECT CAST(${dialect.days('first_day', 'last_day')} AS DATE) AS day, ${dialect.ordered('period')} AS period
			FROM (VALUES ${rows.join(', ')}) AS periods (first_day, last_day, period)`,
	};
}

/** All deals of all sides, joined; for each bit the condition on which a deal has it; and what is true of a deal that has any. */
interface Joined {
	from: string;
	conditions: Array<{ bit: number; condition: string }>;
	any: string;
}

/**
 * Two joins for three sides, whatever the lines look like: sums are compared, so a key that a thousand lines share with a
 * thousand others costs no more than they do.
 */
function joined(definition: VarianceDefinition, dialect: Dialect): Joined {
	const { sides, tolerances, rounding } = definition;
	const indexes = sides.map((_, index) => index);
	const having = (column: keyof Side['columns']) => withColumn(definition, column);
	const amounts = withAmount(definition);
	const lines = indexes.map((index) => `side${index}.n`);
	const conditions: Joined['conditions'] = [];
	const any: string[] = [];
	/** `simply` is true for each deal with the bit, and for no deal without any. */
	const flag = (bit: number, condition: string, simply = condition) => {
		any.push(simply);
		// Two measures may have a rounding difference; the deal has it once.
		const known = conditions.find((one) => one.bit === bit);
		if (known === undefined) conditions.push({ bit, condition: `(${condition})` });
		else known.condition = `(coalesce(${known.condition}, FALSE) OR ${condition})`;
	};

	flag(bits.missing, lines.map((n) => `${n} IS NULL`).join(' OR '));
	flag(bits.keyless, `deal = ${literal('')}`);
	const several = lines.map((n) => `CASE WHEN ${n} > 1 THEN 1 ELSE 0 END`).join(' + ');
	conditions.push({ bit: manyToMany, condition: `(${several} > 1)` });

	const differ = (measure: Measure, where: number[], low: string = measure, high: string = measure) => {
		const lowest = extreme('least', where, low);
		const highest = extreme('greatest', where, high);
		const tolerated = allowed(dialect, tolerances[measure], [lowest, highest]);
		return Number(tolerated) === 0 ? `${highest} > ${lowest}` : `${highest} - ${lowest} > ${tolerated}`;
	};
	const quantities = having('quantity');
	const currencies = having('currency');
	const rates = having('rate');
	const otherCurrency = `${extreme('greatest', currencies, 'currency_high')} <> ${extreme('least', currencies, 'currency_low')}`;
	const sameCurrency = currencies.length > 1 ? `coalesce(NOT (${otherCurrency}), TRUE)` : 'TRUE';
	if (quantities.length > 1) flag(bits.quantity, differ('quantity', quantities));
	const prices = having('price');
	if (prices.length > 1) {
		const beyond = differ('price', prices, 'price_low', 'price_high');
		// A deal in two currencies has a bit of its own.
		flag(bits.price, `${sameCurrency} AND ${beyond}`, beyond);
	}
	const rateDiffers = [
		...(rates.length > 1 ? [differ('rate', rates, 'rate_low', 'rate_high')] : []),
		...(currencies.length > 1 ? [otherCurrency] : []),
	];
	if (rateDiffers.length > 0) flag(bits.rate, rateDiffers.map((one) => `(${one})`).join(' OR '));
	const roundingLimit = `${rounding} * greatest(${lines.join(', ')})`;
	const money = (measure: 'amount' | 'tax', where: number[]) => {
		if (where.length < 2) return;
		const apart = `${extreme('greatest', where, measure)} - ${extreme('least', where, measure)}`;
		const beyond = differ(measure, where);
		const inOneCurrency = `${sameCurrency} AND ${beyond}`;
		flag(bits[measure], `${inOneCurrency} AND ${apart} > ${roundingLimit}`, beyond);
		flag(bits.rounding, `${inOneCurrency} AND ${apart} <= ${roundingLimit}`, beyond);
	};
	money('amount', amounts);
	money('tax', having('tax'));
	const costs = having('cost');
	if (costs.length > 1) flag(bits.costing, differ('cost', costs));
	const dated = having('date');
	const firstDay = extreme('least', dated, 'day_low');
	const lastDay = extreme('greatest', dated, 'day_high');
	const periodDiffers = [
		...(hasPeriods(definition) ? ['first.period <> last.period'] : []),
		...(definition.dateWindowDays === undefined || dated.length === 0
			? []
			: [`${lastDay} - ${firstDay} > ${definition.dateWindowDays}`]),
	];
	if (periodDiffers.length > 0) flag(bits.period, periodDiffers.join(' OR '));
	const dimensioned = indexes.filter((index) => sideAt(definition, index).columns.dimensions.length > 0);
	if (dimensioned.length > 0)
		flag(bits.dimension, dimensioned.map((index) => `side${index}.without_dimension > 0`).join(' OR '));
	const balanced = having('debit');
	if (balanced.length > 0)
		flag(bits.unbalanced, balanced.map((index) => `side${index}.balance <> 0`).join(' OR '));
	const all = indexes
		.slice(1)
		.map((index) => `FULL JOIN side${index} USING (deal)`)
		.join(' ');
	return {
		from: `side0 ${all} ${hasPeriods(definition) ? periodsOf(firstDay, lastDay) : ''}`,
		conditions,
		any: [...new Set(any)].map((condition) => `(${condition})`).join(' OR '),
	};
}

function periodsOf(firstDay: string, lastDay: string): string {
	return `LEFT JOIN days AS first ON first.day = ${firstDay} LEFT JOIN days AS last ON last.day = ${lastDay}`;
}

function numbersOfLines({ sides }: VarianceDefinition): string[] {
	return sides.map((_, index) => `side${index}.n AS n${index}`);
}

/** The deals that are in a class of differences, with their bits. */
export function flaggedTable(definition: VarianceDefinition, dialect: Dialect): Table {
	const compared = joined(definition, dialect);
	const flags = compared.conditions.map(
		({ bit, condition }) => `CASE WHEN ${condition} THEN ${bit} ELSE 0 END`,
	);
	const cells = ['deal', ...numbersOfLines(definition), `${flags.join(' + ')} AS flags`];
	return {
		name: 'flagged',
		select: `SELECT ${cells.join(', ')} FROM ${compared.from} WHERE ${compared.any}`,
	};
}

/** What the side says of the flagged deals. */
export function foundTable(definition: VarianceDefinition, index: number, dialect: Dialect): Table {
	const side = sideAt(definition, index);
	const { columns } = side;
	const cells = [
		'deal',
		'n',
		...decimalsOf(side).map((name) => `${dialect.wide(name)} AS ${name}`),
		...(columns.amount === undefined && columns.debit === undefined
			? []
			: [`${localOf(side) === 'local' ? 'local' : dialect.wide('amount')} AS local`]),
		...(columns.currency === undefined ? [] : ['currency_low', 'currency_high']),
		...(columns.date === undefined ? [] : ['day_low', 'day_high']),
		...texts.filter((name) => columns[name] !== undefined),
		...(columns.dimensions.length === 0 ? [] : ['without_dimension']),
	];
	return {
		name: `found${index}`,
		select: `SELECT ${cells.join(', ')} FROM side${index} WHERE deal IN (SELECT deal FROM flagged)`,
	};
}

function extreme(which: 'least' | 'greatest', where: number[], column: string, of = 'side'): string {
	const cells = where.map((index) => `${of}${index}.${column}`);
	return cells.length === 1 ? (cells[0] ?? '') : `${which}(${cells.join(', ')})`;
}

function allowed(dialect: Dialect, { absolute, relative }: Tolerance, values: string[]): string {
	const share = `${relative} * ${dialect.wide(`greatest(${values.map((value) => `abs(${value})`).join(', ')})`)}`;
	if (Number(relative) === 0) return absolute;
	return Number(absolute) === 0 ? share : `greatest(${absolute}, ${share})`;
}

export function sideAt({ sides }: VarianceDefinition, index: number): Side {
	const side = sides[index];
	if (side === undefined) throw new RangeError(`There is no side ${index}.`);
	return side;
}

export function withColumn({ sides }: VarianceDefinition, column: keyof Side['columns']): number[] {
	return sides.flatMap(({ columns }, index) => (columns[column] === undefined ? [] : [index]));
}

/** Sides whose amounts can be compared; a ledger without an amount column is compared by its debits. */
export function withAmount({ sides }: VarianceDefinition): number[] {
	return sides.flatMap(({ columns: { amount, debit } }, index) =>
		amount === undefined && debit === undefined ? [] : [index],
	);
}

function keyOf(definition: VarianceDefinition, index: number, dialect: Dialect, source: Source): string {
	const { normalise } = definition;
	const { columns } = sideAt(definition, index);
	const parts = columns.key.map((column) => {
		let part = source.text(column);
		if (normalise.width)
			part = `CASE WHEN ${dialect.bytes(part)} = length(${part}) THEN ${part} ELSE translate(${part}, ${literal(wide)}, ${literal(narrow)}) END`;
		if (normalise.trim) part = dialect.trim(part);
		if (normalise.case) part = dialect.upper(part);
		if (normalise.leadingZeros) part = `ltrim(${part}, '0')`;
		return `coalesce(${part}, '')`;
	});
	const [only = "''"] = parts;
	if (parts.length === 1) return dialect.ordered(only);
	const whole = parts.join(` || chr(31) || `);
	const empty = parts.map((part) => `${part} = ''`).join(' AND ');
	return dialect.ordered(`CASE WHEN ${empty} THEN '' ELSE ${whole} END`);
}

/** Full-width forms of ASCII and the ideographic space (Unicode, Halfwidth and Fullwidth Forms, FF01 to FF5E). */
const wide = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0xff01 + index), 0x3000);
const narrow = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index), 0x20);

function trimmed(dialect: Dialect, text: string): string {
	return `nullif(${dialect.trim(text)}, '')`;
}

/** A day as it is written; an instant (with Z or an offset) as the business day it falls on in the time zone. */
function day(text: string, definition: VarianceDefinition, dialect: Dialect): string {
	const cell = trimmed(dialect, text);
	const instant = businessDay(`CAST(${cell} AS TIMESTAMPTZ)`, definition);
	const isInstant = `${cell} LIKE '%Z' OR substr(${cell}, 20) LIKE '%+%' OR substr(${cell}, 20) LIKE '%-%'`;
	return `CASE WHEN ${dialect.bytes(text)} <= 10 THEN ${dialect.day(text)} WHEN length(${cell}) > 10 AND (${isInstant}) THEN ${instant} ELSE ${dialect.day(`substr(${cell}, 1, 10)`)} END`;
}

function businessDay(instant: string, { timeZone, cutOff }: VarianceDefinition): string {
	const [hours = 0, minutes = 0] = cutOff.split(':').map(Number);
	const shift = cutOff <= '12:00' ? -(hours * 60 + minutes) : 24 * 60 - (hours * 60 + minutes);
	const moved = shift === 0 ? '' : ` + INTERVAL '${shift} minutes'`;
	return `CAST(timezone(${literal(timeZone)}, ${instant})${moved} AS DATE)`;
}

// ---- keys whose lines have to be looked at one by one

/** What can be compared line by line on all of these sides. */
function lineMeasures(definition: VarianceDefinition): string[] {
	return (['quantity', 'amount'] as const).filter(
		(name) => withColumn(definition, name).length === definition.sides.length,
	);
}

/** Flags that may come from any of several lines. */
const questioned = bits.quantity | bits.price | bits.amount | bits.tax | bits.missing;

/** Deals with several lines on a side whose sums do not agree. */
export function suspectsTable(definition: VarianceDefinition): Table {
	const indexes = definition.sides.map((_, index) => index);
	return {
		name: 'suspects',
		select: `SELECT deal FROM flagged WHERE (flags & ${questioned | bits.costing}) <> 0 AND (${indexes.map((index) => `n${index} > 1`).join(' OR ')})`,
	};
}

/**
 * For each suspect: whether leaving out repeated lines makes the sides agree (`is_duplicate`), and whether at most one line of
 * each side is left when lines that are equal on all sides are paired (`is_paired`). Only then it is known which line differs.
 */
export function examinedTable(definition: VarianceDefinition, dialect: Dialect): Table {
	const { sides, tolerances } = definition;
	const measures = lineMeasures(definition);
	const summed = ['quantity', 'amount', 'cost'] as const;
	const perSide = sides.map((_, index) => {
		const own = (
			['quantity', 'price', 'amount', 'tax', 'currency', 'cost', 'debit', 'credit'] as const
		).filter((name) => sideAt(definition, index).columns[name] !== undefined);
		const group = ['deal', ...own].join(', ');
		return { index, own, group };
	});
	const ofSuspects = 'deal IN (SELECT deal FROM suspects)';
	const once = perSide.map(({ index, own, group }) => {
		const ownSums = summed.filter((name) => own.includes(name));
		const sums = ownSums.map((name) => `, coalesce(sum(${name}), 0) AS ${name}`).join('');
		return `once${index} AS (SELECT deal, count(*) AS n${sums}
			FROM (SELECT DISTINCT ${group} FROM several${index} WHERE ${ofSuspects}) AS distinct_lines GROUP BY deal
			UNION ALL SELECT ${['deal', '1 AS n', ...ownSums].join(', ')} FROM found${index} WHERE n = 1 AND ${ofSuspects})`;
	});
	const agree = summed.flatMap((name) => {
		const where = withColumn(definition, name);
		if (where.length < 2) return [];
		const cells = where.map((index) => `once${index}.${name}`);
		const [low, high] = [`least(${cells.join(', ')})`, `greatest(${cells.join(', ')})`];
		return [`${high} - ${low} <= ${allowed(dialect, tolerances[name], [low, high])}`];
	});
	const repeated = sides.map((_, index) => `once${index}.n < coalesce(flagged.n${index}, 0)`).join(' OR ');
	const everywhere = sides.map((_, index) => `flagged.n${index} IS NOT NULL`).join(' AND ');
	const isDuplicate = [`(${repeated})`, ...agree].join(' AND ');

	const union = sides
		.flatMap((_, index) => [
			`SELECT ${['deal', ...measures.map((name) => `coalesce(${name}, 0) AS ${name}`)].join(', ')}, ${index} AS side FROM several${index} WHERE ${ofSuspects}`,
			`SELECT ${['deal', ...measures].join(', ')}, ${index} AS side FROM found${index} WHERE n = 1 AND ${ofSuspects}`,
		])
		.join(' UNION ALL ');
	const counts = sides.map((_, index) => `count(*) FILTER (WHERE side = ${index}) AS c${index}`);
	const common = `least(${sides.map((_, index) => `c${index}`).join(', ')})`;
	const leftover = sides.map((_, index) => `sum(c${index} - ${common}) <= 1`);
	return {
		name: 'examined',
		select: `WITH ${once.join(', ')},
		equal_lines AS (SELECT ${['deal', ...measures].join(', ')}, ${counts.join(', ')} FROM (${union}) AS all_lines GROUP BY ${['deal', ...measures].join(', ')}),
		pairing AS (SELECT deal, ${leftover.join(' AND ')} AS is_paired FROM equal_lines GROUP BY deal)
		SELECT flagged.deal, coalesce(${everywhere} AND ${isDuplicate}, FALSE) AS is_duplicate, coalesce(is_paired, FALSE) AS is_paired
		FROM flagged JOIN suspects ON suspects.deal = flagged.deal
		LEFT JOIN pairing ON pairing.deal = flagged.deal
		${sides.map((_, index) => `LEFT JOIN once${index} ON once${index}.deal = flagged.deal`).join(' ')}`,
	};
}

/** All deals that are not matched, each with one class, what is at stake, and the sums of its sides. */
export function findingsTable(definition: VarianceDefinition): Table {
	const { sides } = definition;
	const indexes = sides.map((_, index) => index);
	const has = (bit: number) => `(flagged.flags & ${bit}) <> 0`;
	const any = Object.values(bits).reduce((all, bit) => all | bit, 0);
	const classOf = `CASE
		WHEN ${has(bits.keyless)} THEN 'ambiguous'
		WHEN examined.is_duplicate THEN 'duplicate'
		WHEN ${has(bits.missing)} THEN 'missing'
		WHEN ${has(manyToMany)} AND ${has(questioned)} AND examined.deal IS NOT NULL AND NOT examined.is_paired THEN 'ambiguous'
		WHEN ${has(bits.unbalanced)} THEN 'unbalanced'
		WHEN ${has(bits.quantity)} THEN 'quantity'
		WHEN ${has(bits.price)} THEN 'price'
		WHEN ${has(bits.rate)} THEN 'rate'
		WHEN ${has(bits.tax)} THEN 'tax'
		WHEN ${has(bits.costing)} THEN 'costing'
		WHEN ${has(bits.amount)} THEN 'amount'
		WHEN ${has(bits.rounding)} THEN 'rounding'
		WHEN ${has(bits.period)} THEN 'period'
		ELSE 'dimension' END`;
	const spread = (where: number[], column: string) =>
		where.length < 2
			? '0'
			: `coalesce(${extreme('greatest', where, column, 'found')} - ${extreme('least', where, column, 'found')}, 0)`;
	const largest = (where: number[], column: string) =>
		where.length === 0
			? '0'
			: `coalesce(greatest(${where.map((index) => `abs(found${index}.${column})`).join(', ')}), 0)`;
	const amounts = withAmount(definition);
	const costs = withColumn(definition, 'cost');
	const debits = withColumn(definition, 'debit');
	const prices = withColumn(definition, 'price');
	const rates = withColumn(definition, 'rate');
	const money = (expression: string) => `CAST(${expression} AS DECIMAL(38, 8))`;
	const priced =
		prices.length === 0 ? '0' : `coalesce(${extreme('greatest', prices, 'price_high', 'found')}, 0)`;
	const rate = rates.length === 0 ? '1' : `coalesce(${extreme('greatest', rates, 'rate_high', 'found')}, 1)`;
	const value = amounts.length === 0 ? largest(costs, 'cost') : largest(amounts, 'local');
	const ofQuantity = (quantity: string, price = priced) =>
		money(`${quantity} * CAST(${price} * ${rate} AS DECIMAL(18, 4))`);
	const pricesApart =
		prices.length < 2
			? '0'
			: `coalesce(${extreme('greatest', prices, 'price_high', 'found')} - ${extreme('least', prices, 'price_low', 'found')}, 0)`;
	const quantities = withColumn(definition, 'quantity');
	const apart = spread(amounts, 'local');
	const atStake = `CASE class
		WHEN 'missing' THEN CASE WHEN ${value} <> 0 THEN ${value} ELSE ${ofQuantity(largest(quantities, 'quantity'))} END
		WHEN 'unbalanced' THEN ${largest(debits, 'balance')}
		WHEN 'quantity' THEN CASE WHEN ${apart} <> 0 THEN ${apart} ELSE ${ofQuantity(spread(quantities, 'quantity'))} END
		WHEN 'price' THEN CASE WHEN ${apart} <> 0 THEN ${apart} ELSE ${ofQuantity(largest(quantities, 'quantity'), pricesApart)} END
		WHEN 'rate' THEN CASE WHEN ${apart} <> 0 THEN ${apart} ELSE ${value} END
		WHEN 'duplicate' THEN CASE WHEN ${apart} <> 0 THEN ${apart} ELSE ${spread(costs, 'cost')} END
		WHEN 'tax' THEN ${spread(withColumn(definition, 'tax'), 'tax')}
		WHEN 'rounding' THEN greatest(${apart}, ${spread(withColumn(definition, 'tax'), 'tax')})
		WHEN 'costing' THEN ${spread(costs, 'cost')}
		WHEN 'period' THEN ${value}
		WHEN 'dimension' THEN ${value}
		WHEN 'ambiguous' THEN CASE WHEN classed.deal = '' THEN ${value} ELSE ${apart} END
		ELSE ${apart} END`;
	const dated = withColumn(definition, 'date');
	const firstDay = extreme('least', dated, 'day_low', 'found');
	const lastDay = extreme('greatest', dated, 'day_high', 'found');
	const pending =
		dated.length > 0 && definition.graceDays > 0
			? `(flagged.flags & ${any & ~bits.period}) = ${bits.missing} AND CAST(${literal(definition.asOf)} AS DATE) - ${firstDay} <= ${definition.graceDays}`
			: 'FALSE';
	const first = (name: 'partner' | 'owner') => {
		const where = withColumn(definition, name).map((index) => `found${index}.${name}`);
		return where.length === 0 ? 'CAST(NULL AS VARCHAR)' : `coalesce(${where.join(', ')})`;
	};
	const cells = [
		'flagged.deal',
		'flagged.flags',
		...indexes.map((index) => `flagged.n${index}`),
		...amounts.map((index) => `found${index}.local AS local${index}`),
		...(dated.length === 0 ? [] : [`${firstDay} AS first_day`, `${lastDay} AS last_day`]),
		...(hasPeriods(definition) ? ['first.period AS first_period', 'last.period AS last_period'] : []),
		`${classOf} AS class`,
		`coalesce(${pending}, FALSE) AS pending`,
		`${first('partner')} AS partner`,
		`${first('owner')} AS owner`,
	];
	const found = indexes
		.map((index) => `LEFT JOIN found${index} ON found${index}.deal = flagged.deal`)
		.join(' ');
	const again = indexes
		.map((index) => `LEFT JOIN found${index} ON found${index}.deal = classed.deal`)
		.join(' ');
	return {
		name: 'findings',
		select: `SELECT classed.*, CAST(${atStake} AS DECIMAL(38, 8)) AS at_stake
			FROM (SELECT ${cells.join(', ')} FROM flagged LEFT JOIN examined ON examined.deal = flagged.deal ${found}
				${hasPeriods(definition) ? periodsOf(firstDay, lastDay) : ''}) AS classed ${again}`,
	};
}

/** Columns of a side's sums, in the order in which `findingRows` gives them. */
export function figuresOf(definition: VarianceDefinition, index: number): string[] {
	const { columns } = sideAt(definition, index);
	return [
		'n',
		...(columns.quantity === undefined ? [] : ['quantity']),
		...(columns.price === undefined ? [] : ['price_low', 'price_high']),
		...(columns.amount === undefined && columns.debit === undefined ? [] : ['amount']),
		...(columns.tax === undefined ? [] : ['tax']),
		...(columns.currency === undefined ? [] : ['currency_low']),
		...(columns.rate === undefined ? [] : ['rate_high']),
		...(columns.cost === undefined ? [] : ['cost']),
		...(columns.debit === undefined ? [] : ['balance']),
		...(columns.date === undefined ? [] : ['day_low', 'day_high']),
		...(columns.document === undefined ? [] : ['document']),
		...(columns.dimensions.length === 0 ? [] : ['without_dimension']),
	];
}

/** The findings with all that their sides say, the most money first. */
export function findingRows(definition: VarianceDefinition, limit?: number): string {
	const text = (expression: string) => `CAST(${expression} AS VARCHAR)`;
	const dated = withColumn(definition, 'date').length > 0;
	const amounts = withAmount(definition);
	const local = (index: number) => (amounts.includes(index) ? `coalesce(findings.local${index}, 0)` : '0');
	const cells = [
		'findings.deal',
		'findings.class',
		'findings.flags',
		'findings.pending',
		text('findings.at_stake'),
		'findings.partner',
		'findings.owner',
		dated ? text('findings.first_day') : 'NULL',
		hasPeriods(definition) ? 'findings.first_period' : 'NULL',
		hasPeriods(definition) ? 'findings.last_period' : 'NULL',
		...definition.sides.slice(1).map((_, at) => text(`${local(at + 1)} - ${local(0)}`)),
		...definition.sides.flatMap((_, index) =>
			figuresOf(definition, index).map((name) => text(`found${index}.${name}`)),
		),
	];
	const joins = definition.sides
		.map((_, index) => `LEFT JOIN found${index} ON found${index}.deal = findings.deal`)
		.join(' ');
	return `SELECT ${cells.join(', ')} FROM findings ${joins} ORDER BY findings.at_stake DESC, findings.deal ${limit === undefined ? '' : `LIMIT ${limit}`}`;
}

/** What the sides say of these deals, matched or not; deals that no side has are left out. */
export function dealRows(definition: VarianceDefinition, deals: string[]): string {
	const cells = definition.sides.flatMap((_, index) =>
		figuresOf(definition, index).map((name) => `CAST(side${index}.${name} AS VARCHAR)`),
	);
	const joins = definition.sides
		.map((_, index) => `LEFT JOIN side${index} ON side${index}.deal = wanted.deal`)
		.join(' ');
	const known = definition.sides.map((_, index) => `side${index}.n IS NOT NULL`).join(' OR ');
	return `SELECT wanted.deal, ${cells.join(', ')} FROM (VALUES ${deals.map((deal) => `(${literal(deal)})`).join(', ')}) AS wanted (deal) ${joins} WHERE ${known}`;
}

/** Number of deals, and of each side: its lines and the sum of its amounts. A deal that is not flagged is on all sides, so on the first. */
export function totals(definition: VarianceDefinition): string {
	const amounts = withAmount(definition);
	const cells = definition.sides.flatMap((side, index) => [
		`(SELECT CAST(coalesce(sum(n), 0) AS VARCHAR) FROM side${index})`,
		amounts.includes(index)
			? `(SELECT CAST(coalesce(sum(${localOf(side)}), 0) AS VARCHAR) FROM side${index})`
			: `'0'`,
	]);
	const deals = `(SELECT count(*) FROM side0) + (SELECT count(*) - count(n0) FROM flagged)`;
	return `SELECT ${[`CAST(${deals} AS VARCHAR)`, ...cells].join(', ')}`;
}

/** The same of the findings, by class and by whether they are pending. */
export function totalsFound(definition: VarianceDefinition): string {
	const amounts = withAmount(definition);
	const cells = definition.sides.flatMap((_, index) => [
		`CAST(coalesce(sum(n${index}), 0) AS VARCHAR)`,
		amounts.includes(index) ? `CAST(coalesce(sum(local${index}), 0) AS VARCHAR)` : `'0'`,
	]);
	const group = ['class', 'pending', `CAST(coalesce(sum(at_stake), 0) AS VARCHAR)`];
	return `SELECT ${['CAST(count(*) AS VARCHAR)', ...cells, ...group].join(', ')} FROM findings GROUP BY class, pending`;
}

/** Deals on which all sides agree: the key, and each side's number of lines. */
export function matchedRows(definition: VarianceDefinition, dialect: Dialect): string {
	const compared = joined(definition, dialect);
	const lines = definition.sides.map((_, index) => `CAST(side${index}.n AS VARCHAR)`);
	return `SELECT deal, ${lines.join(', ')} FROM ${compared.from} WHERE NOT coalesce(${compared.any}, FALSE)`;
}
