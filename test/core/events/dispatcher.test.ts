import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';

import { listDeadLetters, replayDeadLetters } from '../../../core/events/deadLetters';
import {
	defaultDispatchOptions,
	Dispatcher,
	identify,
	type DispatchOptions,
	type RunOutcome,
} from '../../../core/events/dispatcher';
import { eventOf, orderingKey, type BridgeEvent } from '../../../core/events/event';
import { Inbox } from '../../../core/events/inbox';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';

const quick: DispatchOptions = { ...defaultDispatchOptions, backoffMs: { first: 1, longest: 4 } };

let folder: string;
let database: Database;
let consumers = 0;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-dispatcher-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true });
});

function orderEvent(key: string, sequence: number): BridgeEvent {
	return eventOf({
		system: 'test-erp',
		entity: 'salesOrder',
		change: 'changed',
		key,
		sequence,
		record: { key, state: 'confirmed', lines: [] },
		changedAt: '2026-01-05T08:00:00.000Z',
	});
}

interface Bench {
	inbox: Inbox;
	dispatcher: Dispatcher;
	batches: BridgeEvent[][];
	receive(events: BridgeEvent[], moreComing?: boolean): Promise<void>;
	/** resolves when no event waits any more */
	settled(): Promise<void>;
}

function workflow(
	run: (events: BridgeEvent[], call: number) => RunOutcome | Promise<RunOutcome>,
	options: Partial<DispatchOptions> = {},
): Bench {
	const inbox = new Inbox(database, `consumer-${(consumers += 1)}`);
	const batches: BridgeEvent[][] = [];
	const dispatcher = new Dispatcher(
		inbox,
		async (events) => {
			batches.push(events);
			return await run(events, batches.length);
		},
		{ ...quick, ...options },
	);
	return {
		inbox,
		dispatcher,
		batches,
		async receive(events, moreComing) {
			const messages = events.map((event) => ({ topic: 't', payload: JSON.stringify(event) }));
			dispatcher.offer(await inbox.accept(messages, Date.now()), moreComing);
		},
		async settled() {
			while ((await inbox.waitingAfter(0, 1)).length > 0)
				await new Promise((resolve) => setTimeout(resolve, 2));
		},
	};
}

const ok: RunOutcome = { ok: true };

test('an event goes out alone and at once while the workflow keeps up', async () => {
	const bench = workflow(() => ok);
	await bench.dispatcher.start();
	for (const sequence of [1, 2, 3]) {
		await bench.receive([orderEvent('A', sequence)]);
		await bench.settled();
	}
	expect(bench.batches.map((batch) => batch.length)).toEqual([1, 1, 1]);
	await bench.dispatcher.stop();
});

test('what waits while an execution runs goes out together, in order per record', async () => {
	const gate = Promise.withResolvers<void>();
	const neverSlow = { slowAfterMs: 60_000 };
	const bench = workflow(async (_, call) => {
		if (call === 1) await gate.promise;
		return ok;
	}, neverSlow);
	await bench.dispatcher.start();
	await bench.receive([orderEvent('first', 1)]);
	const later = Array.from({ length: 40 }, (_, index) => orderEvent(`K${index % 10}`, index));
	for (const event of later) await bench.receive([event]);
	gate.resolve();
	await bench.settled();
	expect(bench.batches).toHaveLength(2);
	const second = bench.batches[1] ?? [];
	expect(second).toHaveLength(40);
	for (const key of ['K0', 'K7']) {
		const sequences = second.filter(({ subject }) => subject === key).map(({ sequence }) => Number(sequence));
		expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
	}
	await bench.dispatcher.stop();
});

test('the first execution of a burst waits until all that is on its way has come', async () => {
	const bench = workflow(() => ok, { longestGatherMs: 60_000 });
	await bench.dispatcher.start();
	await bench.receive([orderEvent('A', 1)], true);
	await bench.receive([orderEvent('B', 1), orderEvent('C', 1)], false);
	await bench.settled();
	expect(bench.batches.map((batch) => batch.length)).toEqual([3]);
	await bench.dispatcher.stop();
});

test('a burst does not wait once a batch is full', async () => {
	const bench = workflow(() => ok, { longestGatherMs: 60_000, maxBatch: 4 });
	await bench.dispatcher.start();
	await bench.receive([orderEvent('A', 1)], true);
	const three = ['B', 'C', 'D'].map((key) => orderEvent(key, 1));
	await bench.receive(three, true);
	expect(bench.batches.map((batch) => batch.length)).toEqual([4]);
	await bench.settled();
	await bench.dispatcher.stop();
});

