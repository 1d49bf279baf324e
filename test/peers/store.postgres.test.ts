import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

import { openPostgres } from '../../core/store/postgres';
import { describeAccess } from '../conformance/store/access';
import { describeFiscalBooks } from '../conformance/store/fiscalBooks';
import { describeLedgers } from '../conformance/store/ledgers';
import { describeStore, type StoreKind } from '../conformance/store/suite';
import { describeSyncPolicy } from '../conformance/store/syncPolicy';
import { describeVarianceHistory } from '../conformance/store/varianceHistory';
import { startPostgres, type PostgresServer } from './postgres';

jest.setTimeout(60_000);

let server: PostgresServer;
beforeAll(async () => {
	server = await startPostgres();
});
afterAll(async () => {
	await server?.stop();
});

let schemas = 0;
const connection = () => {
	const { host, port, user, password, database } = server;
	return { host, port, user, password, database };
};
const postgresKind = {
	async fresh() {
		schemas += 1;
		return { kind: 'postgres' as const, ...connection(), schema: `bridge_${schemas}` };
	},
	async hold(config) {
		const client = new Client(connection());
		await client.connect();
		const schema = config.kind === 'postgres' ? config.schema : '';
		await client.query(`BEGIN; LOCK TABLE ${schema}.cursors IN EXCLUSIVE MODE`);
		return {
			async release() {
				await client.query('ROLLBACK');
				await client.end();
			},
		};
	},
} satisfies StoreKind;

describeStore('PostgreSQL', postgresKind);
describeLedgers('PostgreSQL', postgresKind);
describeSyncPolicy('PostgreSQL', postgresKind);
describeFiscalBooks('PostgreSQL', postgresKind);
describeAccess('PostgreSQL', postgresKind);
describeVarianceHistory('PostgreSQL', postgresKind);

describe('The PostgreSQL server', () => {
	const insertion = (name: string) => ({
		sql: `INSERT INTO cursors VALUES ('o', $1, 'v', 1) ON CONFLICT DO NOTHING`,
		parameters: [name],
	});

	test('may be killed and started again: no acknowledged call is lost, and those in flight go on', async () => {
		// A slow machine may need long to recover the database.
		const database = await openPostgres({ ...(await postgresKind.fresh()), patienceMs: 90_000 });
		const acknowledged: string[] = [];
		let writing = true;
		const writers = ['a', 'b', 'c'].map(async (name) => {
			for (let number = 0; writing; number++) {
				await database.transaction([insertion(`${name}${number}`), { sql: 'SELECT 1 AS one' }]);
				acknowledged.push(`${name}${number}`);
			}
		});
		while (acknowledged.length < 100) await pause(5);
		await server.kill();
		const before = acknowledged.length;
		await server.start();
		while (acknowledged.length < before + 100) await pause(5);
		writing = false;
		await Promise.all(writers);
		const [rows = []] = await database.transaction([{ sql: 'SELECT name FROM cursors' }]);
		const written = new Set(rows.map(({ name }) => name));
		expect(acknowledged.filter((name) => !written.has(name))).toEqual([]);
		await database.close();
	}, 180_000);

	test('is named with what to do when it cannot be used', async () => {
		const config = await postgresKind.fresh();
		await expect(openPostgres({ ...config, password: 'wrong' })).rejects.toThrow(
			/"postgres" at 127\.0\.0\.1:\d+ cannot be used \(password authentication failed.*nothing was written\. Correct user and password/,
		);
		await expect(openPostgres({ ...config, database: 'missing' })).rejects.toThrow(
			/database "missing" does not exist.*Create the database/,
		);
		await expect(openPostgres({ ...config, schema: 'Bad"Name' })).rejects.toThrow(/can't be the schema/);
		await expect(openPostgres({ ...config, port: 1, patienceMs: 100 })).rejects.toThrow(
			/ECONNREFUSED.*Check that the server runs/,
		);
	});

	test('may deny the user everything but a schema that was made for it', async () => {
		const { schema, ...config } = await postgresKind.fresh();
		const owner = new Client(connection());
		await owner.connect();
		await owner.query(`CREATE ROLE clerk LOGIN PASSWORD 'clerk'`);
		const asClerk = { ...config, schema, user: 'clerk', password: 'clerk' };
		await expect(openPostgres(asClerk)).rejects.toThrow(
			/permission denied.*Grant the user CREATE on the database/,
		);
		await owner.query(`CREATE SCHEMA ${schema} AUTHORIZATION clerk`);
		const database = await openPostgres(asClerk);
		await database.transaction([insertion('a')]);
		await database.close();
		await owner.query(`DROP SCHEMA ${schema} CASCADE; DROP ROLE clerk`);
		await owner.end();
	});

	test('that finds a deadlock has the loser try again', async () => {
		const database = await openPostgres(await postgresKind.fresh());
		await database.transaction([insertion('a'), insertion('b')]);
		const raise = (name: string) => ({
			sql: `UPDATE cursors SET updated_at = updated_at + 1 WHERE name = $1`,
			parameters: [name],
		});
		const wait = { sql: 'SELECT pg_sleep(0.2)' };
		await Promise.all([
			database.transaction([raise('a'), wait, raise('b')]),
			database.transaction([raise('b'), wait, raise('a')]),
		]);
		const [rows] = await database.transaction([{ sql: 'SELECT DISTINCT updated_at FROM cursors' }]);
		expect(rows).toEqual([{ updated_at: 3 }]);
		await database.close();
	});
});
