import { Client } from 'pg';

import { Variance } from '../../nodes/Variance/Variance.node';
import { runByHand } from '../e2e/harness/runNode';
import { withN8n } from '../e2e/harness/withN8n';
import { startPostgres, type PostgresServer } from './postgres';

const host = withN8n();
let server: PostgresServer;
let owner: Client;
let credential: { id: string; name: string };
const reader = { user: 'reader', password: 'only to read' };

beforeAll(async () => {
	server = await startPostgres({ durable: false });
	owner = new Client(server);
	await owner.connect();
	await owner.query(`
		CREATE SCHEMA sales;
		CREATE TABLE sales.orders (order_no text, qty numeric, net numeric(12, 2), ordered timestamptz);
		CREATE TABLE sales.invoices (order_no text, qty numeric, net numeric(12, 2), issued date, cancelled boolean);
		INSERT INTO sales.orders VALUES ('A1', 2, 20, '2026-03-01 10:00Z'), ('A2', 1, 15.50, '2026-03-02 10:00Z'), ('A3', 4, 8, '2026-03-03 10:00Z');
		INSERT INTO sales.invoices VALUES ('a1', 2, 20, '2026-03-01', false), ('A2', 1, 16.50, '2026-03-02', false), ('A9', 1, 1, '2026-03-02', true);
		CREATE USER reader PASSWORD 'only to read';
		GRANT USAGE ON SCHEMA sales TO reader;
		GRANT SELECT ON ALL TABLES IN SCHEMA sales TO reader;
	`);
	const { host: address, port, database } = server;
	const data = { host: address, port, database, ...reader, ssl: 'disable' };
	const name = 'Sales database';
	credential = { id: await host().api.createCredential({ name, type: 'erpBridgePostgresApi', data }), name };
}, 240_000);
afterAll(async () => {
	await owner?.end();
	await server?.stop();
});

const columns = (date: string) => ({
	column: Object.entries({ key: 'order_no', quantity: 'qty', amount: 'net', date }).map(
		([meaning, column]) => ({
			meaning,
			column,
		}),
	),
});
const orders = {
	name: 'orders',
	from: 'postgres',
	schema: 'sales',
	table: 'orders',
	columns: columns('ordered'),
};
const invoices = {
	name: 'invoices',
	from: 'postgres',
	linesOf: 'query',
	query: 'SELECT * FROM sales.invoices WHERE NOT cancelled;',
	columns: columns('issued'),
};
const compare = async (side: object[], input?: Record<string, unknown>) =>
	await runByHand(
		host().api,
		[
			{
				node: 'variance',
				parameters: { connections: ['postgres'], sides: { side }, asOf: '2026-03-31' },
				credentials: { erpBridgePostgresApi: credential },
			},
		],
		input,
	);
const differences = [
	{
		key: ['A3'],
		class: 'missing',
		atStake: '8',
		sides: { orders: { quantity: '4', firstDate: '2026-03-03' } },
	},
	{ key: ['A2'], class: 'amount', atStake: '1', sides: { invoices: { amount: '16.5' } } },
];

test('a table and a query of one database are compared inside it, by a user who may only read', async () => {
	const { status, error, outputs } = await compare([orders, invoices]);
	expect([status, error]).toEqual(['success', undefined]);
	expect(outputs[1]).toMatchObject(differences);
	expect(outputs[2]).toMatchObject([{ deals: 3, matched: 1, different: 2 }]);
});

test('beside another kind of side its rows are copied, and the differences are the same', async () => {
	const item = { order_no: 'A1', qty: 2, net: '20', issued: '2026-03-01' };
	const items = { name: 'invoices', from: 'items', sideField: '', columns: columns('issued') };
	const { status, error, outputs } = await compare([orders, items], item);
	expect([status, error]).toEqual(['success', undefined]);
	expect(outputs[2]).toMatchObject([{ deals: 3, matched: 1, different: 2 }]);
	expect(outputs[1]?.map(({ key }) => key)).toEqual(expect.arrayContaining([['A2'], ['A3']]));
});

test('what is wrong with a table, a query or the connection is told in a sentence', async () => {
	const wrong = async (side: object) => (await compare([side, invoices])).error;
	expect(await wrong({ ...orders, table: 'ordres' })).toMatch(/ordres/);
	expect(await wrong({ ...orders, table: '' })).toContain(
		'Side 1 "orders": Table: must be the name of a table',
	);
	expect(await wrong({ ...orders, linesOf: 'query', query: 'DROP TABLE sales.orders' })).toMatch(/SELECT/);
	const [, databaseTest] = Object.entries(new Variance().methods.credentialTest)[0] ?? [];
	const data = { ...reader, host: server.host, port: server.port, database: server.database, ssl: 'disable' };
	const tested = async (changes: object) =>
		await databaseTest?.call({} as never, { id: '1', name: 'x', type: 'x', data: { ...data, ...changes } });
	expect(await tested({})).toMatchObject({ status: 'OK' });
	expect(await tested({ password: 'wrong' })).toMatchObject({ status: 'Error' });
});
