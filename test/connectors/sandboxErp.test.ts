import { axiosTransport } from '../../connectors/http/axiosTransport';
import { SandboxErp } from '../../connectors/sandbox/sandboxErp';
import type { Change, ChangeCursor } from '../../core/ports/systemConnector';
import type { SalesOrder } from '../../core/model/salesOrder';
import { Item } from '../../core/model/item';
import { startCompany } from '../../sandbox/company/company';
import { apiKey, collect, quietCompany, temporaryFolder, type Fixture } from './sandboxFixture';

let fixture: Fixture;
const transport = axiosTransport();
const call = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, headers = {}) =>
	transport({
		method,
		url: fixture.company.addresses.erp + path,
		body,
		headers: { 'x-api-key': apiKey, ...headers },
	});

beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => {
	transport.close();
	await fixture.close();
});

async function changesSince(
	cursor?: ChangeCursor,
): Promise<{ changes: Array<Change<SalesOrder>>; cursor?: ChangeCursor }> {
	const changes: Array<Change<SalesOrder>> = [];
	let last = cursor;
	for await (const page of fixture.erp.changes('salesOrder', cursor)) {
		changes.push(...page.changes);
		last = page.cursor;
	}
	return { changes, cursor: last };
}

describe('reading', () => {
	test('the seeded items are canonical, each with a GTIN that has the right check digit', async () => {
		const items = await collect(fixture.erp.list('item', { pageSize: 7 }));
		expect(items.length).toBeGreaterThanOrEqual(40);
		for (const item of items) expect(Item.parse(item)).toEqual(item);
		expect(items.map(({ code }) => code)).toEqual(items.map(({ code }) => code).sort());
	});

	test('an item is found by its GTIN and by a Chinese name', async () => {
		const [item] = await collect(fixture.erp.list('item', { search: '无线鼠标' }));
		expect(item?.code).toBe('TEC-AC-10003628');
		const byGtin = await collect(fixture.erp.list('item', { gtins: [item?.gtin ?? '', '4006381333931'] }));
		expect(byGtin.map(({ code }) => code)).toEqual(['TEC-AC-10003628']);
	});

	test('an unknown key is absent, its neighbours are there', async () => {
		const [order] = fixture.company.erp.orders({ limit: 1 });
		const found = await fixture.erp.get('salesOrder', ['SO-unknown', order?.id ?? '']);
		expect([...found.keys()]).toEqual([order?.id]);
	});

	test('a search for a percent sign means a percent sign', async () => {
		expect(await collect(fixture.erp.list('salesOrder', { search: '%' }))).toEqual([]);
	});

	test('the description names each field of an order', async () => {
		const fields = await fixture.erp.describe('salesOrder');
		expect(fields).toContainEqual({ name: 'orderLine.quantity', type: 'string', required: true });
	});
});

