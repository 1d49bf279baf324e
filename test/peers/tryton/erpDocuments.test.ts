import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { Change, ChangeCursor } from '../../../core/ports/systemConnector';
import { confirmSales, createItems, draftSales, linesOf, processSales, sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const transport = axiosTransport();
const people = () => sessionOf(server.url, 'erp');
const Row = z.object({ id: z.number() });

function connect(): TrytonErp {
	return new TrytonErp({
		system: 'tryton-erp',
		url: server.url,
		database: 'erp',
		user: trytonUser,
		password: trytonPassword,
		transport,
	});
}

/** A sale of three kettles and two cartons of irons that is being processed: Tryton then makes its shipment and invoice. */
async function processedSale(): Promise<number> {
	const [sale = 0] = await draftSales(people(), [
		{
			lines: [
				{ code: 'KETTLE', quantity: 3, price: '19.99' },
				{ code: 'IRON', quantity: 2, unit: 'ctn', price: '0.5' },
			],
		},
	]);
	await confirmSales(people(), [sale]);
	await processSales(people(), [sale]);
	return sale;
}

async function looked<E extends 'delivery' | 'invoice'>(
	entity: E,
	cursor?: ChangeCursor,
): Promise<{ changes: Array<Change<unknown>>; cursor: ChangeCursor | undefined }> {
	const changes: Array<Change<unknown>> = [];
	let position = cursor;
	for await (const page of connect().changes(entity, cursor)) {
		changes.push(...page.changes);
		position = page.cursor;
	}
	return { changes, cursor: position };
}

async function listed<E extends 'delivery' | 'invoice'>(entity: E, query: object = {}) {
	const records = [];
	for await (const page of connect().list(entity, { pageSize: 2, ...query })) records.push(...page);
	return records;
}

beforeAll(async () => {
	server = await startTryton({ erp: 'erp' });
	await createItems(people(), [
		{ code: 'KETTLE', name: 'Kettle 1.7 l', gtin: '4006381333931' },
		{ code: 'IRON', name: 'Steam iron' },
	]);
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

describe('a customer shipment as a delivery', () => {
	it('names its sale and the lines of it, and is told of from draft to goods issue', async () => {
		await processedSale();
		const { cursor } = await looked('delivery');
		const sale = await processedSale();
		const lines = (await linesOf(people(), [sale])).get(sale) ?? [];
		const made = await looked('delivery', cursor);
		expect(made.changes).toHaveLength(1);
		const [{ key = '', record } = {}] = made.changes;
		expect(record).toMatchObject({
			key,
			state: 'draft',
			order: String(sale),
			partner: { code: 'RETAIL' },
			lines: [
				{ orderLine: String(lines[0]), item: { code: 'KETTLE' }, quantity: '3', unit: 'H87' },
				{ orderLine: String(lines[1]), item: { code: 'IRON' }, quantity: '2', unit: 'XCT' },
			],
		});
		for (const button of ['wait', 'assign_force', 'pick', 'pack', 'done']) {
			await people()
				.press('stock.shipment.out', button, [Number(key)])
				.catch((error: unknown) => {
					throw new Error(`${button}: ${String(error)}`);
				});
		}
		const done = await looked('delivery', made.cursor);
		expect(done.changes.map((change) => change.key)).toEqual([key]);
		expect(done.changes[0]?.record).toMatchObject({
			state: 'done',
			deliveredAt: expect.any(String) as string,
		});
		expect((await connect().get('delivery', [key, '999999999', 'x'])).get(key)).toEqual(
			done.changes[0]?.record,
		);
		expect((await listed('delivery', { state: 'done' })).map((delivery) => delivery.key)).toEqual([key]);
		expect(await listed('delivery')).toHaveLength(2);
	});
});

describe('an invoice', () => {
	it('names its sale, adds up without tax, and is told of when it changes', async () => {
		const { cursor } = await looked('invoice');
		const sale = await processedSale();
		const lines = (await linesOf(people(), [sale])).get(sale) ?? [];
		const made = await looked('invoice', cursor);
		expect(made.changes).toHaveLength(1);
		const [{ key = '', record } = {}] = made.changes;
		expect(record).toMatchObject({
			kind: 'customer',
			state: 'draft',
			order: String(sale),
			partner: { code: 'RETAIL' },
			currency: 'EUR',
			total: '60.97',
			lines: [
				{
					orderLine: String(lines[0]),
					item: { code: 'KETTLE' },
					quantity: '3',
					unitPrice: '19.99',
					amount: '59.97',
				},
				{ orderLine: String(lines[1]), item: { code: 'IRON' }, quantity: '2', unit: 'XCT', amount: '1' },
			],
		});
		const [line] = await people().search('account.invoice.line', Row, [['invoice', '=', Number(key)]], {
			order: [['id', 'ASC']],
		});
		await people().call('model.account.invoice.line.write', [[line?.id], { quantity: 4 }]);
		const changed = await looked('invoice', made.cursor);
		expect(changed.changes.map((change) => change.key)).toEqual([key]);
		expect(changed.changes[0]?.record).toMatchObject({ total: '80.96' });
		expect((await connect().get('invoice', [key])).get(key)).toEqual(changed.changes[0]?.record);
		expect(await listed('invoice', { state: 'posted' })).toEqual([]);
		expect((await listed('invoice', { search: 'household' })).map((invoice) => invoice.key)).toContain(key);
	});

	it('of a supplier names its purchase', async () => {
		const { cursor } = await looked('invoice');
		const draft = {
			partner: { code: 'METAL' },
			lines: [{ item: { code: 'KETTLE' }, quantity: '5', unit: 'H87', unitPrice: '7.5' }],
		};
		const erp = connect();
		const [made] = await erp.create('purchaseOrder', [{ idempotencyKey: 'P-1', draft }]);
		const key = made?.key ?? '';
		await erp.act('purchaseOrder', 'confirm', [{ key, idempotencyKey: 'c', input: {} }]);
		await people().press('purchase.purchase', 'process', [Number(key)]);
		const { changes } = await looked('invoice', cursor);
		expect(changes.map(({ record }) => record)).toMatchObject([
			{ kind: 'supplier', order: key, partner: { code: 'METAL' }, total: '37.5' },
		]);
	});
});
