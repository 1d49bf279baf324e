import type { FiscalPeriod } from '../finance/calendar/fiscalCalendar';
import type { Side, Tolerance, VarianceDefinition } from './definition';
import { literal, type Dialect, type Source } from './engine';

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

/** One line of the side, with its key levelled and its cells as numbers and days. */
export function linesTable(
	definition: VarianceDefinition,
	index: number,
	dialect: Dialect,
	source: Source,
): string {
	const side = sideAt(definition, index);
	const { columns } = side;
	const number = (column: string) => dialect.number(trimmed((source.decimal ?? source.text)(column)));
	const text = (column: string) => trimmed(source.text(column));
	const cells = [
		`${keyOf(definition, side, dialect, source)} AS deal`,
		...(['quantity', 'price', 'amount', 'tax', 'rate', 'cost', 'debit', 'credit'] as const).flatMap(
			(name) => {
				const column = columns[name];
				return column === undefined ? [] : [`${number(column)} AS ${name}`];
			},
		),
		...(columns.currency === undefined ? [] : [`upper(${text(columns.currency)}) AS currency`]),
		...(columns.date === undefined ? [] : [`${day(source.text(columns.date), definition.timeZone)} AS day`]),
		...(['partner', 'owner', 'document'] as const).flatMap((name) => {
			const column = columns[name];
			return column === undefined ? [] : [`${text(column)} AS ${name}`];
		}),
		...(columns.dimensions.length === 0
			? []
			: [`(${columns.dimensions.map((one) => `${text(one)} IS NULL`).join(' OR ')}) AS undimensioned`]),
	];
	return `CREATE TEMP TABLE lines${index} AS SELECT ${cells.join(', ')} FROM ${source.from}`;
}

/** One row for each deal that the side knows. An empty cell of a summed column counts as zero. */
export function sideTable(definition: VarianceDefinition, index: number): string {
	const { columns } = sideAt(definition, index);
	const sum = (expression: string) => `coalesce(sum(${expression}), 0)`;
	const own = (expression: string) => `CAST(${expression} AS DECIMAL(38, 8))`;
	const local = columns.rate === undefined ? 'amount' : 'amount * coalesce(rate, 1)';
	const extremes = (name: string) => [`min(${name}) AS ${name}_low`, `max(${name}) AS ${name}_high`];
	const cells = [
		'deal',
		'count(*) AS n',
		...(columns.quantity === undefined ? [] : [`${own(sum('quantity'))} AS quantity`]),
		...(columns.price === undefined ? [] : extremes('price')),
		...(columns.amount === undefined
			? columns.debit === undefined
				? []
				: [`${own(sum('debit'))} AS amount`, `${own(sum('debit'))} AS local`]
			: [`${own(sum('amount'))} AS amount`, `${sum(local)} AS local`]),
		...(columns.tax === undefined ? [] : [`${own(sum('tax'))} AS tax`]),
		...(columns.currency === undefined ? [] : extremes('currency')),
		...(columns.rate === undefined ? [] : extremes('rate')),
		...(columns.cost === undefined ? [] : [`${own(sum('cost'))} AS cost`]),
		...(columns.debit === undefined
			? []
			: [
					`${own(`${sum('debit')} - ${sum('credit')}`)} AS balance`,
					`${own(`${sum('debit')} + ${sum('credit')}`)} AS turnover`,
				]),
		...(columns.date === undefined ? [] : extremes('day')),
		...(['partner', 'owner', 'document'] as const).flatMap((name) =>
			columns[name] === undefined ? [] : [`min(${name}) AS ${name}`],
		),
		...(columns.dimensions.length === 0
			? []
			: ['count(*) FILTER (WHERE undimensioned) AS without_dimension']),
	];
	return `CREATE TEMP TABLE side${index} AS SELECT ${cells.join(', ')} FROM lines${index} GROUP BY deal`;
}

