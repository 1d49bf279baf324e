import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

import { canonicalOrder, Erp } from '../../sandbox/company/erp/erp';
import type { Outcome } from '../../core/ports/systemConnector';
import { collect, quietCompany, temporaryFolder, type Fixture } from './sandboxFixture';

let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => {
	await fixture.close();
});

const chair = { item: { code: 'FUR-CH-10002647' }, quantity: '2', unit: 'H87' };

function value<T>(outcomes: Array<Outcome<T>>): T {
	const [outcome] = outcomes;
	if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
	return outcome.value;
}

test('a sales order hands its dimensions, header and line, on to its delivery and its invoice', async () => {
	const { erp } = fixture;
	const order = value(
		await erp.create('salesOrder', [
			{
				idempotencyKey: 'dimensions',
				draft: {
					partner: { code: 'C-1001', name: 'Claire Gute' },
					dimensions: { costCentre: 'CC-100' },
					lines: [{ ...chair, dimensions: { profitCentre: 'PC-FUR' } }],
				},
			},
		]),
	);
	const handedOn = {
		dimensions: { costCentre: 'CC-100' },
		lines: [{ dimensions: { profitCentre: 'PC-FUR' } }],
	};
	expect(order).toMatchObject(handedOn);
	const delivery = value(
		await erp.create('delivery', [
			{ idempotencyKey: 'dimensions', draft: { order: order.key, lines: [chair] } },
		]),
	);
	expect(delivery).toMatchObject(handedOn);
	const lines = [{ ...chair, orderLine: '1', unitPrice: '70.98' }];
	const invoice = value(
		await erp.create('invoice', [
			{
				idempotencyKey: 'dimensions',
				draft: { kind: 'customer', order: order.key, currency: 'CNY', lines },
			},
		]),
	);
	expect(invoice).toMatchObject(handedOn);

	const changes = { dimensions: {}, lines: [{ ...chair, line: '1', dimensions: {} }] };
	const bare = value(await erp.update('delivery', [{ key: delivery.key, changes }]));
	expect(bare).not.toHaveProperty('dimensions');
	expect(bare.lines[0]).not.toHaveProperty('dimensions');
	const renamed = value(
		await erp.update('delivery', [
			{ key: delivery.key, changes: { number: 'D-9', lines: [{ ...chair, line: '1' }] } },
		]),
	);
	expect(renamed).toEqual({ ...bare, number: 'D-9', revision: '3' });
});

test("a purchase order's project and source of funds are fields of its form and dimensions at once", async () => {
	const { erp, company } = fixture;
	const draft = { partner: { code: 'S-2001' }, lines: [chair] };
	const order = value(
		await erp.create('purchaseOrder', [
			{
				idempotencyKey: 'form',
				draft: {
					...draft,
					dimensions: { costCentre: 'CC-200' },
					native: { project: 'P-001', fundSource: 'grant' },
				},
			},
		]),
	);
	expect(order.dimensions).toEqual({ costCentre: 'CC-200', project: 'P-001', sourceOfFunds: 'grant' });
	const changed = value(
		await erp.update('purchaseOrder', [
			{ key: order.key, changes: { dimensions: { project: 'P-002', sourceOfFunds: 'operating' } } },
		]),
	);
	expect(changed.dimensions).toEqual({ project: 'P-002', sourceOfFunds: 'operating' });
	expect(company.erp.purchases.get(order.key)?.body).toMatchObject({
		project: 'P-002',
		fundSource: 'operating',
	});
	const [outcome] = await erp.update('purchaseOrder', [
		{ key: order.key, changes: { dimensions: { sourceOfFunds: 'gift' } } },
	]);
	expect(outcome).toMatchObject({
		error: { name: 'ValidationError', message: expect.stringContaining('dimensions.sourceOfFunds: "gift"') },
	});
});

