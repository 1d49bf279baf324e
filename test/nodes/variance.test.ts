import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Variance } from '../../nodes/Variance/Variance.node';
import { withBooks } from './financeNode';

withBooks();
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-node-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

const columns = {
	column: [
		{ meaning: 'key', column: 'number' },
		{ meaning: 'amount', column: 'amount' },
		{ meaning: 'date', column: 'date' },
		{ meaning: 'partner', column: { __rl: true, mode: 'name', value: 'customer' } },
	],
};

/** Runs the node with its own defaults where nothing else is given. */
async function run(
	given: Record<string, unknown>,
	items: object[] = [{}],
	goOn = false,
): Promise<INodeExecutionData[][]> {
	const node = new Variance();
	const defaults = Object.fromEntries(
		node.description.properties.map(({ name, default: value }) => [name, value]),
	);
	const parameters: Record<string, unknown> = {
		...defaults,
		operation: 'compare',
		asOf: '2026-03-31',
		...given,
	};
	const functions = {
		getInputData: () => items.map((json) => ({ json })),
		getNode: () => ({ name: 'Variance', type: 'variance', typeVersion: 1, position: [0, 0], parameters }),
		getNodeParameter: (name: string) => parameters[name],
		getTimezone: () => 'UTC',
		getExecutionCancelSignal: () => undefined,
		continueOnFail: () => goOn,
		helpers: {
			resolvePath: async (path: string) => path,
			isFilePathBlocked: () => false,
			prepareBinaryData: async (data: Buffer, fileName: string, mimeType: string): Promise<IBinaryData> => ({
				data: data.toString('base64'),
				fileName,
				mimeType,
			}),
		},
	};
	return await node.execute.call(functions as unknown as IExecuteFunctions);
}

const reportOf = (output: INodeExecutionData[][]) =>
	Buffer.from(output[2]?.[0]?.binary?.report?.data ?? '', 'base64').toString();

test('CSV files are compared, and the summary carries the report', async () => {
	const orders = join(folder, 'orders.csv');
	const ledger = join(folder, 'ledger.csv');
	await writeFile(
		orders,
		'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,20.00,2026-03-01,Contoso\n',
	);
	await writeFile(
		ledger,
		'number,amount,date,customer\nA1,10.00,2026-03-01,Northwind\nA2,25.00,2026-03-01,Contoso\n',
	);
	const side = [
		{ name: 'orders', from: 'csv', file: orders, columns },
		{ name: 'ledger', from: 'csv', file: ledger, columns },
	];
	const output = await run({ sides: { side }, alertAbove: '4.99', outputMatched: true });
	const [matched = [], differences = [], summary = []] = output.map((items) => items.map(({ json }) => json));
	expect(matched).toEqual([{ key: ['A1'], lines: { orders: 1, ledger: 1 } }]);
	expect(differences).toMatchObject([
		{ key: ['A2'], class: 'amount', atStake: '5', explanation: 'Orders: 20; Ledger: 25', partner: 'Contoso' },
	]);
	expect(summary).toMatchObject([{ deals: 2, matched: 1, different: 1, atStake: '5', alert: true }]);
	expect(reportOf(output)).toContain('Business-Finance Variance Alert Report');
});

const items = [
	{ side: 'invoices', number: 'A1', amount: 10, date: '2026-03-01', customer: '<script>alert(1)</script>' },
	{ side: 'ledger', number: 'A1', amount: 12.5, date: '2026-03-01', customer: '' },
];
const sides = { side: ['invoices', 'ledger'].map((name) => ({ name, from: 'items', columns })) };

test('items are compared; the report in Chinese keeps a script in a name as text and refers to nothing outside', async () => {
	const output = await run({ sides, language: 'zh-CN' }, items);
	expect(output[1]?.map(({ json }) => json)).toMatchObject([{ class: 'amount', atStake: '2.5' }]);
	const html = reportOf(output);
	expect(html).toContain('<h1>业务-财务差异预警报告</h1>');
	expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	expect(html).not.toMatch(/<script/i);
	expect(html).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
});

test('each limit that is crossed stands in the summary and in the report, with what was reached', async () => {
	const alerts = {
		alert: [
			{ threshold: 'finding', limit: '2', class: 'amount' },
			{ threshold: 'age', limit: '365' },
		],
	};
	const output = await run({ sides, alertAbove: '100', alerts }, items);
	expect(output[2]?.[0]?.json).toMatchObject({
		alert: true,
		alerts: [{ threshold: 'finding', class: 'amount', limit: '2', value: '2.5', key: ['A1'] }],
	});
	expect(reportOf(output)).toContain('A1 (Amount): 2.50 CNY at stake, above 2.00 CNY for one');
	expect(reportOf(output)).toMatch(/<section class="state alert">.*within the limit of 100\.00 CNY/);
	await expect(
		run({ sides, alerts: { alert: [{ threshold: 'age', limit: 'ten' }] } }, items),
	).rejects.toThrow(/alerts\.alert\.0\.limit: must be a number/);
});

