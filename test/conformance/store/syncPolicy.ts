import fc from 'fast-check';

import { eventOf, type BridgeEvent } from '../../../core/events/event';
import { Inbox } from '../../../core/events/inbox';
import { NotFoundError, UnavailableError } from '../../../core/ports/errors';
import type { Database } from '../../../core/store/database';
import { forgetting, keepRecords, takeLeases } from '../../../core/store/onDemandRecords';
import { openStore, type StoreConfig } from '../../../core/store/open';
import { notePushed } from '../../../core/store/pushed';
import { allPolicies, policyNamed, savePolicy } from '../../../core/store/syncPolicies';
import { countTraffic, trafficOf } from '../../../core/store/syncTraffic';
import { pullRecords } from '../../../core/sync/policy/pullRecords';
import { readOnDemand, type OnDemandRead } from '../../../core/sync/policy/readOnDemand';
import { selectEvents } from '../../../core/sync/policy/selectEvents';
import type { SyncPolicy } from '../../../core/sync/policy/syncPolicy';
import { startPeer } from './peers';
import type { StoreKind } from './suite';

/** What a sync policy keeps in the state store, on whichever database. */
export function describeSyncPolicy(name: string, { fresh }: StoreKind): void {
	let config: StoreConfig;
	let database: Database;
	const at = Date.UTC(2026, 0, 31);

	beforeEach(async () => {
		config = await fresh();
		database = await openStore(config);
	});
	afterEach(async () => {
		await database.close();
	});

	describe(`sync policies on ${name}`, () => {
		test('a changed definition is a new version, which holds; the same again is none; the former stays to be read', async () => {
			await expect(savePolicy(database, 'plants', '{"a":1}', at)).resolves.toMatchObject({
				version: 1,
				isNew: true,
			});
			await expect(savePolicy(database, 'plants', '{"a":1}', at + 1)).resolves.toMatchObject({
				version: 1,
				isNew: false,
				savedAt: at,
			});
			await expect(savePolicy(database, 'plants', '{"a":2}', at + 2)).resolves.toMatchObject({ version: 2 });
			// Going back is a version of its own.
			await expect(savePolicy(database, 'plants', '{"a":1}', at + 3)).resolves.toMatchObject({ version: 3 });
			await savePolicy(database, 'branches', '{}', at);
			await expect(policyNamed(database, 'plants')).resolves.toMatchObject({
				version: 3,
				definition: '{"a":1}',
			});
			await expect(policyNamed(database, 'plants', 2)).resolves.toMatchObject({ definition: '{"a":2}' });
			await expect(policyNamed(database, 'none')).resolves.toBeUndefined();
			expect((await allPolicies(database)).map(({ name, version }) => [name, version])).toEqual([
				['branches', 1],
				['plants', 3],
			]);
		});

		test('savers at the same moment get versions of their own', async () => {
			const saved = await Promise.all(
				Array.from({ length: 8 }, (_, index) => savePolicy(database, 'plants', `{"a":${index}}`, at)),
			);
			expect(saved.map(({ version }) => version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
		});
	});

	describe(`what was pushed, on ${name}`, () => {
		const state = (key: string, sequence: number, fingerprint: string) => ({
			system: 'erp',
			entity: 'partner',
			key,
			sequence,
			fingerprint,
		});
		const note = async (...states: Array<ReturnType<typeof state>>) =>
			await notePushed(database, 'stream', states, at);

		test('what is equal to the last push is kept back; a repetition of a push is pushed again', async () => {
			await expect(note(state('A', 1, 'x'), state('A', 2, 'x'), state('A', 3, 'y'))).resolves.toEqual([
				true,
				false,
				true,
			]);
			await expect(note(state('A', 1, 'x'), state('A', 3, 'y'), state('A', 4, 'y'))).resolves.toEqual([
				true,
				true,
				false,
			]);
			await expect(notePushed(database, 'other', [state('A', 4, 'y')], at)).resolves.toEqual([true]);
		});

		test('an older state that comes late is outdated by one that was found equal', async () => {
			await expect(note(state('A', 1, 'x'))).resolves.toEqual([true]);
			await expect(note(state('A', 3, 'x'))).resolves.toEqual([false]);
			await expect(note(state('A', 2, 'y'))).resolves.toEqual([false]);
			await expect(note(state('A', 4, 'y'))).resolves.toEqual([true]);
		});

		test('in whatever order and however often states come, the newest reaches those who take the highest sequence', async () => {
			const Given = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 6 }).chain((states) =>
				fc.record({
					states: fc.constant(states),
					order: fc
						.shuffledSubarray([...states.keys()], { minLength: states.length })
						.chain((first) =>
							fc
								.array(fc.nat({ max: states.length - 1 }), { maxLength: 4 })
								.map((more) => [...first, ...more]),
						),
					size: fc.integer({ min: 1, max: 4 }),
				}),
			);
			await fc.assert(
				fc.asyncProperty(fc.uuid(), Given, async (key, { states, order, size }) => {
					let arrived: { sequence: number; content: string } | undefined;
					for (let start = 0; start < order.length; start += size) {
						const batch = order
							.slice(start, start + size)
							.map((index) => state(key, index + 1, states[index] ?? ''));
						const pushed = await note(...batch);
						batch.forEach(({ sequence, fingerprint }, index) => {
							if (pushed[index] === true && sequence >= (arrived?.sequence ?? 0))
								arrived = { sequence, content: fingerprint };
						});
					}
					expect(arrived?.content).toBe(states.at(-1));
				}),
				{ numRuns: 60 },
			);
		});

		test('takes more states than a statement has parameters, and two streams at once', async () => {
			const states = Array.from({ length: 5_000 }, (_, index) => state(`K${index}`, 1, 'x'));
			const pushed = await Promise.all([note(...states), note(...states.toReversed())]);
			expect(pushed.flat().every(Boolean)).toBe(true);
			await expect(note(...states.map((one) => ({ ...one, sequence: 2 })))).resolves.toEqual(
				states.map(() => false),
			);
		});
	});

	describe(`applying a policy on ${name}`, () => {
		const partner = (sequence: number, fields: Record<string, unknown>, change = 'changed' as const) =>
			eventOf({
				system: 'erp',
				entity: 'partner',
				change,
				key: 'C-1',
				sequence,
				record: { code: 'C-1', roles: [], ...fields },
				changedAt: '2026-01-05T08:00:00.000Z',
			});
		const policyOf = (fields: string[]): SyncPolicy => ({
			timeToLive: 60,
			entities: { partner: { sync: 'push', fields } },
		});
		const select = async (policy: SyncPolicy, ...events: BridgeEvent[]) =>
			await selectEvents({ database, policyName: 'plants', policy, stream: 'w/n', events, at });

		test('a change of other fields is kept back, one of a pushed field goes with the pushed fields only', async () => {
			const policy = policyOf(['phone']);
			const events = [
				partner(1, { phone: '1', name: 'Claire' }),
				partner(2, { phone: '1', name: 'Clara' }),
				partner(3, { phone: '2', name: 'Clara' }),
			];
			const selected = await select(policy, ...events);
			expect(selected).toEqual([
				{ push: { ...events[0], data: { code: 'C-1', roles: [], phone: '1' } } },
				{ keptBack: 'no pushed field changed' },
				{ push: { ...events[2], data: { code: 'C-1', roles: [], phone: '2' } } },
			]);
			const traffic = (await trafficOf(database, 'plants', { from: '2026-01-31', to: '2026-01-31' })).get(
				'partner',
			);
			expect(traffic).toMatchObject({ eventsSent: 2, eventsKeptBack: 1, fieldsKeptBack: 5 });
			const bytes = (event: BridgeEvent | undefined) => Buffer.byteLength(JSON.stringify(event));
			const all = events.reduce((sum, event) => sum + bytes(event), 0);
			const sent = selected.reduce((sum, one) => sum + ('push' in one ? bytes(one.push) : 0), 0);
			expect(traffic).toMatchObject({ bytesSent: sent, bytesKeptBack: all - sent });
		});

		test('a policy that changes takes effect with the next event; a deletion always goes', async () => {
			await select(policyOf(['phone']), partner(1, { phone: '1', name: 'Claire' }));
			await expect(
				select(policyOf(['phone', 'name']), partner(2, { phone: '1', name: 'Claire' })),
			).resolves.toMatchObject([{ push: { data: { name: 'Claire' } } }]);
			await expect(select({ timeToLive: 1, entities: {} }, partner(3, { phone: '9' }))).resolves.toEqual([
				{ keptBack: 'entity is not pushed' },
			]);
			const { data: _none, ...deletion } = { ...partner(4, {}), type: 'erp-bridge.partner.deleted' };
			await expect(select(policyOf(['phone']), deletion as BridgeEvent)).resolves.toEqual([
				{ push: deletion },
			]);
		});
	});

	describe(`records on demand on ${name}`, () => {
		let now = at;
		let asked: string[][] = [];
		/** an ERP whose answers the test gives */
		let respond: (keys: string[]) => Promise<Map<string, object>>;
		const connector = {
			system: 'erp',
			get: async (_entity: string, keys: string[]) => {
				asked.push(keys);
				return await respond(keys);
			},
		} as unknown as OnDemandRead['connector'];
		const named = (keys: string[], suffix = '') =>
			new Map(keys.map((key): [string, object] => [key, { code: key, name: `${key}${suffix}` }]));
		const read = async (keys: string[], more: Partial<OnDemandRead> = {}) =>
			(
				await readOnDemand({
					database,
					connector,
					reader: 'credential',
					entity: 'partner',
					keys,
					timeToLiveMs: 1_000,
					allowStale: false,
					clock: () => now,
					...more,
				})
			).answers;

		/** Readers of A at the same moment; resolves once all but the one that asks have seen that somebody does. */
		const readTogether = async (count: number, more: Partial<OnDemandRead> = {}) => {
			const seen = new Set<number>();
			let everybodyWaits = () => {};
			const waiting = new Promise<void>((resolve) => (everybodyWaits = resolve));
			const readings = Array.from({ length: count }, async (_, index) => {
				const transaction: Database['transaction'] = async (statements) => {
					const results = await database.transaction(statements);
					if (results.flat().some(({ lease }) => typeof lease === 'string')) seen.add(index);
					if (seen.size === count - 1) everybodyWaits();
					return results;
				};
				return await read(['A'], { ...more, database: { ...database, transaction } });
			});
			await waiting;
			return readings;
		};

		beforeEach(() => {
			now = at;
			asked = [];
			respond = async (keys) => named(keys);
		});

		test('a record is asked for once within its time to live, and again after it', async () => {
			expect((await read(['A'])).get('A')).toEqual({
				record: { code: 'A', name: 'A' },
				fetchedAt: at,
				from: 'request',
				stale: false,
			});
			now = at + 999;
			respond = async (keys) => named(keys, ' new');
			expect((await read(['A'])).get('A')).toMatchObject({ record: { name: 'A' }, from: 'cache' });
			expect(asked).toHaveLength(1);
			// A shorter time to live holds for what is kept already.
			expect((await read(['A'], { timeToLiveMs: 500 })).get('A')).toMatchObject({
				record: { name: 'A new' },
			});
			now += 1_000;
			expect((await read(['A'])).get('A')).toMatchObject({ from: 'request', fetchedAt: now });
			expect(asked).toHaveLength(3);
		});

		test('many who ask at once share one request, even when nothing is kept', async () => {
			let release = () => {};
			const held = new Promise<void>((resolve) => (release = resolve));
			respond = async (keys) => {
				await held;
				return named(keys);
			};
			const readings = await readTogether(50, { timeToLiveMs: 0, clock: Date.now });
			release();
			const answers = (await Promise.all(readings)).map((one) => one.get('A'));
			expect(asked).toEqual([['A']]);
			const from = answers.map((one) => one !== undefined && 'from' in one && one.from);
			expect(from.filter((one) => one === 'request')).toHaveLength(1);
			expect(from.filter((one) => one === 'shared')).toHaveLength(49);
		});

		test('several processes that ask at once make one request', async () => {
			const peers = Array.from({ length: 3 }, () => startPeer('read', config));
			await Promise.all(peers.map(({ exited }) => exited));
			expect(peers.map(({ lines }) => lines)).toEqual(Array(3).fill(['{"code":"A"}']));
			const [rows] = await database.transaction([{ sql: 'SELECT subject FROM audit' }]);
			expect(rows).toEqual([{ subject: 'A' }]);
		});

		test('a process that dies while it asks is waited for no longer than its lease', async () => {
			const peer = startPeer('hang', config);
			await peer.said(1);
			const waiting = read(['A'], { clock: Date.now });
			peer.kill();
			await peer.exited;
			expect((await waiting).get('A')).toMatchObject({ record: { name: 'A' }, from: 'request' });
			expect(asked).toEqual([['A']]);
		});

		test('several records are one request; only those that are not kept are asked for', async () => {
			await read(['B']);
			const answers = await read(['A', 'B', 'C']);
			expect(asked).toEqual([['B'], ['A', 'C']]);
			expect([...answers].map(([key, one]) => [key, 'from' in one && one.from]).sort()).toEqual([
				['A', 'request'],
				['B', 'cache'],
				['C', 'request'],
			]);
		});

		test('an error reaches all who wait, and the next one tries again', async () => {
			let release = () => {};
			const held = new Promise<void>((resolve) => (release = resolve));
			respond = async () => {
				await held;
				throw new UnavailableError('erp is away.', { system: 'erp', retryAfterMs: 7 });
			};
			const readings = await readTogether(10);
			release();
			for (const answers of await Promise.all(readings))
				expect(answers.get('A')).toMatchObject({
					error: { name: 'UnavailableError', message: 'erp is away.', subject: { retryAfterMs: 7 } },
				});
			expect(asked).toHaveLength(1);
			respond = async (keys) => named(keys);
			expect((await read(['A'])).get('A')).toMatchObject({ from: 'request' });
		});

		test('while the system is away the last known record may do, marked as stale; a missing record never', async () => {
			await read(['A']);
			now += 5_000;
			respond = async () => {
				throw new UnavailableError('erp is away.', { system: 'erp' });
			};
			expect((await read(['A'], { allowStale: true })).get('A')).toMatchObject({
				record: { name: 'A' },
				fetchedAt: at,
				stale: true,
			});
			expect((await read(['A'])).get('A')).toMatchObject({ error: { message: 'erp is away.' } });
			respond = async () => new Map();
			expect((await read(['A', 'Z'], { allowStale: true })).get('A')).toMatchObject({
				error: expect.any(NotFoundError),
			});
		});

		test('what another credential may see is not shown', async () => {
			await read(['A']);
			respond = async () => new Map();
			expect((await read(['A'], { reader: 'other' })).get('A')).toMatchObject({
				error: { message: 'erp has no partner "A".' },
			});
		});

		test('a change that arrives forgets the record, and a request under way when it came is made again', async () => {
			await read(['A', 'B']);
			const inbox = new Inbox(database, 'w/n');
			const event = eventOf({
				system: 'erp',
				entity: 'partner',
				change: 'changed',
				key: 'A',
				sequence: 2,
				record: { code: 'A', roles: [] },
				changedAt: '2026-01-05T08:00:00.000Z',
			});
			await inbox.accept([{ topic: 't', payload: JSON.stringify(event) }], at);
			expect((await read(['A'])).get('A')).toMatchObject({ from: 'request' });
			expect((await read(['B'])).get('B')).toMatchObject({ from: 'cache' });
			let changed = false;
			respond = async (keys) => {
				if (!changed) {
					changed = true;
					await database.transaction(forgetting([{ system: 'erp', entity: 'partner', key: 'D' }]));
					return named(keys, ' old');
				}
				return named(keys, ' new');
			};
			expect((await read(['D'])).get('D')).toMatchObject({ record: { name: 'D new' } });
			expect((await read(['D'])).get('D')).toMatchObject({ record: { name: 'D new' }, from: 'cache' });
		});

		test('the longest ago read go when too many are kept', async () => {
			const scope = { system: 'erp', entity: 'partner', reader: 'r' };
			for (let index = 0; index < 6; index += 1) {
				const lease = `l${index}`;
				await takeLeases(database, scope, [`K${index}`], { lease, until: now + 9, now, freshAfter: 0 });
				await keepRecords(database, scope, lease, [{ key: `K${index}`, record: '{}' }], now + index, 4);
			}
			const [rows] = await database.transaction([{ sql: 'SELECT key FROM on_demand ORDER BY key' }]);
			expect(rows?.map(({ key }) => key)).toEqual(['K2', 'K3', 'K4', 'K5']);
		});

		test('an entity that the policy excludes is refused by name, and reads are counted', async () => {
			const pull = async (policy: SyncPolicy, keys: string[]) =>
				await pullRecords({
					policyName: 'plants',
					policy,
					database,
					connector,
					reader: 'r',
					entity: 'partner',
					keys,
					allowStale: false,
					clock: () => now,
				});
			await expect(pull({ timeToLive: 1, entities: { partner: { sync: 'none' } } }, ['A'])).rejects.toThrow(
				/"plants" does not let partner of erp be read on demand/,
			);
			await pull({ timeToLive: 60, entities: {} }, ['A', 'B']);
			await pull({ timeToLive: 60, entities: {} }, ['A']);
			const traffic = await trafficOf(database, 'plants', { from: '2026-01-31', to: '2026-01-31' });
			expect(traffic.get('partner')).toMatchObject({ reads: 3, requests: 1, fromCache: 1, shared: 0 });
		});
	});

	describe(`traffic on ${name}`, () => {
		test('is added up by day and entity', async () => {
			const day = 86_400_000;
			const count = async (when: number) =>
				await countTraffic(
					database,
					'plants',
					new Map([
						['item', { eventsSent: 2 }],
						['partner', { reads: 3 }],
					]),
					when,
				);
			await Promise.all([count(at), count(at), count(at - day), count(at - 9 * day)]);
			const traffic = await trafficOf(database, 'plants', { from: '2026-01-30', to: '2026-01-31' });
			expect([...traffic].map(([entity, { eventsSent, reads }]) => [entity, eventsSent, reads])).toEqual([
				['item', 6, 0],
				['partner', 0, 9],
			]);
			await expect(trafficOf(database, 'other', { from: '2026-01-01', to: '2026-12-31' })).resolves.toEqual(
				new Map(),
			);
		});
	});
}
