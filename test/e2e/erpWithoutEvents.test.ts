import { disagreements } from './harness/agreement';
import { OrderPath, template } from './harness/orderPath';
import { paper, pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;

/** The ERP publishes nothing: one workflow looks for its changes and makes events of them, another one reserves. */
beforeAll(async () => {
	path = await OrderPath.start(host(), { company: { erp: { publish: false } } });
	stock(path.company);
	await publishCapture();
	await until('the first look at the ERP', () => path.inbox.hasLooked('sandbox-erp'));
});
afterAll(async () => await path.close());

let capture: string;
async function publishCapture(): Promise<void> {
	const { api } = host();
	({ id: capture } = await api.importWorkflow(
		await template('erp-changes-to-event-bus/erp-changes-to-event-bus.json'),
	));
	await api.publish(capture);
}

test('an order of an ERP without events is reserved, changed and cancelled like any other', async () => {
	const { erp } = path.company;
	const { id } = erp.createOrder({
		status: 'confirmed',
		lines: [
			{ item: pen.code, quantity: '5' },
			{ item: paper.code, quantity: '2', unit: 'XCT' },
		],
	}).order;
	await path.answered(id);
	expect(path.held(id)).toEqual({ [pen.code]: '5', [paper.code]: String(2 * paper.carton) });
	erp.patchOrder(id, { quantities: { '1': '8' } });
	await path.answered(id);
	expect(path.held(id)).toEqual({ [pen.code]: '8', [paper.code]: String(2 * paper.carton) });
	erp.cancelOrder(id);
	await path.answered(id);
	expect(path.held(id)).toEqual({});
});

test('orders changed while n8n is away are found and published when it is back', async () => {
	const { erp } = path.company;
	const [changed, cancelled] = ['3', '4'].map(
		(quantity) => erp.createOrder({ status: 'confirmed', lines: [{ item: pen.code, quantity }] }).order.id,
	) as [string, string];
	await path.answered(changed);
	await path.answered(cancelled);
	await host().stop('SIGKILL');
	erp.patchOrder(changed, { quantities: { '1': '6' } });
	erp.patchOrder(changed, { quantities: { '1': '7' } });
	erp.cancelOrder(cancelled);
	const { id: created } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: pen.code, quantity: '9' }],
	}).order;
	await host().restart();
	for (const id of [changed, cancelled, created]) await path.answered(id);
	expect([changed, cancelled, created].map((id) => path.held(id))).toEqual([
		{ [pen.code]: '7' },
		{},
		{ [pen.code]: '9' },
	]);
});

test('in the end both systems agree', () => {
	const { wrong, appliedTwice, stock: stockProblems } = disagreements(path);
	expect({ wrong, appliedTwice, stockProblems }).toEqual({ wrong: [], appliedTwice: [], stockProblems: [] });
	expect(path.inbox.rows("state = 'dead'")).toEqual([]);
});
