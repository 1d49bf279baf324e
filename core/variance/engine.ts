/** Cell of a result: decimals and days come as text. */
export type Cell = string | number | boolean | null;

/**
 * How much room a side's decimals get. `wide` has 15 digits before the point and 8 after it; `narrow` has fewer before it, and where a
 * database is quicker with them, it is tried first.
 */
export type Width = 'narrow' | 'wide';

/** What differs between the databases that can run a comparison. Texts are expressions of SQL. */
export interface Dialect {
	/** tried one after the other until a side's values fit, all of them exactly; `wide` is the last */
	readonly widths: readonly Width[];
	/** number of bytes of a text */
	bytes(text: string): string;
	/** without spaces around it, those of Unicode too */
	trim(text: string): string;
	upper(text: string): string;
	/** the text as one that is ordered by its characters' codes, whatever the database's language is */
	ordered(text: string): string;
	/** one row for each day from `first` to `last` */
	days(first: string, last: string): string;
	/** a source's cell as a decimal, NULL when it is empty; an error when it is no number, or more than 8 digits after the point are lost */
	number(text: string, width: Width): string;
	/** a cell of an exact type with the same limits */
	exact(number: string, width: Width): string;
	/** a cell such as `2026-03-31` as a day, NULL when it is empty */
	day(text: string): string;
	/** the sum of a side's decimals, in their width */
	sum(numbers: string, width: Width): string;
	/** the exact product of two of a side's decimals */
	product(one: string, other: string, width: Width): string;
	/** a decimal with which can be multiplied and summed */
	wide(number: string): string;
}

/** A table of the comparison's own: its rows are those of `select`. */
export interface Table {
	name: string;
	select: string;
	/** true when the select reads from a source, whose names mean the source's own tables */
	readsSource?: boolean;
}

/**
 * A database in which a comparison runs, in one session; its tables live as long as the engine. Nothing of it keeps the event loop
 * busy: rows come in pieces.
 */
export interface VarianceEngine {
	readonly dialect: Dialect;
	/** Says which tables there will be, before the first is filled; their columns are those of the selects. */
	declare(tables: Table[]): Promise<void>;
	/** Runs the select and keeps its rows in the table. What an earlier attempt left there is gone. */
	fill(table: Table): Promise<void>;
	/** The table's rows are no longer needed. */
	empty(table: Table): Promise<void>;
	/** rows in small pieces, each row by position; ending the iteration early frees what it held */
	rows(sql: string): AsyncIterable<Cell[][]>;
	/** Ends the session, and what runs in it, and removes what it left on the disk. */
	close(): Promise<void>;
}

/** Where the lines of one side are. */
export interface Source {
	/** what stands after FROM */
	from: string;
	/** a column of it as an expression of type text */
	text(column: string): string;
	/** a column of numbers as text with a decimal point; as `text` when left out */
	decimal?(column: string): string;
	/** the column itself when it is of an exact number's type */
	exact?(column: string): string | undefined;
	/** the column as a day when it is of such a type; `businessDay` makes one of an instant */
	day?(column: string, businessDay: (instant: string) => string): string | undefined;
	/** Throws when what was read is no longer what it was. */
	unchanged?(): Promise<void>;
	/** The reader's own words for what broke while its lines were read. */
	explain(error: Error): Promise<Error>;
}

export async function allRows(engine: VarianceEngine, sql: string): Promise<Cell[][]> {
	const all: Cell[][] = [];
	for await (const piece of engine.rows(sql)) all.push(...piece);
	return all;
}

/** A name as SQL quotes it. */
export function identifier(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL quotes it. */
export function literal(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
