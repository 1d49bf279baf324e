import axios from 'axios';

import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { OrderPath, template } from './harness/orderPath';
import { pen, stock } from './harness/stockedCompany';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;
let workflow: string;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company);
	const { api } = host();
	workflow = (await api.importWorkflow(await template('dead-letter-alert/dead-letter-alert.json'))).id;
	await api.publish(workflow);
});
afterAll(async () => await path.close());

interface Alert {
	title: string;
	text: string;
	open: number;
	new: number;
	letters: Array<{ position: number; reason: string; diedAt: string; replay: string }>;
}

async function check(): Promise<Alert | undefined> {
	const { api } = host();
	const execution: Execution = await api.finished(await api.run(workflow, 'Check now'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return itemsOf(execution, 'Alert')[0] as unknown as Alert | undefined;
}

/** An order of an item that the warehouse does not know yet: its event dies. */
async function deadOrder(code: string, gtin: string): Promise<string> {
	const { erp } = path.company;
	erp.putItems([{ code, gtin, names: { en: code } }]);
	const { order } = erp.createOrder({ status: 'confirmed', lines: [{ item: code, quantity: '2' }] });
	await until(`the event of ${order.id} to die`, () => dead(order.id));
	return order.id;
}

const dead = (order: string) => path.inbox.rows("state = 'dead' AND event_id LIKE ?", `%/${order}/%`).at(0);

/** Fills the form in as a browser does, from the link of an alert; resolves to the page at the end. */
async function fillIn(link: string, confirm: string, change: Record<string, string> = {}): Promise<string> {
	const page = await axios.get<string>(link, { proxy: false });
	expect(page.data).toContain('Replay a dead letter');
	const query = new URL(link).searchParams;
	const answers = { position: query.get('Position') ?? '', diedAt: query.get('Died at') ?? '', ...change };
	const form = new FormData();
	form.set('field-0', answers.position);
	form.set('field-1', answers.diedAt);
	form.set('field-2', confirm);
	const { formWaitingUrl } = (
		await axios.post<{ formWaitingUrl: string }>(link.split('?')[0] ?? '', form, { proxy: false })
	).data;
	let shown = '';
	await until(
		'the last page of the form',
		async () => {
			// n8n may never answer a page that is asked for before its execution waits.
			const answer = await axios
				.get<string>(formWaitingUrl, { proxy: false, validateStatus: () => true, timeout: 2_000 })
				.catch(() => undefined);
			shown = answer?.data ?? shown;
			return answer?.status === 200 && /未投递|已重新投递/.test(shown);
		},
		20_000,
	).catch((error: unknown) => {
		throw new Error(`${(error as Error).message} ${formWaitingUrl} shows: ${shown.slice(0, 300)}`);
	});
	return shown;
}

test('a dead letter is alerted once, with its reason; its link replays it when the cause is mended and it is confirmed', async () => {
	expect(await check()).toBeUndefined();
	const gtin = '04006381333931';
	const order = await deadOrder('NEW-ITEM', gtin);
	const alert = await check();
	expect(alert).toMatchObject({ open: 1, new: 1 });
	const [letter] = alert?.letters ?? [];
	expect(letter?.reason).toContain(gtin);
	expect(alert?.text).toContain(letter?.replay);
	expect(letter?.replay).toMatch(new RegExp(`^${host().n8n.url}/form/dead-letters\\?`));
	expect(await check()).toBeUndefined();

	path.company.warehouse.putItems([{ sku: 'W9-0001', gtin, names: { en: 'New' }, onHand: '10' }]);
	const link = letter?.replay ?? '';
	expect(await fillIn(link, 'No, leave it')).toContain('Nothing was replayed');
	expect(dead(order)).toBeDefined();
	expect(await fillIn(link, 'Yes, replay it', { diedAt: '2026-01-01T00:00:00.000Z' })).toContain(
		'no longer the one',
	);
	expect(dead(order)).toBeDefined();

	expect(await fillIn(link, 'Yes, replay it')).toContain('Handed over again');
	await path.answered(order);
	expect(path.company.warehouse.reservation(order)?.lines).toMatchObject([{ sku: 'W9-0001', reserved: '2' }]);
	expect(await fillIn(link, 'Yes, replay it')).toContain('There is no dead letter');
});

test('replayed without a cure it dies again, and is alerted again together with what is new', async () => {
	const order = await deadOrder('STILL-UNKNOWN', '04006381333948');
	const [first] = (await check())?.letters ?? [];
	expect(await fillIn(first?.replay ?? '', 'Yes, replay it')).toContain('Handed over again');
	await until('the event to die again', () => dead(order));
	const another = await deadOrder('ALSO-UNKNOWN', '04006381333955');
	const alert = await check();
	expect(alert).toMatchObject({ open: 2, new: 2 });
	expect(alert?.text).toContain(order);
	expect(alert?.text).toContain(another);
	// The link of the first alert is no longer good: it was made for the first death.
	expect(await fillIn(first?.replay ?? '', 'Yes, replay it')).toContain('no longer the one');
});

test('events that go well are no alert', async () => {
	const { order } = path.company.erp.createOrder({
		status: 'confirmed',
		lines: [{ item: pen.code, quantity: '1' }],
	});
	await path.answered(order.id);
	expect(await check()).toBeUndefined();
});