/** First and last day among all sides; no row's cell is filled when no side has a date. */
export function dateRange(definition: VarianceDefinition): string | undefined {
	const dated = withColumn(definition, 'date');
	if (dated.length === 0) return undefined;
	const each = dated.map((index) => `SELECT min(day_low) AS low, max(day_high) AS high FROM side${index}`);
	return `SELECT CAST(min(low) AS VARCHAR), CAST(max(high) AS VARCHAR) FROM (${each.join(' UNION ALL ')}) AS days`;
}

/** The fiscal period of each day. */
export function daysTable(periods: FiscalPeriod[], dialect: Dialect): string {
	const rows = periods.map(
		({ key, from, to }) => `(CAST(${literal(from)} AS DATE), CAST(${literal(to)} AS DATE), ${literal(key)})`,
	);
	return `CREATE TEMP TABLE days AS SELECT CAST(${dialect.days('first_day', 'last_day')} AS DATE) AS day, period
		FROM (VALUES ${rows.join(', ')}) AS periods (first_day, last_day, period)`;
}

/**
 * One row for each deal of any side, with its bits. Two joins for three sides, whatever the lines look like: sums are
 * compared, so a key that a thousand lines share with a thousand others costs no more than they do.
 */
export function comparedTable(definition: VarianceDefinition, hasPeriods: boolean): string {
	const { sides, tolerances, rounding } = definition;
	const indexes = sides.map((_, index) => index);
	const having = (column: keyof Side['columns']) => withColumn(definition, column);
	const amounts = withAmount(definition);
	const lines = indexes.map((index) => `side${index}.n`);
	const flags: string[] = [];
	const flag = (bit: number, condition: string) =>
		flags.push(`CASE WHEN ${condition} THEN ${bit} ELSE 0 END`);

	flag(bits.missing, lines.map((n) => `${n} IS NULL`).join(' OR '));
	flag(bits.keyless, `deal = ${literal('')}`);
	const several = lines.map((n) => `CASE WHEN ${n} > 1 THEN 1 ELSE 0 END`).join(' + ');
	flag(manyToMany, `${several} > 1`);

	const differ = (measure: Measure, where: number[], low: string = measure, high: string = measure) => {
		const lowest = extreme('least', where, low);
		const highest = extreme('greatest', where, high);
		return `${highest} - ${lowest} > ${allowed(tolerances[measure], [lowest, highest])}`;
	};
	const quantities = having('quantity');
	const currencies = having('currency');
	const rates = having('rate');
	const otherCurrency = `${extreme('greatest', currencies, 'currency_high')} <> ${extreme('least', currencies, 'currency_low')}`;
	const sameCurrency = currencies.length > 1 ? `coalesce(NOT (${otherCurrency}), TRUE)` : 'TRUE';
	if (quantities.length > 1) flag(bits.quantity, differ('quantity', quantities));
	const prices = having('price');
	if (prices.length > 1)
		flag(bits.price, `${sameCurrency} AND ${differ('price', prices, 'price_low', 'price_high')}`);
	const rateDiffers = [
		...(rates.length > 1 ? [differ('rate', rates, 'rate_low', 'rate_high')] : []),
		...(currencies.length > 1 ? [otherCurrency] : []),
	];
	if (rateDiffers.length > 0) flag(bits.rate, rateDiffers.map((one) => `(${one})`).join(' OR '));
	const roundingLimit = `${rounding} * greatest(${lines.join(', ')})`;
	const money = (measure: 'amount' | 'tax', where: number[]) => {
		if (where.length < 2) return;
		const apart = `${extreme('greatest', where, measure)} - ${extreme('least', where, measure)}`;
		const beyond = `${sameCurrency} AND ${differ(measure, where)}`;
		flag(bits[measure], `${beyond} AND ${apart} > ${roundingLimit}`);
		flag(bits.rounding, `${beyond} AND ${apart} <= ${roundingLimit}`);
	};
	money('amount', amounts);
	money('tax', having('tax'));
	const costs = having('cost');
	if (costs.length > 1) flag(bits.costing, differ('cost', costs));
	const dated = having('date');
	const firstDay = extreme('least', dated, 'day_low');
	const lastDay = extreme('greatest', dated, 'day_high');
	const periodDiffers = [
		...(hasPeriods ? ['first.period <> last.period'] : []),
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

	// The grave classes are sums that rounding bits of two measures may add to twice.
	const sum = [...new Set(flags)].map((one) => `(${one})`).join(' + ');
	const periods = hasPeriods
		? `LEFT JOIN days AS first ON first.day = ${firstDay} LEFT JOIN days AS last ON last.day = ${lastDay}`
		: '';
	const cells = [
		'deal',
		...indexes.map((index) => `side${index}.n AS n${index}`),
		...amounts.map((index) => `side${index}.local AS local${index}`),
		...(dated.length === 0 ? [] : [`${firstDay} AS first_day`, `${lastDay} AS last_day`]),
		...(hasPeriods ? ['first.period AS first_period', 'last.period AS last_period'] : []),
		`${sum} AS flags`,
	];
	return `CREATE TEMP TABLE compared AS SELECT ${cells.join(', ')} FROM side0 ${indexes
		.slice(1)
		.map((index) => `FULL JOIN side${index} USING (deal)`)
		.join(' ')} ${periods}`;
}

function extreme(which: 'least' | 'greatest', where: number[], column: string): string {
	const cells = where.map((index) => `side${index}.${column}`);
	return cells.length === 1 ? (cells[0] ?? '') : `${which}(${cells.join(', ')})`;
}

function allowed({ absolute, relative }: Tolerance, values: string[]): string {
	const share = `${relative} * greatest(${values.map((value) => `abs(${value})`).join(', ')})`;
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

function keyOf(
	{ normalise }: VarianceDefinition,
	{ columns }: Side,
	dialect: Dialect,
	source: Source,
): string {
	const parts = columns.key.map((column) => {
		let part = source.text(column);
		if (normalise.width)
			part = `CASE WHEN ${dialect.bytes(part)} = length(${part}) THEN ${part} ELSE translate(${part}, ${literal(wide)}, ${literal(narrow)}) END`;
		if (normalise.trim) part = `trim(${part})`;
		if (normalise.case) part = `upper(${part})`;
		if (normalise.leadingZeros) part = `ltrim(${part}, '0')`;
		return `coalesce(${part}, '')`;
	});
	const [only = "''"] = parts;
	if (parts.length === 1) return only;
	const joined = parts.join(` || chr(31) || `);
	const empty = parts.map((part) => `${part} = ''`).join(' AND ');
	return `CASE WHEN ${empty} THEN '' ELSE ${joined} END`;
}

/** Full-width forms of ASCII and the ideographic space (Unicode, Halfwidth and Fullwidth Forms, FF01 to FF5E). */
const wide = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0xff01 + index), 0x3000);
const narrow = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index), 0x20);