test('an event does not wait for company that never comes', async () => {
	const bench = workflow(() => ok, { longestGatherMs: 10 });
	await bench.dispatcher.start();
	await bench.receive([orderEvent('A', 1)], true);
	await bench.settled();
	expect(bench.batches).toHaveLength(1);
	await bench.dispatcher.stop();
});

test('a delivery that comes twice runs once', async () => {
	const bench = workflow(() => ok);
	await bench.dispatcher.start();
	await bench.receive([orderEvent('A', 1), orderEvent('A', 1)]);
	await bench.receive([orderEvent('A', 1)]);
	await bench.settled();
	expect(bench.batches.flat()).toHaveLength(1);
	await bench.dispatcher.stop();
});

test('one poisonous event is found by halving and becomes a dead letter; its neighbours go through', async () => {
	const done = new Set<string>();
	const bench = workflow((events) => {
		if (events.some(({ subject }) => subject === 'K13'))
			return { ok: false, reason: 'K13 is bad', retryable: false };
		for (const { subject } of events) done.add(subject);
		return ok;
	});
	await bench.receive(Array.from({ length: 64 }, (_, index) => orderEvent(`K${index}`, 1)));
	await bench.dispatcher.start();
	await bench.settled();
	await bench.dispatcher.stop();
	expect(done.size).toBe(63);
	const letters = await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 10 });
	expect(letters).toMatchObject([{ reason: 'K13 is bad', attempts: 5 }]);
	expect(letters[0]?.payload).toContain('"subject":"K13"');
});

test('an event that the workflow names as faulty is set aside at once; the others run again without it', async () => {
	const bench = workflow((events, call) => {
		if (call > 1) return ok;
		const failures = events
			.filter(({ subject }) => subject === 'K2')
			.map((event) => ({ event: identify(event), reason: 'unknown item', retryable: false }));
		return { ok: false, reason: 'one failed', retryable: false, failures };
	});
	await bench.receive([orderEvent('K1', 1), orderEvent('K2', 1), orderEvent('K3', 1)]);
	await bench.dispatcher.start();
	await bench.settled();
	await bench.dispatcher.stop();
	expect(bench.batches.map((batch) => batch.map(({ subject }) => subject))).toEqual([
		['K1', 'K2', 'K3'],
		['K1', 'K3'],
	]);
	expect(await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 10 })).toMatchObject([
		{ reason: 'unknown item', eventId: 'test-erp/salesOrder/K2/1' },
	]);
});

test('while a system is away events wait, however often they are tried', async () => {
	const bench = workflow((_, call) =>
		call <= 12 ? { ok: false, reason: 'WMS is away', retryable: true } : ok,
	);
	await bench.receive([orderEvent('A', 1), orderEvent('B', 1)]);
	await bench.dispatcher.start();
	await bench.settled();
	await bench.dispatcher.stop();
	expect(bench.batches).toHaveLength(13);
	expect(await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 10 })).toEqual([]);
});

test('an event whose fault may pass, but need not, is tried again and becomes a dead letter in the end', async () => {
	let conflicts = 0;
	const bench = workflow(
		(events) => {
			const failures = events
				.filter(({ subject }) => subject === 'B' || (subject === 'A' && (conflicts += 1) < 3))
				.map((event) => ({ event: identify(event), reason: 'conflict', retryable: true, counted: true }));
			return failures.length === 0 ? ok : { ok: false, reason: 'conflict', retryable: false, failures };
		},
		{ maxAttempts: 4 },
	);
	await bench.receive(['A', 'B', 'C'].map((key) => orderEvent(key, 1)));
	await bench.dispatcher.start();
	await bench.settled();
	await bench.dispatcher.stop();
	expect(bench.batches.flat().filter(({ subject }) => subject === 'B')).toHaveLength(4);
	const letters = await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 10 });
	expect(letters.map(({ eventId }) => eventId)).toEqual([orderEvent('B', 1).id]);
});

test('a replayed dead letter is handed over again', async () => {
	let mended = false;
	const bench = workflow((events) =>
		mended
			? ok
			: {
					ok: false,
					reason: 'no',
					retryable: false,
					failures: events.map((event) => ({ event: identify(event), reason: 'no', retryable: false })),
				},
	);
	await bench.receive([orderEvent('A', 1)]);
	await bench.dispatcher.start();
	await bench.settled();
	mended = true;
	const [letter] = await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 1 });
	expect(await replayDeadLetters(database, [letter?.position ?? 0])).toEqual([
		{ position: letter?.position },
	]);
	bench.dispatcher.wake();
	await bench.settled();
	expect(bench.batches.map((batch) => batch.length)).toEqual([1, 1]);
	await bench.dispatcher.stop();
});

