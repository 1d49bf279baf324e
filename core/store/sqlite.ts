import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

import { type Database, type Row, type Statement, StoreUnavailableError } from './database';
import { migrate } from './migrations';
import { adviceOn } from './sqliteAdvice';
import type { SqliteReply, SqliteRequest } from './sqliteProtocol';
import { StatementError } from './statementError';

export interface SqliteOptions {
	/** how long a call waits for a lock that another process holds; 30 s when absent */
	patienceMs?: number;
}

const defaultPatienceMs = 30_000;
/** Calls that share one commit at most; bounds what a single message to the worker copies. */
const groupLimit = 250;
/** A group is given to a new worker at most this often when workers die of it. */
const workerLimit = 3;

const openFiles = new Map<string, SqliteFile>();

/**
 * Opens the state store in one file, and creates it with its tables when it is not there. SQL runs in a worker
 * thread, so that neither a lock nor a slow disk stops the caller's event loop. Handles on the same file share the worker.
 */
export async function openSqlite(file: string, options: SqliteOptions = {}): Promise<Database> {
	if (process.getBuiltinModule?.('node:sqlite') === undefined) {
		throw new StoreUnavailableError(
			`The SQLite state store needs Node 24 or later; this is ${process.version}. Update Node, or use a PostgreSQL state store.`,
		);
	}
	const path = canonicalPath(file);
	const shared = openFiles.get(path) ?? new SqliteFile(path);
	openFiles.set(path, shared);
	const patienceMs = options.patienceMs ?? defaultPatienceMs;
	shared.handles += 1;
	let closed = false;
	const database: Database = {
		dialect: 'sqlite',
		async transaction(statements) {
			if (closed) throw new StoreUnavailableError(`The state store "${path}" was already closed here.`);
			return statements.length === 0 ? [] : await shared.enqueue(statements, patienceMs);
		},
		async close() {
			if (closed) return;
			closed = true;
			await shared.release();
		},
	};
	try {
		await database.transaction([{ sql: 'SELECT 1 AS one' }]);
	} catch (error) {
		await database.close();
		throw error;
	}
	return database;
}

