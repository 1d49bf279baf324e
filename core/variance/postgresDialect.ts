import { literal, type Dialect } from './engine';

/** The spaces of Unicode (category Zs), which the other engine trims too. */
const spaces = String.fromCharCode(
	0x20,
	0xa0,
	0x1680,
	...Array.from({ length: 11 }, (_, index) => 0x2000 + index),
	0x202f,
	0x205f,
	0x3000,
);
const number = String.raw`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`;
const dayOnly = '^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}$';

/**
 * PostgreSQL's own exact numbers. `upperCollation` names the rules by which letters become capital: those of a database made with the
 * locale C know ASCII only.
 */
export function postgresDialect(upperCollation: string | undefined): Dialect {
	const collated = upperCollation === undefined ? '' : ` COLLATE "${upperCollation}"`;
	return {
		widths: ['wide'],
		bytes: (text) => `octet_length(${text})`,
		trim,
		// One letter must stay one: ICU makes two of the German sharp s.
		upper: (text) => `upper(translate(${text}, 'ß', 'ẞ')${collated}) COLLATE "C"`,
		ordered: (text) => `(${text}) COLLATE "C"`,
		days: (first, last) => `generate_series(${first}, ${last}, INTERVAL '1 day')`,
		number: (text) => {
			const cell = filled(text);
			return `CASE WHEN ${isNoNumber(text)} THEN ${failing(`'no number that can be kept: ' || ${cell}`, 'numeric')} ELSE CAST(${cell} AS numeric) END`;
		},
		exact: (given) =>
			`CASE WHEN ${isBeyond(given)} THEN ${failing(`'no number that can be kept: ' || CAST(${given} AS text)`, 'numeric')} ELSE ${given} END`,
		day: (text) => {
			const cell = filled(text);
			return `CASE WHEN ${cell} !~ ${literal(dayOnly)} THEN ${failing(`'no day: ' || ${cell}`, 'date')} ELSE CAST(${cell} AS date) END`;
		},
		sum: (numbers) => `coalesce(sum(${numbers}), 0)`,
		product: (one, other) => `${one} * ${other}`,
		wide: (given) => given,
	};
}

/** True for a cell that is filled and is no number that can be kept. */
export function isNoNumber(text: string): string {
	const cell = filled(text);
	return `CASE WHEN ${cell} IS NULL THEN FALSE WHEN ${cell} !~ ${literal(number)} THEN TRUE ELSE ${isBeyond(`CAST(${cell} AS numeric)`)} END`;
}

/** True for a number with more than 15 digits before the point or 8 after it; it may be infinite, or none at all. */
export function isBeyond(exact: string): string {
	return `coalesce(abs(${exact}) >= 1e15 OR scale(trim_scale(${exact})) > 8, FALSE)`;
}

/** True for a cell that is filled and begins with no day. */
export function isNoDay(text: string): string {
	const cell = filled(text);
	return `CASE WHEN ${cell} IS NULL THEN FALSE ELSE substr(${cell}, 1, 10) !~ ${literal(dayOnly)} END`;
}

/** Casting a text that is none of the type ends the statement, and PostgreSQL quotes it; it has no other way to say so in an expression. */
function failing(message: string, type: string): string {
	return `CAST(${message} AS ${type})`;
}

function trim(text: string): string {
	return `btrim(${text}, ${literal(spaces)})`;
}

function filled(text: string): string {
	return `nullif(${trim(text)}, '')`;
}