test('a dead letter replayed while others are worked on follows as soon as they are done', async () => {
	let mended = false;
	const working = Promise.withResolvers<void>();
	const goOn = Promise.withResolvers<void>();
	const bench = workflow(async (events) => {
		if (events[0]?.subject === 'B') {
			working.resolve();
			await goOn.promise;
			return ok;
		}
		const failures = events.map((event) => ({ event: identify(event), reason: 'no', retryable: false }));
		return mended ? ok : { ok: false, reason: 'no', retryable: false, failures };
	});
	await bench.receive([orderEvent('A', 1)]);
	await bench.dispatcher.start();
	await bench.settled();
	const [letter] = await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 1 });
	await bench.receive([orderEvent('B', 1)]);
	await working.promise;
	mended = true;
	await replayDeadLetters(database, [letter?.position ?? 0]);
	bench.dispatcher.wake();
	goOn.resolve();
	await bench.settled();
	await bench.dispatcher.stop();
	expect(bench.batches.map(([event]) => event?.subject)).toEqual(['A', 'B', 'A']);
}, 4_000);

test('more events than memory may hold all arrive, in order per record', async () => {
	const seen: BridgeEvent[] = [];
	const bench = workflow(
		(events) => {
			seen.push(...events);
			return ok;
		},
		{ maxLoaded: 50, maxBatch: 20 },
	);
	await bench.dispatcher.start();
	const events = Array.from({ length: 1_000 }, (_, index) => orderEvent(`K${index % 7}`, index));
	for (let start = 0; start < events.length; start += 30)
		await bench.receive(events.slice(start, start + 30));
	await bench.settled();
	await bench.dispatcher.stop();
	expect(seen).toHaveLength(1_000);
	expect(inOrderPerKey(seen)).toBe(true);
});

test('whatever fails, every event ends exactly once, done or dead, and none overtakes an older one of its record', async () => {
	const Step = fc.record({
		key: fc.integer({ min: 0, max: 5 }),
		fault: fc.constantFrom('none', 'none', 'none', 'poison', 'named', 'passing', 'away'),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(Step, { minLength: 1, maxLength: 60 }),
			fc.integer({ min: 1, max: 20 }),
			async (steps, maxBatch) => {
				const events = steps.map(({ key }, index) => orderEvent(`K${key}`, index + 1));
				const faults = new Map(events.map((event, index) => [event.id, steps[index]?.fault]));
				const passed = new Set<string>();
				const done: BridgeEvent[] = [];
				const bench = workflow(
					(batch) => {
						const first = (fault: string) =>
							batch.filter(({ id }) => faults.get(id) === fault && !passed.has(id));
						const [away] = first('away');
						if (away !== undefined) {
							passed.add(away.id);
							return { ok: false, reason: 'away', retryable: true };
						}
						if (batch.some(({ id }) => faults.get(id) === 'poison'))
							return { ok: false, reason: 'poison', retryable: false };
						const named = batch.filter(({ id }) => faults.get(id) === 'named');
						const passing = first('passing');
						for (const { id } of passing) passed.add(id);
						if (named.length + passing.length > 0) {
							const failures = [...named, ...passing].map((event) => ({
								event: identify(event),
								reason: 'named',
								retryable: faults.get(event.id) === 'passing',
							}));
							return { ok: false, reason: 'named', retryable: false, failures };
						}
						done.push(...batch);
						return ok;
					},
					{ maxBatch, maxAttempts: 2, maxLoaded: 25 },
				);
				await bench.dispatcher.start();
				for (let start = 0; start < events.length; start += 10)
					await bench.receive(events.slice(start, start + 10));
				await bench.settled();
				await bench.dispatcher.stop();
				const dead = await listDeadLetters(database, { consumer: bench.inbox.consumer, limit: 1_000 });
				const faulty = events.filter(({ id }) => ['poison', 'named'].includes(faults.get(id) ?? ''));
				expect(dead.map(({ eventId }) => eventId).toSorted()).toEqual(faulty.map(({ id }) => id).toSorted());
				expect(done.map(({ id }) => id).toSorted()).toEqual(
					events
						.filter((event) => !faulty.includes(event))
						.map(({ id }) => id)
						.toSorted(),
				);
				expect(inOrderPerKey(done)).toBe(true);
			},
		),
		{ numRuns: 60 },
	);
});

function inOrderPerKey(events: BridgeEvent[]): boolean {
	const last = new Map<string, number>();
	return events.every((event) => {
		const key = orderingKey(event);
		const sequence = Number(event.sequence);
		const rising = (last.get(key) ?? -1) < sequence;
		last.set(key, sequence);
		return rising;
	});
}
