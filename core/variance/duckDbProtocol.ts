import type { Cell } from './engine';

/** What the main thread asks of the thread in which DuckDB runs. Each is answered once, with its own id. */
export type DuckDbRequest = { id: number } & (
	| { kind: 'open'; settings: Record<string, string> }
	| { kind: 'run'; sql: string }
	/** the first piece of a select's rows; the others are asked for with `more` and the same stream */
	| { kind: 'rows'; stream: number; sql: string }
	| { kind: 'more'; stream: number }
	/** frees a stream that is not read to its end */
	| { kind: 'drop'; stream: number }
	/** ends what runs; its request is answered as failed */
	| { kind: 'interrupt' }
	| { kind: 'close' }
);

export type DuckDbReply =
	| { id: number; kind: 'done' }
	/** no rows: the stream is at its end, and gone */
	| { id: number; kind: 'piece'; rows: Cell[][] }
	| { id: number; kind: 'failed'; message: string };