function trimmed(text: string): string {
	return `nullif(trim(${text}), '')`;
}

/** A day as it is written; an instant (with Z or an offset) as the day it is in the time zone. */
function day(text: string, timeZone: string): string {
	const cell = trimmed(text);
	const instant = `CAST(timezone(${literal(timeZone)}, CAST(${cell} AS TIMESTAMPTZ)) AS DATE)`;
	const isInstant = `length(${cell}) > 10 AND (${cell} LIKE '%Z' OR substr(${cell}, 20) LIKE '%+%' OR substr(${cell}, 20) LIKE '%-%')`;
	return `CASE WHEN ${isInstant} THEN ${instant} ELSE CAST(substr(${cell}, 1, 10) AS DATE) END`;
}

// ---- keys whose lines have to be looked at one by one

/** What can be compared line by line on all of these sides. */
function lineMeasures(definition: VarianceDefinition): string[] {
	return (['quantity', 'amount'] as const).filter(
		(name) => withColumn(definition, name).length === definition.sides.length,
	);
}

/** Deals with several lines on a side whose sums do not agree. */
export function suspectsTable(definition: VarianceDefinition): string {
	const grave = bits.quantity | bits.price | bits.amount | bits.tax | bits.missing;
	const indexes = definition.sides.map((_, index) => index);
	return `CREATE TEMP TABLE suspects AS SELECT deal FROM compared
		WHERE (flags & ${grave}) <> 0 AND (${indexes.map((index) => `n${index} > 1`).join(' OR ')})`;
}

