import { runByHand, type NodeStep } from './harness/runNode';
import { OrderPath, template } from './harness/orderPath';
import { pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;
/** The workflow that reports to the ERP; the other one reserves. */
let reporting: string;

beforeAll(async () => {
	path = await OrderPath.start(host(), { company: { wms: { publish: true } } });
	stock(path.company);
	const { api } = host();
	({ id: reporting } = await api.importWorkflow(
		await template('stock-and-shipment-to-erp/stock-and-shipment-to-erp.json'),
	));
	await api.publish(reporting);
});
afterAll(async () => await path.close());

const inErp = () => path.company.figures.figure('stock', pen.code);
/** Topics of the events that the reporting workflow was given, each once. */
const given = (): string[] => path.inbox.rows("consumer LIKE ? || '/%'", reporting).map(({ topic }) => topic);
const done = (eventId: string) =>
	path.inbox.rows("state = 'done' AND event_id = ? AND consumer LIKE ? || '/%'", eventId, reporting).length >
	0;
const echoed = async (version: number): Promise<void> => {
	await until(
		`the ERP's event of its stock version ${version} to be through`,
		() => done(`/sandbox-erp sandbox-erp/stockLevel/${pen.code}/${version}`),
		30_000,
	);
};
const byHand = async (parameters: Record<string, unknown>) => {
	const step: NodeStep = {
		node: 'wms',
		parameters: { system: 'sandbox', resource: 'erpReport', stateStore: 'sqlite', ...parameters },
	};
	return await runByHand(host().api, [step]);
};

test('an order is reserved, shipped, and what left reaches the ERP; the echo ends there', async () => {
	const { erp, warehouse, figures } = path.company;
	const { id } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: pen.code, quantity: '30' }],
	}).order;
	await path.answered(id);
	const { shipment } = warehouse.shipments.create({ order: id });
	warehouse.shipments.ship(shipment.id);
	await echoed(1);
	await until('the delivered quantity', () => figures.delivered(id)[pen.code] === '30');
	expect(inErp()).toMatchObject({ quantities: { [pen.code]: '70' }, origin: 'sandbox-wms', version: 1 });

	// A later change is through: whatever the first one set off has come to its end.
	warehouse.adjustStock([{ sku: pen.sku, delta: '-5' }]);
	await echoed(2);
	expect(given().sort()).toEqual(
		[
			`erp/sandbox-wms/shipment/created/${shipment.id}`,
			`erp/sandbox-wms/shipment/changed/${shipment.id}`,
			`erp/sandbox-wms/stockLevel/changed/${pen.sku}`,
			`erp/sandbox-wms/stockLevel/changed/${pen.sku}`,
			`erp/sandbox-erp/stockLevel/created/${pen.code}`,
			`erp/sandbox-erp/stockLevel/changed/${pen.code}`,
		].sort(),
	);
	expect(inErp()).toMatchObject({ quantities: { [pen.code]: '65' }, version: 2 });
	expect(erp.order(id)?.version).toBe(1);
	expect(warehouse.reservation(id)).toMatchObject({ revision: 2, lines: [] });
	expect(warehouse.ledger.movements({ sku: pen.sku }).map(({ delta }) => delta)).toEqual([
		'100',
		'-30',
		'-5',
	]);
});

test('n8n killed while goods leave: nothing is lost, nothing is booked twice', async () => {
	const { erp, warehouse, figures } = path.company;
	const orders = Array.from(
		{ length: 5 },
		() => erp.createOrder({ status: 'confirmed', lines: [{ item: pen.code, quantity: '2' }] }).order.id,
	);
	for (const order of orders) await path.answered(order);
	for (const [index, order] of orders.entries()) {
		warehouse.shipments.ship(warehouse.shipments.create({ order }).shipment.id);
		if (index === 2) await host().stop('SIGKILL');
	}
	await host().restart();
	await until('all delivered quantities', () =>
		orders.every((order) => figures.delivered(order)[pen.code] === '2'),
	);
	await until('the stock', () => inErp()?.quantities[pen.code] === '55');
	const { shipments } = warehouse;
	for (const { id } of shipments.list()) expect(figures.figure('delivered', id)?.version).toBe(1);
});

test('both sides changed at once: listed, not overwritten, and settled by a person', async () => {
	const { warehouse, figures } = path.company;
	const before = inErp()?.version ?? 0;
	await echoed(before);
	figures.write('stock', pen.code, { quantities: { [pen.code]: '99' } });
	warehouse.adjustStock([{ sku: pen.sku, onHand: '50' }]);
	await until('the conflict with the warehouse value', async () => {
		const { items } = await byHand({ operation: 'getConflicts' });
		return (items as Array<{ ownerValue: Record<string, string> }>).some(
			({ ownerValue }) => ownerValue[pen.code] === '50',
		);
	});
	expect((await byHand({ operation: 'getConflicts' })).items).toMatchObject([
		{
			system: 'sandbox-erp',
			kind: 'stock',
			key: pen.code,
			fieldGroup: 'stock on hand',
			owner: 'wms',
			ownerValue: { [pen.code]: '50' },
			otherValue: { [pen.code]: '99' },
			agreed: { [pen.code]: '55' },
		},
	]);
	expect(inErp()?.quantities).toEqual({ [pen.code]: '99' });
	const settled = await byHand({ operation: 'resolveConflict', kind: 'stock', key: pen.code, keep: 'owner' });
	expect(settled).toMatchObject({ status: 'success', items: [{ quantities: { [pen.code]: '50' } }] });
	expect(inErp()?.quantities).toEqual({ [pen.code]: '50' });
	expect((await byHand({ operation: 'getConflicts' })).items).toEqual([]);
	expect(path.inbox.rows("state = 'dead'")).toEqual([]);
});
