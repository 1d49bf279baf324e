import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { add } from '../../core/model/decimal';
import type { Outcome } from '../../core/ports/systemConnector';
import { Variance } from '../../nodes/Variance/Variance.node';
import { seedFinance } from '../../sandbox/company/finance/seedFinance';
import { quietCompany, type Fixture, matchOf } from '../connectors/sandboxFixture';
import { paper, pen, stock } from '../e2e/harness/stockedCompany';
import { editor, runItems, type Outputs } from './nodeContext';

let fixture: Fixture;
let folder: string;
const userFolder = process.env.N8N_USER_FOLDER;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'variance-systems-'));
	process.env.N8N_USER_FOLDER = folder;
	fixture = await quietCompany({ seed: false });
	stock(fixture.company);
	seedFinance(fixture.company.finance);
	await trade();
});
afterAll(async () => {
	await fixture.close();
	if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
	else process.env.N8N_USER_FOLDER = userFolder;
	await rm(folder, { recursive: true, force: true });
});

const orders: string[] = [];
const invoices: string[] = [];
const today = new Date().toISOString().slice(0, 10);

function valueOf<T>([outcome]: Array<Outcome<T>>): T {
	if (outcome && 'value' in outcome) return outcome.value;
	throw outcome?.error ?? new Error('no outcome');
}

/**
 * Two orders, each of 30 pens and 2 cartons of 12 reams; of the second one carton is not shipped and the pens are billed too cheap. The ledger has the
 * first invoice, and revenue that nobody billed.
 */
async function trade(): Promise<void> {
	const { company, wms, finance } = fixture;
	const lines = [
		{ item: pen.code, quantity: '30', unit: 'H87' },
		{ item: paper.code, quantity: '2', unit: 'XCT' },
	];
	for (const [index, name] of ['first', 'second'].entries()) {
		const { order } = company.erp.createOrder({ idempotencyKey: name, status: 'confirmed', lines });
		orders.push(order.id);
		const reams = index === 0 ? '24' : '12';
		await wms.act('reservation', 'match', [matchOf(order.id, 1, { [pen.sku]: '30', [paper.sku]: '24' })]);
		const draft = {
			order: order.id,
			lines: [
				{ item: pen.sku, quantity: '30' },
				{ item: paper.sku, quantity: reams },
			],
		};
		const { key } = valueOf(await wms.create('shipment', [{ idempotencyKey: order.id, draft }]));
		valueOf(await wms.act('shipment', 'ship', [{ key, idempotencyKey: `ship-${key}`, input: {} }]));
		const billed = order.lines.map(({ id, item, quantity, unit, price }) => ({
			orderLine: id,
			item,
			quantity,
			unit,
			price: index === 1 && item === pen.code ? '0.90' : price,
		}));
		const { record } = company.erp.invoices.create(
			{ kind: 'customer', order: order.id, lines: billed },
			`bill-${order.id}`,
		);
		company.erp.invoices.confirm(record.id);
		invoices.push(record.id);
	}
	const [billed] = company.erp.invoices.some(invoices);
	await book(finance, billed?.body.total ?? '', billed?.body.taxTotal ?? '', invoices[0]);
	await book(finance, '5.00', '0.65');
}

/** An entry of revenue and output tax, posted; of no document when none is named. */
async function book(finance: Fixture['finance'], net: string, tax: string, document?: string): Promise<void> {
	const line = (account: string, debit: string, credit: string) => ({
		account,
		debit,
		credit,
		...(account === '6001' ? { dimensions: { costCentre: 'CC-100', profitCentre: 'PC-OFF' } } : {}),
	});
	const draft = {
		date: today,
		currency: 'CNY',
		...(document === undefined
			? {}
			: { document: { type: 'invoice', system: 'sandbox-erp', key: document } }),
		lines: [line('1122', add(net, tax), '0'), line('6001', '0', net), line('222102', '0', tax)],
	};
	const request = { idempotencyKey: document ?? 'by hand', draft };
	const { key } = valueOf(await finance.create('journalEntry', [request]));
	valueOf(await finance.act('journalEntry', 'post', [{ key, idempotencyKey: `post-${key}`, input: {} }]));
}

const node = new Variance();
const compare = async (side: object[], given: object = {}): Promise<Outputs> =>
	await runItems(
		node,
		{
			resource: 'comparison',
			operation: 'compare',
			comparisonName: 'Of systems',
			connections: ['sandbox'],
			sides: { side },
			asOf: today,
			language: 'en',
			binaryPropertyName: 'report',
			outputMatched: true,
			stateStore: 'sqlite',
			...given,
		},
		[{}],
		{ company: fixture.company },
	);
const jsonOf = (outputs: Outputs, output: number) => (outputs[output] ?? []).map(({ json }) => json);