/**
 * For each suspect: whether leaving out repeated lines makes the sides agree (`is_duplicate`), and whether at most one line of
 * each side is left when lines that are equal on all sides are paired (`is_paired`). Only then it is known which line differs.
 */
export function examinedTable(definition: VarianceDefinition): string {
	const { sides, tolerances } = definition;
	const measures = lineMeasures(definition);
	const perSide = sides.map((_, index) => {
		const own = (['quantity', 'price', 'amount', 'tax', 'currency', 'debit', 'credit'] as const).filter(
			(name) => sideAt(definition, index).columns[name] !== undefined,
		);
		const group = ['deal', ...own].join(', ');
		return { index, own, group };
	});
	const once = perSide.map(({ index, own, group }) => {
		const sums = (['quantity', 'amount'] as const)
			.filter((name) => own.includes(name))
			.map((name) => `, sum(${name}) AS ${name}`)
			.join('');
		return `once${index} AS (SELECT deal, count(*) AS n${sums}
			FROM (SELECT DISTINCT ${group} FROM lines${index} WHERE deal IN (SELECT deal FROM suspects)) AS distinct_lines GROUP BY deal)`;
	});
	const agree = (['quantity', 'amount'] as const).flatMap((name) => {
		const where = withColumn(definition, name);
		if (where.length < 2) return [];
		const cells = where.map((index) => `once${index}.${name}`);
		const [low, high] = [`least(${cells.join(', ')})`, `greatest(${cells.join(', ')})`];
		return [`${high} - ${low} <= ${allowed(tolerances[name], [low, high])}`];
	});
	const repeated = sides.map((_, index) => `once${index}.n < coalesce(compared.n${index}, 0)`).join(' OR ');
	const everywhere = sides.map((_, index) => `compared.n${index} IS NOT NULL`).join(' AND ');
	const isDuplicate = [`(${repeated})`, ...agree].join(' AND ');

	const union = sides
		.map(
			(_, index) =>
				`SELECT ${['deal', ...measures].join(', ')}, ${index} AS side FROM lines${index} WHERE deal IN (SELECT deal FROM suspects)`,
		)
		.join(' UNION ALL ');
	const counts = sides.map((_, index) => `count(*) FILTER (WHERE side = ${index}) AS c${index}`);
	const common = `least(${sides.map((_, index) => `c${index}`).join(', ')})`;
	const leftover = sides.map((_, index) => `sum(c${index} - ${common}) <= 1`);
	return `CREATE TEMP TABLE examined AS WITH ${once.join(', ')},
		equal_lines AS (SELECT ${['deal', ...measures].join(', ')}, ${counts.join(', ')} FROM (${union}) AS all_lines GROUP BY ${['deal', ...measures].join(', ')}),
		pairing AS (SELECT deal, ${leftover.join(' AND ')} AS is_paired FROM equal_lines GROUP BY deal)
		SELECT compared.deal, coalesce(${everywhere} AND ${isDuplicate}, FALSE) AS is_duplicate, coalesce(is_paired, FALSE) AS is_paired
		FROM compared JOIN suspects ON suspects.deal = compared.deal
		LEFT JOIN pairing ON pairing.deal = compared.deal
		${sides.map((_, index) => `LEFT JOIN once${index} ON once${index}.deal = compared.deal`).join(' ')}`;
}

