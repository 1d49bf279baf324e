import type { SqlValue, Statement } from './database';

/**
 * Parameters one statement may have: SQLite takes 32,766 (SQLITE_MAX_VARIABLE_NUMBER), PostgreSQL 65,535 (a 16-bit count in
 * its Bind message). Kept below half of the lower one: longer statements are no faster.
 */
const parametersPerStatement = 12_000;

/** Rows of at most this many fit one statement with `parametersPerRow` parameters in each. */
function rowsPerStatement(parametersPerRow: number): number {
	return Math.max(1, Math.floor(parametersPerStatement / parametersPerRow));
}

export interface RowsToInsert {
	table: string;
	columns: string[];
	/** one value a column */
	rows: SqlValue[][];
	/** what follows the rows: `ON CONFLICT ...`, `RETURNING ...` */
	suffix?: string;
}

/** The rows as few INSERT statements, none above the databases' limits. No rows: no statements. */
export function insertRows({ table, columns, rows, suffix = '' }: RowsToInsert): Statement[] {
	return chunked(rows, rowsPerStatement(columns.length)).map((some) => {
		const values = some.map((row, index) => {
			if (row.length !== columns.length) {
				throw new RangeError(`A row for ${table} has ${row.length} values for ${columns.length} columns.`);
			}
			return inList(row, index * columns.length + 1);
		});
		return {
			sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values.join(', ')} ${suffix}`.trimEnd(),
			parameters: some.flat(),
		};
	});
}

/**
 * One statement for each chunk of `values`, where `sql` is given the chunk's placeholders as `($n, ...)`. The `fixed`
 * parameters come first in every statement, as `$1`, `$2` ...
 */
export function forEachIn(values: SqlValue[], fixed: SqlValue[], sql: (list: string) => string): Statement[] {
	return chunked(values, parametersPerStatement).map((some) => ({
		sql: sql(inList(some, fixed.length + 1)),
		parameters: [...fixed, ...some],
	}));
}

/** `($3, $4, $5)` for three values with `first` 3: what follows IN, or one row of VALUES. */
export function inList(values: readonly SqlValue[], first = 1): string {
	return `(${values.map((_, index) => `$${first + index}`).join(', ')})`;
}

/** The values in pieces of at most `size`, in order. */
export function chunked<T>(values: readonly T[], size: number): T[][] {
	const chunks: T[][] = [];
	for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
	return chunks;
}
