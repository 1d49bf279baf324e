import { mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import workerThreads from 'node:worker_threads';

import { StoreUnavailableError } from '../../../core/store/database';
import { openSqlite } from '../../../core/store/sqlite';
import { describeAccess } from './access';
import { describeFiscalBooks } from './fiscalBooks';
import { describeLedgers } from './ledgers';
import { removeFolders, sqliteKind } from './sqliteKind';
import { describeStore } from './suite';
import { describeSyncPolicy } from './syncPolicy';
import { describeVarianceHistory } from './varianceHistory';

jest.setTimeout(60_000);
afterAll(removeFolders);

describeStore('SQLite', sqliteKind);
describeLedgers('SQLite', sqliteKind);
describeSyncPolicy('SQLite', sqliteKind);
describeFiscalBooks('SQLite', sqliteKind);
describeAccess('SQLite', sqliteKind);
describeVarianceHistory('SQLite', sqliteKind);

describe('The SQLite file', () => {
	const insertion = (name: string, value = 'v') => ({
		sql: 'INSERT INTO cursors VALUES ($1, $2, $3, 1)',
		parameters: ['o', name, value],
	});
	const byName = { sql: 'SELECT name FROM cursors ORDER BY name' };

	test('is for its owner only, and so are its folder and side files', async () => {
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		await database.transaction([insertion('a')]);
		const modes = await Promise.all(
			[dirname(file), file, `${file}-wal`, `${file}-shm`].map(
				async (path) => (await stat(path)).mode & 0o777,
			),
		);
		expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
		await database.close();
	});

	test('holds everything after close, without its log', async () => {
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		await database.transaction([insertion('a')]);
		await database.close();
		await expect(stat(`${file}-wal`)).rejects.toThrow('ENOENT');
		expect((await readFile(file)).subarray(0, 15).toString()).toBe('SQLite format 3');
	});

	test('applies transactions in the order of their calls', async () => {
		const { file } = await sqliteKind.fresh();
		const [one, two] = await Promise.all([openSqlite(file), openSqlite(file)]);
		const subjects = Array.from({ length: 3_000 }, (_, index) => `s${index}`);
		await Promise.all(
			subjects.map((subject, index) =>
				(index % 2 === 0 ? one : two).transaction([
					{
						sql: `INSERT INTO audit (at, actor, action, subject, detail) VALUES (0, '', '', $1, '')`,
						parameters: [subject],
					},
				]),
			),
		);
		const [rows = []] = await one.transaction([{ sql: 'SELECT subject FROM audit ORDER BY position' }]);
		expect(rows.map(({ subject }) => subject)).toEqual(subjects);
		await Promise.all([one.close(), two.close()]);
	});

	test('is one store, whatever links lead to it', async () => {
		const { file } = await sqliteKind.fresh();
		const direct = await openSqlite(file);
		const linked = join(dirname(dirname(file)), 'linked');
		await symlink(dirname(file), linked);
		const started = jest.spyOn(workerThreads, 'Worker');
		const throughLink = await openSqlite(join(linked, 'bridge.sqlite'));
		expect(started).not.toHaveBeenCalled();
		started.mockRestore();
		await Promise.all([direct.close(), throughLink.close()]);
	});

	test('goes on when the worker dies in the middle of its work', async () => {
		const workers: workerThreads.Worker[] = [];
		const { Worker } = workerThreads;
		const started = jest.spyOn(workerThreads, 'Worker').mockImplementation((...parameters) => {
			const worker = new Worker(...parameters);
			workers.push(worker);
			return worker;
		});
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		const calls = Array.from({ length: 2_500 }, (_, index) =>
			database.transaction([
				{
					sql: `INSERT INTO cursors VALUES ('o', $1, 'v', 1) ON CONFLICT DO NOTHING`,
					parameters: [`n${index}`],
				},
			]),
		);
		await calls[0];
		await workers[0]?.terminate();
		await Promise.all(calls);
		expect(workers).toHaveLength(2);
		const [rows] = await database.transaction([{ sql: 'SELECT COUNT(*) AS written FROM cursors' }]);
		expect(rows).toEqual([{ written: 2_500 }]);
		started.mockRestore();
		await database.close();
	});

	test('that is no SQLite file is named and left alone', async () => {
		const { file } = await sqliteKind.fresh();
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, 'These are the minutes of the meeting.\n'.repeat(300));
		const before = await readFile(file);
		const opening = openSqlite(file);
		await expect(opening).rejects.toThrow(StoreUnavailableError);
		await expect(opening).rejects.toThrow(`"${file}" is damaged or is no SQLite file`);
		expect((await readFile(file)).equals(before)).toBe(true);
	});

	test('whose pages are damaged is reported, and works again once it is restored', async () => {
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		await database.transaction([insertion('a', 'x'.repeat(50_000))]);
		await database.close();
		const healthy = await readFile(file);
		await writeFile(
			file,
			Buffer.concat([healthy.subarray(0, 4096), Buffer.alloc(healthy.length - 4096, 0xa5)]),
		);
		await expect(openSqlite(file)).rejects.toThrow(
			/is damaged or is no SQLite file.*Restore it from a backup/,
		);
		await writeFile(file, healthy);
		const restored = await openSqlite(file);
		await expect(restored.transaction([byName])).resolves.toEqual([[{ name: 'a' }]]);
		await restored.close();
	});

	test('that cannot be made is named, with what to do', async () => {
		const { file } = await sqliteKind.fresh();
		await writeFile(dirname(file), 'a file where the folder should be');
		const opening = openSqlite(file);
		await expect(opening).rejects.toThrow(StoreUnavailableError);
		await expect(opening).rejects.toThrow(
			new RegExp(`"${file}" cannot be opened for writing.*Give the n8n process`),
		);
	});

	test('without room refuses all of a commit, and goes on once there is room', async () => {
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		const [pages = []] = await database.transaction([{ sql: 'PRAGMA page_count' }]);
		await database.transaction([{ sql: `PRAGMA max_page_count = ${Number(pages[0]?.page_count) + 2}` }]);
		const calls = await Promise.allSettled([
			database.transaction([insertion('small')]),
			database.transaction([insertion('large', 'x'.repeat(100_000))]),
		]);
		for (const call of calls) {
			expect(call).toMatchObject({
				status: 'rejected',
				reason: {
					name: 'StoreUnavailableError',
					message: expect.stringMatching(/has no room.*nothing was written/),
				},
			});
		}
		await expect(database.transaction([byName])).resolves.toEqual([[]]);
		await database.transaction([insertion('large', 'x'.repeat(100_000))]);
		await expect(database.transaction([byName])).resolves.toEqual([[{ name: 'large' }]]);
		await database.close();
	});

	test('that is taken away while in use is reported once, then made anew or found again', async () => {
		const { file } = await sqliteKind.fresh();
		const database = await openSqlite(file);
		await database.transaction([insertion('a')]);
		await rename(dirname(file), `${dirname(file)}.away`);
		await expect(database.transaction([insertion('b')])).rejects.toThrow(
			/was deleted or replaced while it was in use/,
		);
		await rename(`${dirname(file)}.away`, dirname(file));
		await database.transaction([insertion('b')]);
		await expect(database.transaction([byName])).resolves.toEqual([[{ name: 'a' }, { name: 'b' }]]);
		await database.close();
	});
});