describe('orders', () => {
	const newOrder = { lines: [{ item: 'TEC-AC-10003628', quantity: '2' }] };

	test('the same idempotency key makes one order', async () => {
		const before = fixture.company.erp.orderCount;
		const [first, second] = await Promise.all([
			call('POST', '/api/orders', newOrder, { 'idempotency-key': 'web-7' }),
			call('POST', '/api/orders', newOrder, { 'idempotency-key': 'web-7' }),
		]);
		expect([first.status, second.status].sort()).toEqual([200, 201]);
		expect(first.body).toEqual(second.body);
		expect(fixture.company.erp.orderCount).toBe(before + 1);
	});

	test('a change on an outdated version is refused and changes nothing', async () => {
		const { order } = fixture.company.erp.createOrder(newOrder);
		const changed = fixture.company.erp.patchOrder(order.id, { quantities: { '1': '5' } }, 1);
		const late = await call(
			'PATCH',
			`/api/orders/${order.id}`,
			{ quantities: { '1': '9' } },
			{ 'if-match': '"1"' },
		);
		expect(late.status).toBe(409);
		expect(fixture.company.erp.order(order.id)).toEqual(changed);
		expect(changed.version).toBe(2);
	});

	test('a line keeps its identifier when another before it goes', () => {
		const { erp } = fixture.company;
		const { order } = erp.createOrder({
			lines: [
				{ item: 'TEC-AC-10003628', quantity: '1' },
				{ item: 'OFF-PA-10000474', quantity: '1', unit: 'XCT' },
			],
		});
		const cut = erp.patchOrder(order.id, {
			lines: [
				{ id: '2', item: 'OFF-PA-10000474', quantity: '3', unit: 'XCT' },
				{ item: 'OFF-SU-10001574', quantity: '1' },
			],
		});
		expect(cut.lines.map(({ id, item }) => [id, item])).toEqual([
			['2', 'OFF-PA-10000474'],
			['3', 'OFF-SU-10001574'],
		]);
	});

	test('a carton whose size the ERP knows comes with its pieces, also after a change of quantity', async () => {
		const { erp } = fixture.company;
		const { order } = erp.createOrder({
			lines: [
				{ item: 'OFF-BI-10004140', quantity: '2', unit: 'XCT' },
				{ item: 'OFF-FA-10003059', quantity: '2', unit: 'XCT' },
			],
		});
		erp.patchOrder(order.id, { quantities: { '1': '3' } });
		const found = (await fixture.erp.get('salesOrder', [order.id])).get(order.id);
		expect(found?.lines).toMatchObject([
			{ quantity: '3', unit: 'XCT', baseQuantity: { quantity: '36', unit: 'H87' } },
			{ quantity: '2', unit: 'XCT' },
		]);
		expect(found?.lines[1]).not.toHaveProperty('baseQuantity');
	});

	test.each([
		['an unknown item', { lines: [{ item: 'NOPE', quantity: '1' }] }, 'NOPE'],
		['a negative quantity', { lines: [{ item: 'TEC-AC-10003628', quantity: '-1' }] }, 'lines.0.quantity'],
		[
			'a unit that the item is not sold in',
			{ lines: [{ item: 'FUR-BO-10001337', quantity: '1', unit: 'XCT' }] },
			'XCT',
		],
	])('%s is refused by name', async (_what, order, named) => {
		const response = await call('POST', '/api/orders', order);
		expect(response.status).toBe(422);
		expect(JSON.stringify(response.body)).toContain(named);
	});

	test('a cancelled order cannot be confirmed or changed any more', async () => {
		const { order } = fixture.company.erp.createOrder(newOrder);
		fixture.company.erp.cancelOrder(order.id);
		expect((await call('POST', `/api/orders/${order.id}/confirm`)).status).toBe(409);
		expect((await call('PATCH', `/api/orders/${order.id}`, { quantities: { '1': '9' } })).status).toBe(409);
		expect((await call('POST', `/api/orders/${order.id}/cancel`)).status).toBe(200);
	});

	test('a wrong order in a bulk call leaves its neighbours alone', async () => {
		const response = await call('POST', '/api/orders/bulk', {
			orders: [newOrder, { lines: [{ item: 'NOPE', quantity: '1' }] }, 'no order', newOrder],
		});
		const { results } = response.body as { results: object[] };
		expect(results.map((result) => Object.keys(result)[0])).toEqual(['order', 'error', 'error', 'order']);
	});
});

describe('changes', () => {
	test('of records that share a timestamp each is reported once, and none again in the next round', async () => {
		const { cursor: start } = await changesSince();
		const created = fixture.company.erp.createOrders(
			Array.from({ length: 900 }, () => ({ lines: [{ item: 'TEC-AC-10003628', quantity: '1' }] })),
		);
		const ids = created.flatMap((result) => ('order' in result ? [result.order.id] : []));
		const { changes, cursor } = await changesSince(start);
		expect(changes.map(({ key }) => key)).toEqual(ids);
		expect((await changesSince(cursor)).changes).toEqual([]);
	});

	test('an order that changes again is reported with its new version', async () => {
		const { cursor } = await changesSince();
		const [order] = fixture.company.erp.orders({ limit: 1 });
		const changed = fixture.company.erp.patchOrder(order?.id ?? '', {
			lines: [{ item: 'OFF-SU-10001574', quantity: '4' }],
		});
		const { changes } = await changesSince(cursor);
		expect(changes).toEqual([
			{
				key: changed.id,
				changedAt: changed.changedAt,
				version: changed.version,
				record: expect.objectContaining({ key: changed.id, state: changed.status }),
			},
		]);
	});

	test('a cursor from elsewhere is refused', async () => {
		await expect(changesSince('42')).rejects.toMatchObject({ name: 'ValidationError' });
	});
});

test('a wrong key is an authentication error that does not show the key', async () => {
	const stranger = new SandboxErp({ url: fixture.company.addresses.erp, apiKey: 'wrong-key-1', transport });
	const error = await stranger.check().catch((reason: unknown) => reason);
	expect(error).toMatchObject({ name: 'AuthenticationError', subject: { system: 'sandbox-erp' } });
	expect(JSON.stringify(error) + String(error)).not.toContain('wrong-key-1');
});

test('a company goes on where it stopped, and its folder serves one company at a time', async () => {
	const { folder, remove } = temporaryFolder();
	const options = {
		folder,
		apiKey,
		page: false,
		broker: { url: 'mqtt://127.0.0.1:1' },
		erp: { publish: false },
		wms: { publish: false },
	};
	const first = await startCompany(options);
	const { order } = first.erp.createOrder({ lines: [{ item: 'TEC-AC-10003628', quantity: '2' }] });
	await expect(startCompany(options)).rejects.toThrow('in use by another running sandbox');
	await first.close();
	const second = await startCompany(options);
	expect(second.erp.order(order.id)).toEqual(order);
	expect(second.erp.createOrder({ lines: [] }).order.id > order.id).toBe(true);
	await second.close();
	remove();
});
