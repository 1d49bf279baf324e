import type { BridgeEvent } from '../../core/events/event';
import { eventOf, topicOf } from '../../core/events/event';
import type { ErpOrder, NewOrder } from '../../sandbox/company/erp/model';
import { canonicalOrder, erpSystem } from '../../sandbox/company/erp/erp';
import { disagreements, none } from './harness/agreement';
import { OrderPath } from './harness/orderPath';
import { paper, pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company);
});
afterAll(async () => await path.close());

function create(lines: NewOrder['lines'], status: NewOrder['status'] = 'confirmed'): ErpOrder {
	return path.company.erp.createOrder({ status, lines }).order;
}

async function reserved(order: string): Promise<Record<string, string>> {
	await path.answered(order);
	return path.held(order);
}

/** Publishes an event as a system would, and waits until the trigger is through with it. */
async function publish(event: BridgeEvent): Promise<void> {
	const client = await path.mqtt();
	await client.publishAsync(topicOf('erp', event), JSON.stringify(event), { qos: 1 });
	await until(`event ${event.id} to be finished`, () =>
		path.inbox.rows('event_id = ? AND state = ?', `${event.source} ${event.id}`, 'done').at(0),
	);
}

describe('an order in the ERP', () => {
	test('is reserved when it is new, in the codes of the warehouse', async () => {
		const { id } = create([{ item: pen.code, quantity: '5' }]);
		await path.answered(id);
		expect(path.company.warehouse.reservation(id)?.lines).toEqual([
			{ sku: pen.sku, requested: '5', reserved: '5', backOrder: '0' },
		]);
	});

	test('is reserved in pieces where it was sold in cartons; lines of one item are added up', async () => {
		const { id } = create([
			{ item: paper.code, quantity: '2', unit: 'XCT' },
			{ item: paper.code, quantity: '3' },
		]);
		expect(await reserved(id)).toEqual({ [paper.code]: String(2 * paper.carton + 3) });
	});

	test('holds more, less, and less again as it changes, and nothing once it is cancelled', async () => {
		const { erp } = path.company;
		const { id } = create([
			{ item: pen.code, quantity: '5' },
			{ item: paper.code, quantity: '10' },
		]);
		expect(await reserved(id)).toEqual({ [pen.code]: '5', [paper.code]: '10' });
		erp.patchOrder(id, { quantities: { '1': '9' } });
		expect(await reserved(id)).toEqual({ [pen.code]: '9', [paper.code]: '10' });
		erp.patchOrder(id, { quantities: { '1': '2' } });
		expect(await reserved(id)).toEqual({ [pen.code]: '2', [paper.code]: '10' });
		erp.patchOrder(id, { lines: [{ id: '2', item: paper.code, quantity: '10' }] });
		expect(await reserved(id)).toEqual({ [paper.code]: '10' });
		erp.cancelOrder(id);
		expect(await reserved(id)).toEqual({});
	});

	test('holds nothing while it is a draft, and keeps what it holds once it is done', async () => {
		const { erp } = path.company;
		const { id } = create([{ item: pen.code, quantity: '4' }], 'draft');
		await path.settled();
		expect(path.held(id)).toEqual({});
		erp.confirmOrder(id);
		expect(await reserved(id)).toEqual({ [pen.code]: '4' });
		erp.patchOrder(id, { status: 'done' });
		await path.settled();
		expect(path.held(id)).toEqual({ [pen.code]: '4' });
	});

	test('goes on back order for what is missing, and gets it when goods come in', async () => {
		const { erp, warehouse } = path.company;
		const [{ available } = { available: '0' }] = warehouse.stock([pen.sku]);
		const wanted = Number(available) + 20;
		const { id } = create([{ item: pen.code, quantity: String(wanted) }]);
		expect(await reserved(id)).toEqual({ [pen.code]: `${available}/${wanted}` });
		warehouse.adjustStock([{ sku: pen.sku, delta: '15' }]);
		expect(path.held(id)).toEqual({ [pen.code]: `${Number(available) + 15}/${wanted}` });
		erp.patchOrder(id, { quantities: { '1': '3' } });
		expect(await reserved(id)).toEqual({ [pen.code]: '3' });
	});

	test('changed many times at a stretch ends as it now is', async () => {
		const { erp } = path.company;
		const orders = Array.from({ length: 20 }, () => create([{ item: paper.code, quantity: '1' }]).id);
		for (let quantity = 2; quantity <= 11; quantity += 1) {
			for (const id of orders) erp.patchOrder(id, { quantities: { '1': String(quantity) } });
		}
		await path.settled();
		expect(orders.map((id) => path.held(id))).toEqual(orders.map(() => ({ [paper.code]: '11' })));
	});
});

describe('an event that comes again or late', () => {
	const revision = (order: string): number | undefined => path.company.warehouse.reservation(order)?.revision;
	const stateOf = (order: ErpOrder, sequence: number, quantity: string): BridgeEvent => {
		const record = canonicalOrder(order);
		return eventOf({
			system: erpSystem,
			entity: 'salesOrder',
			change: 'changed',
			key: order.id,
			sequence,
			changedAt: order.changedAt,
			record: { ...record, lines: record.lines.map((line) => ({ ...line, quantity })) },
		});
	};

	test('changes nothing when it is the same event again', async () => {
		const order = create([{ item: pen.code, quantity: '2' }]);
		await path.answered(order.id);
		const before = revision(order.id);
		await publish(stateOf(order, order.version, '2'));
		expect(revision(order.id)).toBe(before);
	});

	test('changes nothing when it tells of an older state, even under another identity', async () => {
		const order = create([{ item: pen.code, quantity: '2' }]);
		path.company.erp.patchOrder(order.id, { quantities: { '1': '3' } });
		expect(await reserved(order.id)).toEqual({ [pen.code]: '3' });
		const before = revision(order.id);
		await publish({ ...stateOf(order, 1, '2'), id: `late ${order.id}` });
		expect(revision(order.id)).toBe(before);
		expect(path.held(order.id)).toEqual({ [pen.code]: '3' });
	});

	test('changes nothing when the newest state asked for what was held already', async () => {
		const order = { ...create([{ item: pen.code, quantity: '2' }]), id: 'SO-by-hand' };
		await publish(stateOf(order, 1, '2'));
		await publish(stateOf(order, 3, '2'));
		await publish(stateOf(order, 2, '7'));
		expect(path.held(order.id)).toEqual({ [pen.code]: '2' });
	});

	test('changes nothing after a release by cancellation', async () => {
		const order = create([{ item: pen.code, quantity: '2' }]);
		path.company.erp.cancelOrder(order.id);
		expect(await reserved(order.id)).toEqual({});
		await publish({ ...stateOf(order, 1, '2'), id: `late ${order.id}` });
		expect(path.held(order.id)).toEqual({});
	});

	test('releases the reservation when the record is gone', async () => {
		const order = create([{ item: pen.code, quantity: '2' }]);
		expect(await reserved(order.id)).toEqual({ [pen.code]: '2' });
		await publish(
			eventOf({
				system: erpSystem,
				entity: 'salesOrder',
				change: 'deleted',
				key: order.id,
				sequence: order.version + 1,
				changedAt: order.changedAt,
			}),
		);
		expect(path.held(order.id)).toEqual({});
		path.company.erp.cancelOrder(order.id);
	});
});

test('in the end both systems agree, order by order', async () => {
	await path.settled();
	expect(disagreements(path)).toEqual(none);
	expect(path.inbox.rows("state = 'dead'")).toEqual([]);
});