test('a Parquet file and items are compared with each other', async () => {
	const file = join(folder, 'ledger.parquet');
	const instance = await DuckDBInstance.create(':memory:');
	const connection = await instance.connect();
	await connection.run(
		`COPY (SELECT 'A1' AS number, 12.50 AS amount, DATE '2026-03-01' AS date, '' AS customer) TO '${file}' (FORMAT parquet)`,
	);
	connection.closeSync();
	instance.closeSync();
	const [first] = sides.side;
	const side = [
		{ ...first, sideField: '' },
		{ name: 'ledger', from: 'parquet', file, columns },
	];
	const output = await run({ sides: { side } }, items.slice(0, 1));
	expect(output[1]?.map(({ json }) => json)).toMatchObject([{ class: 'amount', atStake: '2.5' }]);
});

test('an item that belongs to no side is refused: nothing is compared without it', async () => {
	await expect(run({ sides }, [...items, { side: 'ledgre', number: 'A2' }])).rejects.toThrow(
		/Item 2 belongs to no side: its field "side" is "ledgre", and the sides are invoices, ledger\. Nothing was compared/,
	);
});

test('what is wrong in a side is told with the side and the field', async () => {
	const [first] = sides.side;
	const second = (changes: object) => ({
		sides: { side: [first, { ...first, name: 'ledger', ...changes }] },
	});
	await expect(run({ sides: { side: [first] } }, items)).rejects.toThrow(
		/"Sides" has 1; a comparison has two to four/,
	);
	await expect(run(second({ columns: {} }), items)).rejects.toThrow(
		/Side 2 "ledger": "Columns" names no Match Key/,
	);
	await expect(run(second({ from: 'csv' }), items)).rejects.toThrow(
		/Side 2 "ledger": File: must be the path of a file/,
	);
	await expect(run(second({ from: 'system', columns: {} }), items)).rejects.toThrow(
		/Side 2 "ledger": Match Key has 2 parts, and the key of "invoices" has 1/,
	);
	await expect(
		run({ ...second({ from: 'system', system: 'tryton', columns: {} }), matchBy: 'order' }, items),
	).rejects.toThrow(/The side "ledger" is read from Tryton, which "Connections" does not name/);
	const slip = {
		column: [
			{ meaning: 'key', column: 'key' },
			{ meaning: 'amount', column: 'amont' },
		],
	};
	await expect(run(second({ from: 'system', columns: slip }), items)).rejects.toThrow(
		/Side 2 "ledger": sales orders have no column "amont"\. Did you mean "amount"\?/,
	);
	await expect(
		run({ ...second({ from: 'system', record: 'shipment', columns: {} }), matchBy: 'orderLine' }, items),
	).rejects.toThrow(/shipments cannot be matched by order and order line, but by order and item or order or/);
});

test('where the workflow goes on after an error, the summary tells it and nothing else comes out', async () => {
	const output = await run({ sides: { side: [] } }, items, true);
	expect(output.map((list) => list.map(({ json }) => json))).toEqual([
		[],
		[],
		[{ error: '"Sides" has 0; a comparison has two to four. Nothing was compared.' }],
		[],
	]);
	expect(output[2]?.[0]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
});

test("an instant of a file falls on the day of the legal entity's time zone and cut-off, and in the period of its calendar", async () => {
	const orders = join(folder, 'shifts.csv');
	const ledger = join(folder, 'books.csv');
	// Five in the morning of 1 April in Shanghai still belongs to 31 March, whose business day ends at six.
	await writeFile(
		orders,
		'number,amount,date,customer\nA1,10,2026-03-31T21:00:00Z,\nA2,10,2026-03-31T22:30:00Z,\n',
	);
	await writeFile(ledger, 'number,amount,date,customer\nA1,10,2026-03-31,\nA2,10,2026-03-31,\n');
	const side = [
		{ name: 'orders', from: 'csv', file: orders, columns },
		{ name: 'ledger', from: 'csv', file: ledger, columns },
	];
	const output = await run({ sides: { side }, periodsOf: 'entity', entity: 'PLANT' });
	expect(output[1]?.map(({ json }) => json)).toMatchObject([
		{ key: ['A2'], class: 'period', periods: { first: '2026-P03', last: '2026-P04' } },
	]);
	await expect(run({ sides: { side }, periodsOf: 'entity', entity: 'NOBODY' })).rejects.toThrow(/"?NOBODY"?/);
});