/** One path for one file, whatever links lead to its folder. */
function canonicalPath(file: string): string {
	const path = resolve(file);
	const folder = dirname(path);
	return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

interface Call {
	statements: Statement[];
	deadline: number;
	resolve(rows: Row[][]): void;
	reject(error: Error): void;
}

class WorkerLostError extends Error {}
class LockedError extends Error {}

/** The queue before one file, and the worker behind it. Calls that arrive while the worker is busy share its next commit. */
class SqliteFile {
	handles = 0;
	private queue: Call[] = [];
	private serving: Promise<void> = Promise.resolve();
	private isServing = false;
	private worker: Worker | undefined;
	private isReady = false;
	private awaited: { resolve(reply: SqliteReply): void; reject(error: Error): void } | undefined;

	constructor(private readonly file: string) {}

	enqueue(statements: Statement[], patienceMs: number): Promise<Row[][]> {
		return new Promise((resolve, reject) => {
			this.queue.push({ statements, deadline: performance.now() + patienceMs, resolve, reject });
			if (!this.isServing) this.serving = this.serve();
		});
	}

	/** The last handle waits for what is queued, then writes the log into the file and ends the worker. */
	async release(): Promise<void> {
		this.handles -= 1;
		if (this.handles > 0) return;
		await this.serving;
		if (this.handles > 0) return;
		this.isReady = false;
		openFiles.delete(this.file);
		if (this.worker === undefined) return;
		try {
			await this.ask({ kind: 'close' });
		} catch (error) {
			// A worker that died has nothing left to close, and SQLite recovers the log at the next opening.
			if (!(error instanceof WorkerLostError)) throw error;
		}
		const ended = this.worker;
		this.worker = undefined;
		await ended?.terminate();
	}

	private async serve(): Promise<void> {
		this.isServing = true;
		try {
			// Everything that is called in the same turn of the event loop goes into the same commit.
			await Promise.resolve();
			while (this.queue.length > 0) await this.serveGroup();
		} finally {
			this.isServing = false;
		}
	}

	private async serveGroup(): Promise<void> {
		const group = this.queue.splice(0, groupLimit);
		const deadline = Math.min(...group.map((call) => call.deadline));
		try {
			const reply = await this.askPersistently(
				() => ({
					kind: 'run',
					transactions: group.map(({ statements }) => statements),
					patienceMs: Math.max(0, deadline - performance.now()),
				}),
				deadline,
			);
			if (reply.kind !== 'ran') return;
			reply.outcomes.forEach((outcome, index) => {
				const call = group[index];
				if ('rows' in outcome) call?.resolve(outcome.rows);
				else call?.reject(new StatementError(outcome.refused, outcome.sql));
			});
		} catch (error) {
			if (error instanceof LockedError) this.returnUnexpired(group);
			else for (const call of group) call.reject(error as Error);
		}
	}

	private returnUnexpired(group: Call[]): void {
		const now = performance.now();
		const [expired, unexpired] = [
			group.filter(({ deadline }) => deadline <= now),
			group.filter(({ deadline }) => deadline > now),
		];
		for (const call of expired) {
			call.reject(
				new StoreUnavailableError(
					`The state store "${this.file}" stayed locked by another process; nothing was written. End the process that holds it, or use PostgreSQL when several hosts share the state.`,
				),
			);
		}
		this.queue.unshift(...unexpired);
	}

	/**
	 * A worker that died may have committed just before. Asking a new one again is right all the same: every statement of the
	 * store carries its own condition, so it finds its work done.
	 */
	private async askPersistently(request: () => SqliteRequest, deadline: number): Promise<SqliteReply> {
		for (let attempt = 1; ; attempt++) {
			try {
				if (!this.isReady) await this.makeReady(deadline);
				return this.checked(await this.ask(request()));
			} catch (error) {
				if (!(error instanceof WorkerLostError)) throw error;
				if (attempt === workerLimit) {
					throw new StoreUnavailableError(
						`The thread that serves the state store "${this.file}" died ${attempt} times (${error.message}). Look for lack of memory, then retry.`,
					);
				}
			}
		}
	}

	private async makeReady(deadline: number): Promise<void> {
		const patienceMs = () => Math.max(0, deadline - performance.now());
		const direct: Database = {
			dialect: 'sqlite',
			transaction: async (statements) => {
				const reply = this.checked(
					await this.ask({ kind: 'run', transactions: [statements], patienceMs: patienceMs() }),
				);
				const outcome = reply.kind === 'ran' ? reply.outcomes[0] : undefined;
				if (outcome === undefined) return [];
				if ('refused' in outcome) throw new StatementError(outcome.refused, outcome.sql);
				return outcome.rows;
			},
			close: async () => undefined,
		};
		this.checked(await this.ask({ kind: 'open', file: this.file, patienceMs: patienceMs() }));
		await migrate(direct);
		this.isReady = true;
	}

	private checked(reply: SqliteReply): SqliteReply {
		if (reply.kind === 'busy') throw new LockedError();
		if (reply.kind !== 'unavailable') return reply;
		this.isReady = false;
		throw new StoreUnavailableError(adviceOn(this.file, reply.code, reply.reason));
	}

	private ask(request: SqliteRequest): Promise<SqliteReply> {
		return new Promise((resolve, reject) => {
			const worker = (this.worker ??= this.startWorker());
			this.awaited = { resolve, reject };
			worker.ref();
			worker.postMessage(request);
		});
	}

	/** Only a worker that is asked something keeps the process alive. */
	private startWorker(): Worker {
		const worker = new Worker(join(__dirname, `sqliteWorker${extname(__filename)}`), {
			name: 'erp-bridge-store',
			execArgv: [],
		});
		const lost = (reason: string) => {
			if (this.worker !== worker) return;
			this.worker = undefined;
			this.isReady = false;
			this.settle((awaited) => awaited.reject(new WorkerLostError(reason)));
		};
		worker.on('message', (reply: SqliteReply) => {
			worker.unref();
			this.settle((awaited) => awaited.resolve(reply));
		});
		worker.on('error', (error) => lost((error as Error).message));
		worker.on('exit', (code) => lost(`exit code ${code}`));
		return worker;
	}

	private settle(how: (awaited: NonNullable<SqliteFile['awaited']>) => void): void {
		const awaited = this.awaited;
		this.awaited = undefined;
		if (awaited !== undefined) how(awaited);
	}
}
