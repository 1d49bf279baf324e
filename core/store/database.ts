/** A value that both SQLite and PostgreSQL store as it is. Instants are milliseconds since 1970, JSON is text. */
export type SqlValue = string | number | null;
export type Row = Record<string, SqlValue>;

/** SQL that SQLite 3.46 and PostgreSQL 13 both understand; parameters are `$1`, `$2` ... */
export interface Statement {
	sql: string;
	parameters?: SqlValue[];
}

/**
 * The state store's only door. Everything in core/store is written once on top of it, so nothing is read
 * and then written in two steps: a statement carries its own condition (ON CONFLICT, WHERE, RETURNING).
 * Throws StoreUnavailableError when the store cannot be reached or stays locked; then nothing was applied.
 */
export interface Database {
	readonly dialect: 'sqlite' | 'postgres';
	/** All statements or none, in order; durable once it resolves. Returns each statement's rows. */
	transaction(statements: Statement[]): Promise<Row[][]>;
	close(): Promise<void>;
}

export class StoreUnavailableError extends Error {
	override readonly name = 'StoreUnavailableError';
	readonly retryable = true;
}
