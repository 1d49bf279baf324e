import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Variance } from '../../nodes/Variance/Variance.node';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-node-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

const columns = { key: ['number'], amount: 'amount', date: 'date', partner: 'customer' };

/** Runs the node with its own defaults where nothing else is given. */
async function run(given: Record<string, unknown>, items: object[] = [{}]): Promise<INodeExecutionData[][]> {
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
		continueOnFail: () => false,
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
	const sides = [
		{ name: 'orders', from: orders, columns },
		{ name: 'ledger', from: ledger, columns },
	];
	const output = await run({ sides: JSON.stringify(sides), alertAbove: '4.99', outputMatched: true });
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
const sides = ['invoices', 'ledger'].map((name) => ({ name, columns }));

test('items are compared; the report in Chinese keeps a script in a name as text and refers to nothing outside', async () => {
	const output = await run({ linesFrom: 'items', sides, language: 'zh-CN' }, items);
	expect(output[1]?.map(({ json }) => json)).toMatchObject([{ class: 'amount', atStake: '2.5' }]);
	const html = reportOf(output);
	expect(html).toContain('<h1>业务-财务差异预警报告</h1>');
	expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	expect(html).not.toMatch(/<script/i);
	expect(html).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
});

test('an item that belongs to no side is refused: nothing is compared without it', async () => {
	await expect(
		run({ linesFrom: 'items', sides }, [...items, { side: 'ledgre', number: 'A2' }]),
	).rejects.toThrow(
		/Item 2 belongs to no side: its field "side" is "ledgre", and the sides are invoices, ledger\. Nothing was compared/,
	);
});

test('what is wrong in a definition is named', async () => {
	const wrong = [sides[0], { name: 'ledger', columns: { key: ['number', 'line'], amont: 'amount' } }];
	await expect(run({ linesFrom: 'items', sides: wrong }, items)).rejects.toThrow(/amont/);
});
