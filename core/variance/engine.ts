/** A cell of a result: decimals and days come as text. */
export type Cell = string | number | boolean | null;

/** What differs between the databases that can run a comparison. */
export interface Dialect {
	/** an exact decimal with 15 digits before and 8 after the point */
	decimal: string;
	/** number of bytes of a text */
	bytes(text: string): string;
	/** one row for each day from `first` to `last` */
	days(first: string, last: string): string;
	/** a source's cell, as text without spaces around it or NULL when empty, as a decimal */
	number(text: string): string;
}

/**
 * A database in which a comparison runs. Statements run one after the other in one session; temporary tables live as long
 * as the engine. Nothing of it keeps the event loop busy: rows come in pieces.
 */
export interface VarianceEngine {
	readonly dialect: Dialect;
	run(sql: string): Promise<void>;
	/** rows in small pieces, each row by position; between two the event loop gets its turn */
	rows(sql: string): AsyncIterable<Cell[][]>;
	/** Ends the session and removes what it left on the disk. */
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
