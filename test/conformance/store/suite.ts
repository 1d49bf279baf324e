import { setTimeout as pause } from 'node:timers/promises';

import { type Database, StoreUnavailableError } from '../../../core/store/database';
import { migrate } from '../../../core/store/migrations';
import { openStore, type StoreConfig } from '../../../core/store/open';
import { StatementError } from '../../../core/store/statementError';
import { startPeer } from './peers';

export interface StoreKind {
	/** a new, empty store */
	fresh(): Promise<StoreConfig>;
	/** Takes the lock that every writer needs, as another process would, until it is released. */
	hold(config: StoreConfig): Promise<{ release(): Promise<void> }>;
}

/** What everything above the state store relies on, whichever database is below. */
export function describeStore(name: string, kind: StoreKind): void {
	describe(`${name} as the state store`, () => {
		let config: StoreConfig;
		let database: Database;

		beforeEach(async () => {
			config = await kind.fresh();
			database = await openStore(config);
		});
		afterEach(async () => {
			await database.close();
		});

		test('gives values back as they were written', async () => {
			const texts = [
				'',
				"O'Brien; DROP",
				'订单 № 7',
				'a\nb\t"c"',
				'👩‍🏭',
				'0.10',
				'$1 ?1 :a @b',
				'9'.repeat(5_000),
			];
			const numbers = [0, -1, 42, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
			await database.transaction([
				...texts.map((value, index) => ({
					sql: 'INSERT INTO cursors (owner, name, value, updated_at) VALUES ($1, $2, $3, 0)',
					parameters: ['text', String(index).padStart(2, '0'), value],
				})),
				...numbers.map((value, index) => ({
					sql: 'INSERT INTO cursors (owner, name, value, updated_at) VALUES ($1, $2, $3, $4)',
					parameters: ['number', String(index).padStart(2, '0'), value, value],
				})),
			]);
			const [rows, counted] = await database.transaction([
				{ sql: `SELECT value, updated_at FROM cursors WHERE owner = $1 ORDER BY name`, parameters: ['text'] },
				{
					sql: `SELECT value, updated_at FROM cursors WHERE owner = $1 ORDER BY name`,
					parameters: ['number'],
				},
			]);
			expect(rows?.map(({ value }) => value)).toEqual(texts);
			expect(counted).toEqual(numbers.map((value) => ({ value: String(value), updated_at: value })));
			const [nulls] = await database.transaction([
				{
					sql: `INSERT INTO inbox (consumer, event_id, ordering_key, sequence, topic, payload, state, attempts, next_attempt_at, received_at)
						VALUES ('c', 'e', 'k', 1, 't', $1, 'done', 0, 0, 0) RETURNING payload, reason`,
					parameters: [null],
				},
			]);
			expect(nulls).toEqual([{ payload: null, reason: null }]);
		});

		test('applies all statements of a transaction in order, or none', async () => {
			const [, seen, raised] = await database.transaction([
				{ sql: `INSERT INTO cursors VALUES ('o', 'n', 'one', 1)` },
				{ sql: `SELECT value FROM cursors WHERE owner = 'o'` },
				{ sql: `UPDATE cursors SET value = 'two' WHERE owner = 'o' RETURNING value, updated_at` },
			]);
			expect(seen).toEqual([{ value: 'one' }]);
			expect(raised).toEqual([{ value: 'two', updated_at: 1 }]);
			const failing = database.transaction([
				{ sql: `INSERT INTO cursors VALUES ('o', 'other', 'x', 1)` },
				{ sql: `UPDATE cursors SET value = 'three' WHERE name = 'n'` },
				{ sql: `INSERT INTO cursors VALUES ('o', 'n', 'again', 1)` },
			]);
			await expect(failing).rejects.toThrow(StatementError);
			await expect(failing).rejects.toThrow(/INSERT INTO cursors VALUES \('o', 'n', 'again'/);
			const [rows] = await database.transaction([{ sql: 'SELECT name, value FROM cursors' }]);
			expect(rows).toEqual([{ name: 'n', value: 'two' }]);
		});

		test('a transaction that fails takes none of its neighbours with it', async () => {
			const failing = new Set([0, 3, 4, 17, 29]);
			const results = await Promise.allSettled(
				Array.from({ length: 30 }, (_, index) =>
					database.transaction([
						{
							sql: 'INSERT INTO cursors VALUES ($1, $2, $3, $4)',
							parameters: ['o', `n${index}`, 'v', index],
						},
						{ sql: failing.has(index) ? 'INSERT INTO nowhere VALUES (1)' : 'SELECT 1 AS one' },
					]),
				),
			);
			results.forEach(({ status }, index) =>
				expect([index, status]).toEqual([index, failing.has(index) ? 'rejected' : 'fulfilled']),
			);
			const [rows = []] = await database.transaction([
				{ sql: 'SELECT updated_at FROM cursors ORDER BY updated_at' },
			]);
			expect(rows.map(({ updated_at }) => updated_at)).toEqual(
				Array.from({ length: 30 }, (_, index) => index).filter((index) => !failing.has(index)),
			);
		});

		test('refuses parameters that do not fit the statement, and goes on', async () => {
			const sql = 'SELECT value FROM cursors WHERE owner = $1';
			await expect(database.transaction([{ sql, parameters: ['a', 'b'] }])).rejects.toThrow(StatementError);
			await expect(database.transaction([])).resolves.toEqual([]);
			await expect(database.transaction([{ sql, parameters: ['a'] }])).resolves.toEqual([[]]);
		});

		test('positions rise and are never given twice, even after deletions', async () => {
			const insert = async () => {
				const [rows = []] = await database.transaction([
					{
						sql: `INSERT INTO audit (at, actor, action, subject, detail) VALUES (0, '', '', '', '') RETURNING position`,
					},
				]);
				return Number(rows[0]?.position);
			};
			const first = await insert();
			const second = await insert();
			expect(second).toBeGreaterThan(first);
			await database.transaction([{ sql: 'DELETE FROM audit' }]);
			await database.close();
			database = await openStore(config);
			expect(await insert()).toBeGreaterThan(second);
		});

		test('handles on one store see the same rows; closing one leaves the other', async () => {
			const other = await openStore(config);
			await database.transaction([{ sql: `INSERT INTO cursors VALUES ('o', 'n', 'v', 1)` }]);
			await expect(other.transaction([{ sql: 'SELECT value FROM cursors' }])).resolves.toEqual([
				[{ value: 'v' }],
			]);
			await other.close();
			await other.close();
			await expect(other.transaction([{ sql: 'SELECT 1 AS one' }])).rejects.toThrow(StoreUnavailableError);
			await expect(database.transaction([{ sql: 'SELECT 1 AS one' }])).resolves.toEqual([[{ one: 1 }]]);
		});

		test('keeps everything over a restart, and calls made before close are served', async () => {
			const migrated = { sql: 'SELECT version, applied_at FROM schema_version ORDER BY version' };
			const [before] = await database.transaction([migrated]);
			const pending = Promise.all(
				['a', 'b', 'c'].map((name) =>
					database.transaction([
						{ sql: 'INSERT INTO cursors VALUES ($1, $2, $3, $4)', parameters: ['o', name, 'v', 1] },
					]),
				),
			);
			await database.close();
			await pending;
			database = await openStore(config);
			await migrate(database);
			const [rows] = await database.transaction([{ sql: 'SELECT name FROM cursors ORDER BY name' }]);
			expect(rows).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
			const [versions] = await database.transaction([migrated]);
			expect(versions?.length).toBeGreaterThan(2);
			expect(versions?.map(({ version }) => version)).toEqual(versions?.map((_, index) => index + 1));
			expect(versions).toEqual(before);
		});

		test('refuses a store that a newer release has written', async () => {
			await database.transaction([{ sql: 'INSERT INTO schema_version VALUES (1000, 0)' }]);
			await database.close();
			await expect(openStore(config)).rejects.toThrow(/schema version 1000.*Update n8n-nodes-erp-bridge/);
		});

		test('several processes that start at once make the tables once, and an idle store lets them end', async () => {
			await database.close();
			const empty = await kind.fresh();
			const peers = Array.from({ length: 4 }, () => startPeer('open', empty));
			await expect(Promise.all(peers.map(({ exited }) => exited))).resolves.toEqual([0, 0, 0, 0]);
			expect(peers.map(({ lines }) => lines)).toEqual(Array(4).fill(['open']));
		});

		test('processes that write the same row lose no change of each other', async () => {
			const peers = [startPeer('count', config), startPeer('count', config)];
			await Promise.all(peers.map(({ exited }) => exited));
			expect(peers.map(({ lines }) => lines)).toEqual([['counted'], ['counted']]);
			const [rows] = await database.transaction([{ sql: 'SELECT sequence FROM applied' }]);
			expect(rows).toEqual([{ sequence: 400 }]);
		});

		test('a process killed while it writes loses nothing that was acknowledged, and leaves nothing half-written', async () => {
			const peer = startPeer('write', config);
			await peer.said(200);
			peer.kill();
			await expect(peer.exited).resolves.toBeNull();
			const [rows = []] = await database.transaction([
				{ sql: 'SELECT subject, COUNT(*) AS written FROM audit GROUP BY subject' },
			]);
			const written = new Map(rows.map((row) => [row.subject, row.written]));
			expect([...new Set(written.values())]).toEqual([3]);
			expect(peer.lines.filter((subject) => !written.has(subject))).toEqual([]);
		});

		test('waits for a lock without stopping this process, then goes on', async () => {
			const lock = await kind.hold(config);
			let settled = false;
			const call = database
				.transaction([{ sql: `INSERT INTO cursors VALUES ('o', 'n', 'v', 1)` }])
				.finally(() => (settled = true));
			// Only this event loop can release the lock: a blocked one would never get past here.
			for (let turn = 0; turn < 100; turn++) await pause(5);
			expect(settled).toBe(false);
			await lock.release();
			await call;
			await expect(database.transaction([{ sql: 'SELECT value FROM cursors' }])).resolves.toEqual([
				[{ value: 'v' }],
			]);
		});

		test('gives up on a lock that stays, with nothing applied', async () => {
			const impatient = await openStore({ ...config, patienceMs: 300 });
			const lock = await kind.hold(config);
			const calls = ['a', 'b'].map((name) =>
				impatient.transaction([
					{ sql: 'SELECT 1 AS one' },
					{ sql: 'INSERT INTO cursors VALUES ($1, $2, $3, $4)', parameters: ['o', name, 'v', 1] },
				]),
			);
			for (const call of await Promise.allSettled(calls)) {
				expect(call).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
			}
			await lock.release();
			await expect(impatient.transaction([{ sql: 'SELECT name FROM cursors' }])).resolves.toEqual([[]]);
			await impatient.close();
		});
	});
}
