import type { Row, Statement } from './database';

/** What the main thread asks of the worker. The next request is sent once the reply to the last has come. */
export type SqliteRequest =
	| { kind: 'open'; file: string; patienceMs: number }
	/** Transactions for one commit; each is atomic on its own. */
	| { kind: 'run'; transactions: Statement[][]; patienceMs: number }
	| { kind: 'close' };

export type SqliteReply =
	| { kind: 'done' }
	| { kind: 'ran'; outcomes: SqliteOutcome[] }
	/** Another process kept the lock for all of `patienceMs`; nothing was applied. */
	| { kind: 'busy' }
	/** Nothing was applied, and the file is closed. `code` is SQLite's primary result code or the system's error code. */
	| { kind: 'unavailable'; code: number | string; reason: string };

export type SqliteOutcome = { rows: Row[][] } | { refused: string; sql: string };