test('orders, shipments and invoices meet by order and item, whatever the warehouse calls an item and counts it in', async () => {
	const outputs = await compare([
		{ name: 'orders', from: 'system', record: 'salesOrder' },
		{ name: 'shipments', from: 'system', record: 'shipment' },
		{ name: 'invoices', from: 'system', record: 'invoice' },
	]);
	expect(jsonOf(outputs, 0).map(({ key }) => key)).toEqual(
		expect.arrayContaining([
			[orders[0], pen.code],
			[orders[0], paper.code],
		]),
	);
	expect(jsonOf(outputs, 1)).toMatchObject([
		{
			key: [orders[1], pen.code],
			class: 'price',
			atStake: '3',
			sides: { orders: { price: { low: '1' } }, invoices: { price: { low: '0.9' } } },
			partner: 'Walk-in customer',
		},
		{
			key: [orders[1], paper.code],
			class: 'quantity',
			sides: { orders: { quantity: '24' }, shipments: { quantity: '12' }, invoices: { quantity: '24' } },
		},
	]);
	expect(jsonOf(outputs, 2)).toMatchObject([{ deals: 4, matched: 2, different: 2 }]);
});

test('an invoice meets the entry that books it: net amount on the revenue account, tax on its own, and debit against credit', async () => {
	const ledger = {
		name: 'ledger',
		from: 'system',
		record: 'journalEntry',
		accounts: '6001',
		taxAccounts: '222102',
		fromDay: today,
	};
	const outputs = await compare([{ name: 'invoices', from: 'system', record: 'invoice' }, ledger], {
		matchBy: 'document',
	});
	expect(jsonOf(outputs, 0)).toEqual([{ key: [invoices[0]], lines: { invoices: 1, ledger: 1 } }]);
	const differences = jsonOf(outputs, 1);
	expect(differences).toMatchObject([
		{ key: [invoices[1]], class: 'missing', sides: { invoices: { lines: 1 } } },
		{ class: 'missing', atStake: '5', sides: { ledger: { amount: '5', tax: '0.65', balance: '0' } } },
	]);
});

test('orders, invoices and ledger meet by order: an entry belongs to the order of the document that it books', async () => {
	const outputs = await compare(
		[
			{ name: 'orders', from: 'system', record: 'salesOrder' },
			{ name: 'invoices', from: 'system', record: 'invoice', leaveOut: ['tax'] },
			{ name: 'ledger', from: 'system', record: 'journalEntry', accounts: '6001', booked: ['invoice'] },
		],
		{ matchBy: 'order' },
	);
	expect(jsonOf(outputs, 0)).toEqual([{ key: [orders[0]], lines: { orders: 1, invoices: 1, ledger: 1 } }]);
	expect(jsonOf(outputs, 1)).toMatchObject([
		{
			key: [orders[1]],
			class: 'missing',
			also: [],
			sides: { orders: { amount: '32' }, invoices: { amount: '29' } },
		},
	]);
});

test('a shipment meets its movements by document and item, and days limit what is read', async () => {
	const sides = (more: object) => [
		{ name: 'shipments', from: 'system', record: 'shipment', ...more },
		{ name: 'movements', from: 'system', record: 'movement', ...more },
	];
	const all = await compare(sides({}), { matchBy: 'documentItem' });
	expect(jsonOf(all, 2)).toMatchObject([{ deals: 4, matched: 4, different: 0 }]);
	const none = await compare(sides({ toDay: '2020-12-31' }), { matchBy: 'documentItem' });
	expect(jsonOf(none, 2)).toMatchObject([{ deals: 0 }]);
});

test('what is wrong with the systems of a side is told with its name', async () => {
	const wrongDay = [
		{ name: 'a', from: 'system', fromDay: 'March' },
		{ name: 'b', from: 'system' },
	];
	await expect(compare(wrongDay)).rejects.toThrow(
		/Side 1 "a": From Day: must be a day written as YYYY-MM-DD/,
	);
});

test('columns are picked from the documents of a system and from the heading of a file in a folder that n8n may read', async () => {
	const files = await mkdtemp(join(tmpdir(), 'variance-files-'));
	const allowed = process.env.N8N_RESTRICT_FILE_ACCESS_TO;
	try {
		const file = join(files, 'bank.csv');
		await writeFile(
			file,
			Buffer.concat([Buffer.from('bank_ref;'), Buffer.from('bdf0b6ee', 'hex'), Buffer.from('\n1;2\n')]),
		);
		const sides = {
			side: [
				{ name: 'orders', from: 'system', record: 'salesOrder' },
				{ name: 'bank', from: 'csv', file, fileOptions: { encoding: 'gb18030' } },
			],
		};
		const pick = async (filter: string) =>
			(await node.methods.listSearch.searchColumns.call(editor(fixture.company, { sides }), filter)).results;
		process.env.N8N_RESTRICT_FILE_ACCESS_TO = `/nowhere;${files}`;
		expect(await pick('金额')).toEqual([{ name: '金额 · bank', value: '金额' }]);
		expect((await pick('quantity')).map(({ value }) => value)).toEqual([
			'quantity',
			'lines.quantity',
			'lines.baseQuantity.quantity',
			'lines.baseQuantity.unit',
		]);
		process.env.N8N_RESTRICT_FILE_ACCESS_TO = '/nowhere';
		expect(await pick('bank')).toEqual([]);
	} finally {
		if (allowed === undefined) delete process.env.N8N_RESTRICT_FILE_ACCESS_TO;
		else process.env.N8N_RESTRICT_FILE_ACCESS_TO = allowed;
		await rm(files, { recursive: true, force: true });
	}
});
