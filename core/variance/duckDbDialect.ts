import type { Dialect, Width } from './engine';

/** DuckDB computes with up to 18 digits many times faster than with more; one is left for a difference. */
const types: Record<Width, string> = { narrow: 'DECIMAL(17, 8)', wide: 'DECIMAL(23, 8)' };
const sums: Record<Width, string> = { narrow: 'DECIMAL(17, 8)', wide: 'DECIMAL(38, 8)' };

export const duckDbDialect: Dialect = {
	widths: ['narrow', 'wide'],
	bytes: (text) => `strlen(${text})`,
	trim: (text) => `trim(${text})`,
	upper: (text) => `upper(${text})`,
	ordered: (text) => text,
	days: (first, last) => `unnest(generate_series(${first}, ${last}, INTERVAL 1 DAY))`,
	number: (text, width) => {
		const cell = filled(text);
		// The first case needs no more than to be read: with so few characters nothing can be lost.
		return `CASE WHEN strlen(${text}) BETWEEN 1 AND 9 AND NOT contains(${text}, 'e') AND NOT contains(${text}, 'E') AND NOT contains(${text}, '_') AND NOT contains(${text}, ' ')
			THEN CAST(${text} AS ${types[width]})
			WHEN ${losesDigits(cell)} THEN error('more than 8 decimal places')
			ELSE CAST(coalesce(CAST(try_cast(${cell} AS DECIMAL(18, 8)) AS DECIMAL(23, 8)), CAST(${cell} AS DECIMAL(23, 8))) AS ${types[width]}) END`;
	},
	exact: (number, width) => duckDbDialect.number(`CAST(${number} AS VARCHAR)`, width),
	day: (text) =>
		`CASE WHEN strlen(${text}) = 10 THEN CAST(${text} AS DATE) ELSE CAST(${filled(text)} AS DATE) END`,
	sum: (numbers, width) => `CAST(coalesce(sum(${numbers}), 0) AS ${sums[width]})`,
	// With a type above 18 digits DuckDB takes room for the product; below, it would refuse what exceeds the 18.
	product: (one, other, width) =>
		`CAST(${one} AS ${width === 'narrow' ? 'DECIMAL(19, 8)' : types.wide}) * CAST(${other} AS ${types[width]})`,
	wide: (number) => `CAST(${number} AS DECIMAL(38, 8))`,
};

/** True for a cell that is filled and is no number that can be kept. */
export function isNoNumber(text: string): string {
	const cell = filled(text);
	return `${cell} IS NOT NULL AND (try_cast(${cell} AS DECIMAL(23, 8)) IS NULL OR coalesce(${losesDigits(cell)}, FALSE))`;
}

/** Casting rounds what stands after the eighth place, and knows digits grouped by underscores, without a word. */
function losesDigits(cell: string): string {
	const mantissa = `split_part(lower(${cell}), 'e', 1)`;
	const exponent = `coalesce(try_cast(nullif(split_part(lower(${cell}), 'e', 2), '') AS INTEGER), 0)`;
	const places = `CASE WHEN contains(${mantissa}, '.') THEN strlen(rtrim(${mantissa}, '0')) - position('.' IN ${mantissa}) ELSE 0 END`;
	return `(contains(${cell}, '_') OR (strlen(${cell}) > 8 OR contains(lower(${cell}), 'e')) AND ${places} - ${exponent} > 8)`;
}

function filled(text: string): string {
	return `nullif(trim(${text}), '')`;
}
