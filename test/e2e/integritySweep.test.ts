import type { ErpOrder, NewOrder } from '../../sandbox/company/erp/model';
import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { disagreements, none } from './harness/agreement';
import { OrderPath, template } from './harness/orderPath';
import { paper, pen, stock } from './harness/stockedCompany';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;
let sweep: string;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company);
	sweep = (await host().api.importWorkflow(await template('integrity-sweep/integrity-sweep.json'))).id;
});
afterAll(async () => await path.close());

interface Report {
	checked: number;
	summary: string;
	markdown: string;
	differences: Array<{ order: string; kind: string; before: string; after: string; reason: string }>;
}

async function run(): Promise<{ report: Report; execution: Execution }> {
	const { api } = host();
	const execution = await api.finished(await api.run(sweep, 'Run now'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	const [report] = itemsOf(execution, 'Report') as unknown as Report[];
	if (report === undefined) throw new Error('The sweep gave no report.');
	return { report, execution };
}

async function reservedOrder(lines: NewOrder['lines']): Promise<ErpOrder> {
	const { order } = path.company.erp.createOrder({ status: 'confirmed', lines });
	await path.answered(order.id);
	return order;
}

/** As somebody at the warehouse's own screen would: the reservation is changed, and the bridge is not told. */
function emptyAtTheWarehouse(order: string): void {
	const { warehouse } = path.company;
	const held = warehouse.reservation(order);
	const [answer] = warehouse.match([
		{
			order,
			sequence: held?.sequence ?? 0,
			expectedRevision: held?.revision,
			idempotencyKey: 'by hand',
			allowPartial: true,
			lines: [],
		},
	]);
	expect(answer).not.toHaveProperty('error');
	expect(path.held(order)).toEqual({});
}

/** What is wrong in the two systems themselves, whatever the bridge knows. */
function differences(): string[] {
	const { wrong, stock: stockProblems } = disagreements(path);
	return [...wrong, ...stockProblems];
}

test('what was broken on purpose is found, repaired and reported; both systems agree', async () => {
	const { api } = host();
	const { erp } = path.company;
	const pens = [{ item: pen.code, quantity: '5' }];
	const sound = await reservedOrder(pens);
	const lost = await reservedOrder(pens);
	const stale = await reservedOrder([{ item: pen.code, quantity: '2' }]);
	const leftOver = await reservedOrder(pens);
	const waiting = await reservedOrder([{ item: paper.code, quantity: '500', unit: 'XCT' }]);
	expect(differences()).toEqual([]);

	await api.unpublish(path.workflow);
	emptyAtTheWarehouse(lost.id);
	erp.patchOrder(stale.id, { quantities: { [stale.lines[0]?.id ?? '']: '3' } });
	erp.cancelOrder(leftOver.id);
	const { order: missed } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: pen.code, quantity: '1' }],
	});
	path.company.warehouse.match([
		{ order: 'WEB-1', sequence: 1, allowPartial: true, lines: [{ sku: pen.sku, quantity: '1' }] },
	]);
	expect(differences()).toHaveLength(4);

	const { report } = await run();
	expect(differences()).toEqual([]);
	expect(path.held(lost.id)).toEqual({ [pen.code]: '5' });
	expect(path.held(stale.id)).toEqual({ [pen.code]: '3' });
	expect(path.held(leftOver.id)).toEqual({});
	const kinds = Object.fromEntries(report.differences.map(({ order, kind }) => [order, kind]));
	expect(kinds).toMatchObject({
		[lost.id]: 'lost',
		[stale.id]: 'stale',
		[leftOver.id]: 'leftOver',
		[missed.id]: 'lost',
		'WEB-1': 'unknown',
	});
	expect(kinds).not.toHaveProperty([sound.id]);
	expect(path.held('WEB-1')).toEqual({ [pen.code]: '1' });
	expect(path.held(waiting.id)[paper.code]).toBe(`1000/${500 * paper.carton}`);

	const second = await run();
	expect(second.report.differences.map(({ order }) => order)).toEqual(['WEB-1']);

	// The events that the bus had kept back come after all, and change nothing any more.
	await api.publish(path.workflow);
	await path.settled();
	expect({ ...disagreements(path), appliedTwice: [] }).toEqual(none);
});

test('what cannot be repaired is reported with its reason, and the others are repaired all the same', async () => {
	const { erp } = path.company;
	await host().api.unpublish(path.workflow);
	erp.putItems([{ code: 'GHOST|<b>', gtin: '04006381333931', names: { en: 'Ghost' } }]);
	const { order: ghost } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: 'GHOST|<b>', quantity: '1' }],
	});
	const { order: good } = erp.createOrder({
		status: 'confirmed',
		lines: [{ item: pen.code, quantity: '4' }],
	});
	const { report } = await run();
	expect(path.held(good.id)).toEqual({ [pen.code]: '4' });
	expect(report.differences.find(({ order }) => order === ghost.id)).toMatchObject({
		kind: 'unrepaired',
		reason: expect.stringContaining('04006381333931'),
	});
	expect(report.markdown).toContain('GHOST\\|\\<b\\>');
	erp.cancelOrder(ghost.id);
	await host().api.publish(path.workflow);
	await path.settled();
});

test('the report speaks Chinese', async () => {
	const { api } = host();
	const { nodes } = await api.workflow(sweep);
	const settings = JSON.parse(
		JSON.stringify(nodes).replaceAll('"value":"en"', '"value":"zh-CN"'),
	) as typeof nodes;
	await api.updateWorkflow(sweep, { nodes: settings });
	expect((await run()).report.markdown).toContain('# 一致性巡检：订单与库存预留');
});