/** All deals that are not matched, each with one class, what is at stake, and the sums of its sides. */
export function findingsTable(definition: VarianceDefinition): string {
	const { sides } = definition;
	const indexes = sides.map((_, index) => index);
	const has = (bit: number) => `(compared.flags & ${bit}) <> 0`;
	const anyBut = Object.values(bits).reduce((all, bit) => all | bit, 0);
	const classOf = `CASE
		WHEN ${has(bits.keyless)} THEN 'ambiguous'
		WHEN examined.is_duplicate THEN 'duplicate'
		WHEN ${has(bits.missing)} THEN 'missing'
		WHEN ${has(manyToMany)} AND examined.deal IS NOT NULL AND NOT examined.is_paired THEN 'ambiguous'
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
			: `coalesce(${extreme('greatest', where, column)} - ${extreme('least', where, column)}, 0)`;
	const largest = (where: number[], column: string) =>
		where.length === 0
			? '0'
			: `coalesce(greatest(${where.map((index) => `abs(side${index}.${column})`).join(', ')}), 0)`;
	const amounts = withAmount(definition);
	const costs = withColumn(definition, 'cost');
	const debits = withColumn(definition, 'debit');
	const prices = withColumn(definition, 'price');
	const rates = withColumn(definition, 'rate');
	const money = (expression: string) => `CAST(${expression} AS DECIMAL(38, 8))`;
	const priced = prices.length === 0 ? '0' : `coalesce(${extreme('greatest', prices, 'price_high')}, 0)`;
	const rate = rates.length === 0 ? '1' : `coalesce(${extreme('greatest', rates, 'rate_high')}, 1)`;
	const value = amounts.length === 0 ? largest(costs, 'cost') : largest(amounts, 'local');
	const ofQuantity = (quantity: string) => money(`${quantity} * CAST(${priced} * ${rate} AS DECIMAL(18, 4))`);
	const quantities = withColumn(definition, 'quantity');
	const apart = spread(amounts, 'local');
	const atStake = `CASE class
		WHEN 'missing' THEN CASE WHEN ${value} <> 0 THEN ${value} ELSE ${ofQuantity(largest(quantities, 'quantity'))} END
		WHEN 'unbalanced' THEN ${largest(debits, 'balance')}
		WHEN 'quantity' THEN CASE WHEN ${apart} <> 0 THEN ${apart} ELSE ${ofQuantity(spread(quantities, 'quantity'))} END
		WHEN 'tax' THEN ${spread(withColumn(definition, 'tax'), 'tax')}
		WHEN 'rounding' THEN greatest(${apart}, ${spread(withColumn(definition, 'tax'), 'tax')})
		WHEN 'costing' THEN ${spread(costs, 'cost')}
		WHEN 'period' THEN ${value}
		WHEN 'dimension' THEN ${value}
		WHEN 'ambiguous' THEN CASE WHEN classed.deal = '' THEN ${value} ELSE ${apart} END
		ELSE ${apart} END`;
	const dated = withColumn(definition, 'date').length > 0;
	const pending =
		dated && definition.graceDays > 0
			? `(compared.flags & ${anyBut & ~bits.period}) = ${bits.missing} AND CAST(${literal(definition.asOf)} AS DATE) - compared.first_day <= ${definition.graceDays}`
			: 'FALSE';
	const first = (name: 'partner' | 'owner') => {
		const where = withColumn(definition, name).map((index) => `side${index}.${name}`);
		return where.length === 0 ? 'CAST(NULL AS VARCHAR)' : `coalesce(${where.join(', ')})`;
	};
	const joins = indexes
		.map((index) => `LEFT JOIN side${index} ON side${index}.deal = classed.deal`)
		.join(' ');
	return `CREATE TEMP TABLE findings AS SELECT classed.*, CAST(${atStake} AS DECIMAL(38, 8)) AS at_stake,
		${first('partner')} AS partner, ${first('owner')} AS owner
		FROM (SELECT compared.*, ${classOf} AS class, coalesce(${pending}, FALSE) AS pending
			FROM compared LEFT JOIN examined ON examined.deal = compared.deal WHERE (compared.flags & ${anyBut}) <> 0) AS classed ${joins}`;
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
export function findingRows(definition: VarianceDefinition, hasPeriods: boolean, limit?: number): string {
	const text = (expression: string) => `CAST(${expression} AS VARCHAR)`;
	const dated = withColumn(definition, 'date').length > 0;
	const amounts = withAmount(definition);
	const cells = [
		'findings.deal',
		'findings.class',
		'findings.flags',
		'findings.pending',
		text('findings.at_stake'),
		'findings.partner',
		'findings.owner',
		dated ? text('findings.first_day') : 'NULL',
		hasPeriods ? 'findings.first_period' : 'NULL',
		hasPeriods ? 'findings.last_period' : 'NULL',
		...definition.sides.map((_, index) =>
			amounts.includes(index) ? text(`findings.local${index}`) : 'NULL',
		),
		...definition.sides.flatMap((_, index) =>
			figuresOf(definition, index).map((name) => text(`side${index}.${name}`)),
		),
	];
	const joins = definition.sides
		.map((_, index) => `LEFT JOIN side${index} ON side${index}.deal = findings.deal`)
		.join(' ');
	return `SELECT ${cells.join(', ')} FROM findings ${joins} ORDER BY findings.at_stake DESC, findings.deal ${limit === undefined ? '' : `LIMIT ${limit}`}`;
}

/** What the sides say of these deals, matched or not; deals that no side has are left out. */
export function dealRows(definition: VarianceDefinition, deals: string[]): string {
	const cells = definition.sides.flatMap((_, index) =>
		figuresOf(definition, index).map((name) => `CAST(side${index}.${name} AS VARCHAR)`),
	);
	const joins = definition.sides
		.map((_, index) => `LEFT JOIN side${index} ON side${index}.deal = compared.deal`)
		.join(' ');
	return `SELECT compared.deal, ${cells.join(', ')} FROM compared ${joins} WHERE compared.deal IN (${deals.map(literal).join(', ')})`;
}

/** Number of deals, and of each side: its lines and the sum of its amounts. */
export function totals(definition: VarianceDefinition, table: 'compared' | 'findings'): string {
	const amounts = withAmount(definition);
	const cells = definition.sides.flatMap((_, index) => [
		`CAST(coalesce(sum(n${index}), 0) AS VARCHAR)`,
		amounts.includes(index) ? `CAST(coalesce(sum(local${index}), 0) AS VARCHAR)` : `'0'`,
	]);
	const group =
		table === 'findings' ? ['class', 'pending', `CAST(coalesce(sum(at_stake), 0) AS VARCHAR)`] : [];
	return `SELECT ${['CAST(count(*) AS VARCHAR)', ...cells, ...group].join(', ')} FROM ${table} ${table === 'findings' ? 'GROUP BY class, pending' : ''}`;
}

/** Deals on which all sides agree: the key, and each side's number of lines. */
export function matchedRows(definition: VarianceDefinition): string {
	const any = Object.values(bits).reduce((all, bit) => all | bit, 0);
	const lines = definition.sides.map((_, index) => `CAST(n${index} AS VARCHAR)`);
	return `SELECT deal, ${lines.join(', ')} FROM compared WHERE (flags & ${any}) = 0`;
}

/** Ages in days by which findings are grouped: up to 7, up to 30, up to 90, and more. */
export const ageLimits = [7, 30, 90] as const;

/** Number of findings and money at stake by period, by age and by partner; pending ones are left out. */
export function breakdowns(
	definition: VarianceDefinition,
	hasPeriods: boolean,
): Record<'periods' | 'ages' | 'partners', string | undefined> {
	const dated = withColumn(definition, 'date').length > 0;
	const partnered = withColumn(definition, 'partner').length > 0;
	const by = (group: string, rest: string) =>
		`SELECT ${group} AS name, CAST(count(*) AS VARCHAR), CAST(sum(at_stake) AS VARCHAR) FROM findings WHERE NOT pending AND ${group} IS NOT NULL GROUP BY ${group} ${rest}`;
	const age = `CAST(${literal(definition.asOf)} AS DATE) - first_day`;
	const ageGroup = `CASE ${ageLimits.map((limit, index) => `WHEN ${age} <= ${limit} THEN '${index}'`).join(' ')} WHEN first_day IS NOT NULL THEN '${ageLimits.length}' END`;
	return {
		periods: hasPeriods
			? by('last_period', 'ORDER BY name')
			: dated
				? by('substr(CAST(last_day AS VARCHAR), 1, 7)', 'ORDER BY name')
				: undefined,
		ages: dated ? by(ageGroup, 'ORDER BY name') : undefined,
		partners: partnered ? by('partner', 'ORDER BY sum(at_stake) DESC, name LIMIT 10') : undefined,
	};
}
