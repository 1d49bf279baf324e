import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { openDuckDb, type DuckDbOptions } from '../../../core/variance/duckdb';
import { allRows } from '../../../core/variance/engine';

const mockThreads: Worker[] = [];
jest.mock('node:worker_threads', () => {
	const actual = jest.requireActual<typeof import('node:worker_threads')>('node:worker_threads');
	class Observed extends actual.Worker {
		constructor(...given: ConstructorParameters<typeof Worker>) {
			super(...given);
			mockThreads.push(this);
		}
	}
	return { ...actual, Worker: Observed };
});

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-test-'));
});
afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

const open = (options: DuckDbOptions = {}) => openDuckDb({ folder, memoryMb: 200, threads: 1, ...options });
const endless = 'SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = 7';

async function expectNothingLeft(): Promise<void> {
	expect(await readdir(folder)).toEqual([]);
	// A thread that has ended has the number -1.
	expect(mockThreads.at(-1)?.threadId).toBe(-1);
}

test('rows come whole and in order, whatever else is asked meanwhile, and an iteration may be left', async () => {
	const engine = await open();
	const seen: number[] = [];
	for await (const piece of engine.rows('SELECT range::INTEGER FROM range(20000) ORDER BY range')) {
		seen.push(...piece.map(([value]) => Number(value)));
		expect(await allRows(engine, 'SELECT 1')).toEqual([[1]]);
	}
	expect(seen).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
	for await (const piece of engine.rows('SELECT range FROM range(1000000)')) {
		expect(piece.length).toBeGreaterThan(0);
		break;
	}
	expect(await allRows(engine, "SELECT 1.5::DECIMAL(4, 2), NULL, TRUE, 'x', DATE '2026-03-31'")).toEqual([
		['1.50', null, true, 'x', '2026-03-31'],
	]);
	await engine.close();
	await engine.close();
	await expectNothingLeft();
});

test('a cancelled comparison ends what runs, says so, and leaves nothing', async () => {
	const cancelling = new AbortController();
	const engine = await open({ signal: cancelling.signal });
	const running = allRows(engine, endless);
	cancelling.abort();
	await expect(running).rejects.toThrow(/was cancelled\. Nothing was reported/);
	await expect(allRows(engine, 'SELECT 1')).rejects.toThrow(/was cancelled/);
	await engine.close();
	await expectNothingLeft();
});

test('closing does not wait for what runs', async () => {
	const engine = await open();
	const running = allRows(engine, endless).catch((error: Error) => error);
	await engine.close();
	expect(await running).toBeInstanceOf(Error);
	await expectNothingLeft();
});

test('a thread that dies is a plain error, and leaves nothing', async () => {
	const engine = await open();
	const thread = mockThreads.at(-1);
	const running = allRows(engine, 'SELECT range FROM range(100000000)');
	const answered = running.catch((error: Error) => error);
	if (thread !== undefined) await Promise.all([once(thread, 'exit'), thread.terminate()]);
	expect(String(await answered)).toMatch(
		/The thread in which the comparison runs ended .*Nothing was reported/,
	);
	await expect(engine.fill({ name: 'x', select: 'SELECT 1' })).rejects.toThrow(/Nothing was reported/);
	await engine.close();
	await expectNothingLeft();
});

test('when memory and disk do not suffice it is said so', async () => {
	const engine = await open({ memoryMb: 20 });
	await expect(
		engine.fill({ name: 'x', select: "SELECT list(repeat('x', 1000) || range) FROM range(1000000)" }),
	).rejects.toThrow(/needs more than its 20 MB of memory/);
	await engine.close();
	await expectNothingLeft();
});
