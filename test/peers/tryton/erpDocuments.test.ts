import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonErp } from '../../../connectors/tryton/trytonErp';
import type { Change, ChangeCursor } from '../../../core/ports/systemConnector';
import type { Delivery } from '../../../core/model/delivery';
import type { Invoice, InvoiceDraft } from '../../../core/model/invoice';
import {
	confirmSales,
	countStock,
	createItems,
	draftSales,
	linesOf,
	processSales,
	sessionOf,
	taxGoods,
} from './company';
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
	await taxGoods(people(), '0.19');
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

describe('a delivery that n8n confirms or cancels', () => {
	const deliveryOf = async (sale: number) =>
		(await listed('delivery')).find(({ order }) => order === String(sale))?.key ?? '';
	const act = async (action: 'confirm' | 'cancel', key: string, expectedVersion?: string) => {
		const version = expectedVersion === undefined ? {} : { expectedVersion };
		const request = { key, idempotencyKey: `${action}/${key}`, input: {}, ...version };
		return (await connect().act('delivery', action, [request]))[0];
	};

	it('is refused while goods lack, keeps what could be reserved, and is booked at its cost once they came', async () => {
		const sale = await processedSale();
		const key = await deliveryOf(sale);
		await countStock(people(), { KETTLE: 2, IRON: 100 });
		const { revision } = (await connect().get('delivery', [key])).get(key) as Delivery;
		expect(await act('confirm', key, '1')).toMatchObject({ error: { name: 'ConflictError' } });
		const short = await act('confirm', key, revision);
		expect(short).toMatchObject({ key, error: { name: 'ConflictError', retryable: false } });
		expect((await connect().get('delivery', [key])).get(key)?.state).toBe('draft');
		await countStock(people(), { KETTLE: 10, IRON: 100 });
		const done = await act('confirm', key);
		// Every article of this company costs 5 a piece; a carton holds 12.
		expect(done).toMatchObject({
			value: {
				state: 'done',
				currency: 'EUR',
				lines: [
					{ quantity: '3', unit: 'H87', unitCost: '5' },
					{ quantity: '2', unit: 'XCT', unitCost: '60' },
				],
			},
		});
		expect(await act('confirm', key)).toEqual(done);
		expect(await act('cancel', key)).toMatchObject({ error: { name: 'ConflictError' } });
	});

	it('is cancelled, and no longer to be confirmed', async () => {
		const key = await deliveryOf(await processedSale());
		expect(await act('cancel', key)).toMatchObject({ value: { state: 'cancelled' } });
		expect(await act('confirm', key)).toMatchObject({ error: { name: 'ConflictError' } });
		expect(await act('confirm', '999999')).toMatchObject({ error: { name: 'NotFoundError' } });
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

describe('an invoice that n8n makes', () => {
	const today = new Date().toISOString().slice(0, 10);
	const kettles = (quantity: string, more: object = {}) => ({
		item: { code: 'KETTLE' },
		quantity,
		unit: 'H87',
		unitPrice: '19.99',
		...more,
	});
	const draftOf = (more: object = {}): InvoiceDraft => ({
		number: 'R-4711',
		kind: 'customer',
		partner: { code: 'RETAIL' },
		currency: 'EUR',
		issuedOn: today,
		lines: [kettles('3')],
		...more,
	});
	const create = async (idempotencyKey: string, draft: InvoiceDraft) =>
		(await connect().create('invoice', [{ idempotencyKey, draft }]))[0];
	const made = async (idempotencyKey: string, draft = draftOf()): Promise<Invoice> => {
		const outcome = await create(idempotencyKey, draft);
		if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
		return outcome.value;
	};
	const act = async (action: 'confirm' | 'cancel', key: string) =>
		(await connect().act('invoice', action, [{ key, idempotencyKey: `${action}/${key}`, input: {} }]))[0];

	it('is a draft with accounts and taxes of its items, once for its key; posted, it has a number and stays', async () => {
		const draft = draftOf({ dueOn: `${today.slice(0, 4)}-12-31`, lines: [kettles('3'), kettles('-1')] });
		const invoice = await made('R-1', draft);
		// 19 % of 59.97 is 11.39, of 19.99 it is 3.80: this company rounds taxes line by line.
		expect(invoice).toMatchObject({
			kind: 'customer',
			state: 'draft',
			issuedOn: today,
			dueOn: draft.dueOn,
			total: '39.98',
			taxTotal: '7.59',
		});
		expect(await made('R-1', draft)).toEqual(invoice);
		const posted = await act('confirm', invoice.key);
		expect(posted).toMatchObject({
			value: { state: 'posted', number: expect.any(String) as string, total: '39.98', taxTotal: '7.59' },
		});
		expect(await act('confirm', invoice.key)).toEqual(posted);
		const late = { key: invoice.key, changes: { lines: [kettles('9')] } };
		expect((await connect().update('invoice', [late]))[0]).toMatchObject({
			error: { name: 'ConflictError' },
		});
		// A company cancels posted customer invoices only where it says so in Tryton: by credit note otherwise.
		expect(await act('cancel', invoice.key)).toMatchObject({ error: { subject: { key: invoice.key } } });
		expect((await connect().get('invoice', [invoice.key])).get(invoice.key)?.state).toBe('posted');
	});

	it('bills the lines of its order, is changed as asked, and cancelled as a draft', async () => {
		const sale = await processedSale();
		const [first = 0] = (await linesOf(people(), [sale])).get(sale) ?? [];
		const order = String(sale);
		const upsert = async (lines: object[]) =>
			(
				await connect().upsert('invoice', [{ idempotencyKey: 'R-2', draft: draftOf({ order, lines }) }])
			)[0] as { value: Invoice };
		const { value: invoice } = await upsert([kettles('1')]);
		expect(invoice).toMatchObject({ order, lines: [{ orderLine: String(first), quantity: '1' }] });
		const named = kettles('2', { orderLine: String(first), description: 'Kettle, second hand' });
		const { value: changed } = await upsert([named]);
		expect(changed).toMatchObject({
			key: invoice.key,
			total: '39.98',
			lines: [{ ...named, line: invoice.lines[0]?.line }],
		});
		expect((await upsert([named])).value).toEqual(changed);
		expect(await act('cancel', invoice.key)).toMatchObject({ value: { state: 'cancelled' } });
	});

	it('of a supplier is posted, and cancelled again', async () => {
		const { key } = await made('R-3', draftOf({ kind: 'supplier', partner: { code: 'METAL' } }));
		expect(await act('confirm', key)).toMatchObject({ value: { kind: 'supplier', state: 'posted' } });
		expect(await act('cancel', key)).toMatchObject({ value: { state: 'cancelled' } });
	});

	it('is refused with every problem by field, and nothing is made', async () => {
		const lines = [
			kettles('1', { item: { code: 'NOBODY' } }),
			{ description: 'Postage', quantity: '1', unitPrice: '5' },
			kettles('1', { dimensions: { costCentre: 'CC-10' } }),
		];
		const refused = await create('R-4', draftOf({ partner: { code: 'NOBODY' }, lines: lines.slice(0, 2) }));
		expect(refused).toMatchObject({ error: { name: 'ValidationError' } });
		for (const part of ['partner.code', 'lines.0.item.code', 'lines.1.item']) {
			expect(String((refused as { error: Error }).error)).toContain(part);
		}
		const lost = await create('R-4', draftOf({ lines: [kettles('1'), lines[2]] }));
		expect(String((lost as { error: Error }).error)).toContain('lines.1.dimensions.costCentre');
		const strange = await create('R-4', draftOf({ order: '999999' }));
		expect(String((strange as { error: Error }).error)).toContain('lines.0.orderLine');
		expect(await people().search('account.invoice', Row, [['reference', '=', 'R-4']])).toEqual([]);
	});
});
