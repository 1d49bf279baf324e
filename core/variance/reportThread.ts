import { once } from 'node:events';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { UnavailableError } from '../ports/errors';
import type { SettledFinding } from './finding';
import type { ReportedFinding, ReportFrame } from './reportContent';
import type { ReportReply, ReportRequest } from './reportProtocol';

export interface ReportFiles {
	html: string;
	/** XLSX */
	workbook: Buffer;
}

/** What one message copies keeps the caller's event loop busy for a few milliseconds. */
const findingsAMessage = 250;

/**
 * Makes report and workbook in a thread of their own, so that the caller's event loop stays free. The findings come the most money first. Throws
 * UnavailableError when the thread dies, as it does for lack of memory; the comparison itself is not touched.
 */
export async function reportFiles(
	frame: ReportFrame,
	findings: readonly ReportedFinding[],
	settled: readonly SettledFinding[],
): Promise<ReportFiles> {
	const worker = takeWorker();
	try {
		await ask(worker, { kind: 'begin', frame });
		for (let start = 0; start < findings.length; start += findingsAMessage)
			await ask(worker, { kind: 'findings', findings: findings.slice(start, start + findingsAMessage) });
		for (let start = 0; start < settled.length; start += findingsAMessage)
			await ask(worker, { kind: 'settled', settled: settled.slice(start, start + findingsAMessage) });
		const made = await ask(worker, { kind: 'finish' });
		if (made.kind !== 'made') throw new Error('the thread gave no report');
		putBack(worker);
		return { html: made.html, workbook: Buffer.from(made.workbook) };
	} catch (error) {
		await worker.terminate();
		throw new UnavailableError(
			`The report of "${frame.summary.name}" could not be made: ${error instanceof Error ? error.message : String(error)}. What was compared is right, and what was kept of it stays; run it again, and look for lack of memory.`,
			{ system: 'variance' },
		);
	}
}

/** A thread that has made a report is kept for the next for a while: loading what draws the charts takes longer than drawing them. */
let idle: { worker: Worker; timer: NodeJS.Timeout } | undefined;
const idleMs = 30_000;

function takeWorker(): Worker {
	if (idle === undefined) return startWorker();
	const { worker, timer } = idle;
	clearTimeout(timer);
	idle = undefined;
	worker.ref();
	return worker;
}

/** An idle thread does not keep the process alive. */
function putBack(worker: Worker): void {
	if (idle !== undefined) {
		void worker.terminate();
		return;
	}
	worker.unref();
	const timer = setTimeout(() => {
		idle = undefined;
		void worker.terminate();
	}, idleMs).unref();
	idle = { worker, timer };
}

/** From the compiled file; in tests and tools from the source, which tsx reads. */
function startWorker(): Worker {
	const extension = extname(__filename);
	const worker = new Worker(join(__dirname, `reportWorker${extension}`), {
		name: 'erp-bridge-report',
		execArgv: extension === '.ts' ? ['--require', createRequire(__filename).resolve('tsx/cjs')] : [],
	});
	// Whoever waits for an answer hears of it; unheard, the event would end the process.
	worker.on('error', () => undefined);
	worker.once('exit', () => {
		if (idle?.worker === worker) idle = undefined;
	});
	return worker;
}

/** A thread that ends or breaks instead of answering is an error; `once` hears of both. */
async function ask(worker: Worker, request: ReportRequest): Promise<ReportReply> {
	const waiting = new AbortController();
	try {
		worker.postMessage(request);
		const [reply] = (await Promise.race([
			once(worker, 'message', { signal: waiting.signal }),
			once(worker, 'exit', { signal: waiting.signal }).then(([code]) => {
				throw new Error(`its thread ended with code ${code}`);
			}),
		])) as [ReportReply];
		if (reply.kind === 'failed') throw new Error(reply.message);
		return reply;
	} finally {
		waiting.abort();
	}
}
