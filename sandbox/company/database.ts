import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export type Row = Record<string, string | number | null>;

/** One prepared statement, its parameters in order. */
export interface Statement {
	all(...parameters: SQLInputValue[]): Row[];
	get(...parameters: SQLInputValue[]): Row | undefined;
	run(...parameters: SQLInputValue[]): { changes: number; lastInsertRowid: number };
}

/**
 * A service's own SQLite file. The process that opens it holds it alone until it closes, so two companies never
 * share a folder. A commit survives the end of the process; the last ones may not survive a power cut.
 */
export class ServiceDatabase {
	private readonly database: DatabaseSync;
	private inTransaction = false;

	constructor(file: string, schema: string) {
		mkdirSync(dirname(file), { recursive: true });
		this.database = new DatabaseSync(file);
		try {
			this.database.exec(
				'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;',
			);
			this.database.exec(schema);
		} catch (error) {
			this.database.close();
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(
				reason.includes('locked')
					? `The sandbox data in ${file} is in use by another running sandbox; stop that one first or choose another folder.`
					: `The sandbox data in ${file} cannot be opened: ${reason}. Check the folder's rights and free space.`,
				{ cause: error },
			);
		}
	}

	/** For a table of a folder that an earlier version made without the column. */
	addColumn(table: string, column: string, type: string): void {
		const known = this.prepare(`PRAGMA table_info(${table})`).all();
		if (known.some(({ name }) => name === column)) return;
		this.database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
	}

	prepare(sql: string): Statement {
		return this.database.prepare(sql) as unknown as Statement;
	}

	/** All that `work` writes, or nothing when it throws. A transaction within another is part of it. */
	transaction<T>(work: () => T): T {
		if (this.inTransaction) return work();
		this.database.exec('BEGIN IMMEDIATE');
		this.inTransaction = true;
		try {
			const result = work();
			this.database.exec('COMMIT');
			return result;
		} catch (error) {
			this.database.exec('ROLLBACK');
			throw error;
		} finally {
			this.inTransaction = false;
		}
	}

	close(): void {
		this.database.close();
	}
}
