import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { UnavailableError } from '../ports/errors';
import { duckDbDialect } from './duckDbDialect';
import type { DuckDbReply, DuckDbRequest } from './duckDbProtocol';
import { identifier, type Cell, type VarianceEngine } from './engine';

export interface DuckDbOptions {
	/** what DuckDB may hold in memory; more goes to the disk. 1,000 MB when left out */
	memoryMb?: number;
	threads?: number;
	/** where a folder of its own is made and removed; the system's temporary folder when left out */
	folder?: string;
	/** what runs in it, as its errors name it; the comparison when left out */
	work?: DuckDbWork;
	/** ends what runs, and all that is asked afterwards, with an error */
	signal?: AbortSignal;
}

export interface DuckDbWork {
	/** in the middle of a sentence, such as `the comparison` */
	name: string;
	/** as errors name the system */
	system: string;
}

const comparison: DuckDbWork = { name: 'the comparison', system: 'variance' };

export interface DuckDbEngine extends VarianceEngine {
	/** its temporary folder */
	readonly folder: string;
}

/**
 * DuckDB in a thread of its own, so that neither a statement nor the reading of its rows stops the caller's event loop. What exceeds the
 * memory limit goes to a temporary folder, so that size is bounded by the disk. `close` ends the thread and removes the folder, whatever
 * happened before. Throws UnavailableError when memory or disk do not suffice, when the thread dies, and when the signal came.
 */
export async function openDuckDb({
	memoryMb = 1_000,
	threads,
	folder = tmpdir(),
	work = comparison,
	signal,
}: DuckDbOptions = {}): Promise<DuckDbEngine> {
	const own = await mkdtemp(join(folder, 'erp-bridge-variance-'));
	const thread = new DuckDbThread(memoryMb, work);
	const cancel = () => thread.cancel();
	let closing: Promise<void> | undefined;
	const close = async () => {
		signal?.removeEventListener('abort', cancel);
		await thread.end();
		await rm(own, { recursive: true, force: true });
	};
	try {
		if (signal?.aborted === true) cancel();
		signal?.addEventListener('abort', cancel, { once: true });
		await thread.ask({
			kind: 'open',
			settings: {
				memory_limit: `${memoryMb}MB`,
				temp_directory: join(own, 'spill'),
				...(threads === undefined ? {} : { threads: String(threads) }),
				// Only what is needed: nothing is downloaded, and no extension is looked for.
				autoinstall_known_extensions: 'false',
				autoload_known_extensions: 'false',
				preserve_insertion_order: 'false',
			},
		});
	} catch (error) {
		await close();
		throw error;
	}
	return {
		dialect: duckDbDialect,
		folder: own,
		declare: async () => undefined,
		async fill({ name, select }) {
			await thread.ask({ kind: 'run', sql: `CREATE OR REPLACE TABLE ${identifier(name)} AS ${select}` });
		},
		async empty({ name }) {
			await thread.ask({ kind: 'run', sql: `DROP TABLE ${identifier(name)}` });
		},
		rows: (sql) => thread.rows(sql),
		close: async () => await (closing ??= close()),
	};
}

type Asked = DuckDbRequest extends infer Request
	? Request extends DuckDbRequest
		? Omit<Request, 'id'>
		: never
	: never;

class DuckDbThread {
	private readonly worker = new Worker(join(__dirname, `duckDbWorker${extname(__filename)}`), {
		name: 'erp-bridge-variance',
		execArgv: [],
	});
	private readonly exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
	private readonly waiting = new Map<
		number,
		{ resolve(reply: DuckDbReply): void; reject(error: Error): void }
	>();
	private requests = 0;
	/** why nothing can be asked any more */
	private lost: Error | undefined;

	constructor(
		private readonly memoryMb: number,
		private readonly work: DuckDbWork,
	) {
		this.worker.on('message', (reply: DuckDbReply) => {
			const asked = this.waiting.get(reply.id);
			this.waiting.delete(reply.id);
			asked?.resolve(reply);
		});
		this.worker.on('error', (error) => this.lose(this.died((error as Error).message)));
		this.worker.on('exit', (code) => this.lose(this.died(`exit code ${code}`)));
	}

	async ask(asked: Asked): Promise<DuckDbReply> {
		if (this.lost !== undefined) throw this.lost;
		const reply = await new Promise<DuckDbReply>((resolve, reject) => {
			this.requests += 1;
			const id = this.requests;
			this.waiting.set(id, { resolve, reject });
			this.worker.postMessage({ ...asked, id } as DuckDbRequest);
		});
		if (reply.kind === 'failed') throw this.lost ?? this.failure(reply.message);
		return reply;
	}

	/** The next piece is on its way while the last is looked at. */
	async *rows(sql: string): AsyncGenerator<Cell[][]> {
		this.requests += 1;
		const stream = this.requests;
		let next = this.ask({ kind: 'rows', stream, sql });
		let open = true;
		try {
			for (;;) {
				const reply = await next.catch((error: unknown) => {
					open = false;
					throw error;
				});
				if (reply.kind !== 'piece' || reply.rows.length === 0) {
					open = false;
					return;
				}
				next = this.ask({ kind: 'more', stream });
				// It is waited for above, or given up below; unheard in between it must not end the process.
				next.catch(() => undefined);
				yield reply.rows;
				// Else pieces that come quickly would be looked at all in the same turn.
				await setImmediate();
			}
		} finally {
			if (open && this.lost === undefined) {
				await next.catch(() => undefined);
				await this.ask({ kind: 'drop', stream }).catch(() => undefined);
			}
		}
	}

	cancel(): void {
		if (this.lost !== undefined) return;
		this.ask({ kind: 'interrupt' }).catch(() => undefined);
		this.lost = this.unavailable(`${this.sentence} was cancelled. Nothing was reported.`);
	}

	/** Frees everything in the thread itself and waits for its end. */
	async end(): Promise<void> {
		if (this.worker.threadId !== -1) {
			this.lost = undefined;
			await this.ask({ kind: 'close' }).catch(() => undefined);
			this.lost = this.died('it was closed');
			await this.worker.terminate();
			await this.exited;
		}
	}

	private lose(error: Error): void {
		this.lost ??= error;
		for (const { reject } of this.waiting.values()) reject(this.lost);
		this.waiting.clear();
	}

	private failure(message: string): Error {
		if (/^Out of Memory Error|No space left on device/i.test(message))
			return this.unavailable(
				`${this.sentence} needs more than its ${this.memoryMb} MB of memory and the temporary folder can take. Nothing was reported. Make room in the temporary folder: ${message}`,
			);
		return new Error(message);
	}

	private died(reason: string): Error {
		return this.unavailable(
			`The thread in which ${this.work.name} runs ended (${reason}). Nothing was reported. Look for lack of memory, then run it again.`,
		);
	}

	private unavailable(message: string): Error {
		return new UnavailableError(message, { system: this.work.system });
	}

	/** The name where a sentence begins with it. */
	private get sentence(): string {
		return this.work.name.charAt(0).toUpperCase() + this.work.name.slice(1);
	}
}