test('the goods issue fixes what a delivery costs, in pieces and in cartons, in the currency of the company', async () => {
	const { erp, company } = fixture;
	company.erp.patchItem(chair.item.code, { cost: '40.05' });
	const order = company.erp.createOrder({
		currency: 'EUR',
		lines: [
			{ item: chair.item.code, quantity: '5' },
			{ item: chair.item.code, quantity: '2', unit: 'XCT' },
		],
	}).order.id;
	const draft = { order, lines: [chair, { ...chair, unit: 'XCT' }] };
	const delivery = value(await erp.create('delivery', [{ idempotencyKey: 'cost', draft }]));
	// A carton holds six.
	expect(delivery).toMatchObject({
		currency: 'CNY',
		lines: [{ unitCost: '40.05' }, { unitCost: '240.3' }],
	});
	company.erp.patchItem(chair.item.code, { cost: '41' });
	const request = { key: delivery.key, idempotencyKey: 'x', input: {} };
	const issued = value(await erp.act('delivery', 'confirm', [request]));
	expect(issued.lines.map(({ unitCost }) => unitCost)).toEqual(['41', '246']);
	company.erp.patchItem(chair.item.code, { cost: '50' });
	expect((await erp.get('delivery', [delivery.key])).get(delivery.key)).toEqual(issued);
});

test('value added tax is rounded half-even by line; a partner abroad is billed without', async () => {
	const billed = async (partner: string, unitPrice: string) =>
		value(
			await fixture.erp.create('invoice', [
				{
					idempotencyKey: `${partner} ${unitPrice}`,
					draft: {
						kind: 'supplier',
						partner: { code: partner },
						currency: 'CNY',
						lines: [
							{ quantity: '1', unitPrice },
							{ quantity: '-2', unitPrice: '10' },
						],
					},
				},
			]),
		);
	// 13 % of 0.50 is 0.065, of 1.50 is 0.195: to the even neighbour.
	expect((await billed('S-2002', '0.50')).lines.map(({ tax }) => tax)).toEqual(['0.06', '-2.6']);
	const second = await billed('S-2002', '1.50');
	expect(second).toMatchObject({ total: '-18.5', taxTotal: '-2.4', lines: [{ tax: '0.2' }, {}] });
	expect(await billed('S-2001', '1.50')).toMatchObject({ total: '-18.5', taxTotal: '0' });
});

test('the seed has costs, taxes and dimensions on its documents', async () => {
	const issued = await collect(fixture.erp.list('delivery', { state: 'done' }));
	expect(issued.flatMap(({ lines }) => lines).some(({ unitCost }) => unitCost !== undefined)).toBe(true);
	const posted = await collect(fixture.erp.list('invoice', { state: 'posted' }));
	for (const { taxTotal } of posted) expect(Number(taxTotal)).toBeGreaterThan(0);
	const bought = await collect(fixture.erp.list('purchaseOrder', { state: 'confirmed' }));
	expect(bought.flatMap(({ dimensions }) => Object.keys(dimensions ?? {}))).toContain('project');
});

test('a folder of an earlier version, without costs and dimensions, is gone on with', () => {
	const { folder, remove } = temporaryFolder();
	const file = join(folder, 'erp.db');
	const old = new DatabaseSync(file);
	old.exec(`CREATE TABLE items (code TEXT PRIMARY KEY, gtin TEXT NOT NULL UNIQUE, name_en TEXT NOT NULL, name_zh TEXT NOT NULL,
			price TEXT NOT NULL, carton INTEGER, carton_known INTEGER NOT NULL) STRICT, WITHOUT ROWID;
		CREATE TABLE orders (row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, number TEXT, status TEXT NOT NULL, customer TEXT NOT NULL,
			ordered_at TEXT NOT NULL, currency TEXT NOT NULL, version INTEGER NOT NULL, changed_at INTEGER NOT NULL,
			last_change TEXT NOT NULL, idempotency_key TEXT UNIQUE, next_line INTEGER NOT NULL, lines TEXT NOT NULL) STRICT;
		INSERT INTO items VALUES ('A', '4006381333931', 'Pen', '笔', '1.20', NULL, 0);
		INSERT INTO orders VALUES (1, 'SO-00000001', 'SO-1', 'draft', '{"code":"C-1","name":"Claire"}', '2026-01-05T08:00:00.000Z',
			'CNY', 1, 1767600000000, 'created', NULL, 1, '[]');`);
	old.close();
	const goOn = () => {
		const erp = new Erp(file, { publish: false, topicPrefix: 'erp' });
		expect(erp.item('A')).toMatchObject({ price: '1.20' });
		const order = erp.patchOrder('SO-00000001', { dimensions: { costCentre: 'CC-100' } });
		expect(canonicalOrder(order)).toMatchObject({ dimensions: { costCentre: 'CC-100' }, revision: '2' });
		erp.close();
	};
	goOn();
	goOn();
	remove();
});
