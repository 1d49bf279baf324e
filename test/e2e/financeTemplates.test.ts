import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Big from 'big.js';

import { startCompany, type Company } from '../../sandbox/company/company';
import { spawnBroker } from '../../sandbox/company/spawnCompany';
import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, template } from './harness/orderPath';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let company: Company;
let folder: string;
let broker: Awaited<ReturnType<typeof spawnBroker>>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
	broker = await spawnBroker();
	company = await startCompany({
		folder,
		apiKey,
		page: false,
		broker: { url: broker.url },
		wms: { publish: false },
	});
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await company?.close();
	await broker?.close();
	await rm(folder, { recursive: true, force: true });
});

type Item = Record<string, unknown>;

/** Imports a template as it stands; `edit` changes what a user would change in its nodes. */
async function imported(name: string, edit: (json: string) => string = (json) => json): Promise<string> {
	const json = JSON.stringify(await template(`${name}/${name}.json`));
	return (await host().api.importWorkflow(JSON.parse(edit(json)) as Awaited<ReturnType<typeof template>>)).id;
}

async function run(workflow: string, trigger: string): Promise<Execution> {
	const { api } = host();
	const execution = await api.finished(await api.run(workflow, trigger));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

/** The ledger's entries of documents of a type, by the document's key. */
function entriesOf(type: string) {
	const all = company.finance.entries.list({ limit: 1_000 });
	const own = all.filter(({ body }) => body.source?.type === type);
	return new Map(own.map((record) => [record.body.source?.key ?? '', record]));
}

const count = () => company.finance.entries.list({ limit: 1_000 }).length;

/** A confirmed order of one line with its delivery, which is a draft. */
function delivery(item: string, quantity: string): { order: string; key: string } {
	const { erp } = company;
	const { order } = erp.createOrder({
		status: 'confirmed',
		customer: { code: 'C-1001', name: 'Claire Gute' },
		lines: [{ item, quantity }],
	});
	const lines = [{ item, quantity }];
	return { order: order.id, key: erp.deliveries.create({ order: order.id, lines }).record.id };
}

const shown = (lines: Array<{ account: string; debit: string; credit: string }>) =>
	lines.map(({ account, debit, credit }) => `${account} ${Number(debit)} ${Number(credit)}`);

const pen = 'OFF-AR-10004078';

describe('Delivery to voucher', () => {
	let workflow: string;
	beforeAll(async () => {
		workflow = await imported('delivery-to-voucher');
		await host().api.publish(workflow);
	});

	test('a delivery that is done is a draft entry at once: cost of goods against inventory', async () => {
		const { key } = delivery(pen, '40');
		company.erp.deliveries.confirm(key);
		const entry = await until('the entry of the delivery', () => entriesOf('delivery').get(key));
		const cost = new Big(company.erp.item(pen)?.cost ?? '0').times('40').toNumber();
		expect(entry).toMatchObject({ status: 'draft', body: { company: 'PLANT', currency: 'CNY' } });
		expect(shown(entry.body.lines)).toEqual([`6401 ${cost} 0`, `1405 0 ${cost}`]);
		expect(entry.body.lines[0]?.dimensions).toEqual({ costCentre: 'CC-200' });
	});

	test('an invoice that is posted debits the customer, and credits revenue and tax', async () => {
		const { record } = company.erp.invoices.create({
			kind: 'customer',
			partner: 'C-1001',
			lines: [{ item: pen, quantity: '10', price: '5.84' }],
		});
		company.erp.invoices.confirm(record.id);
		const entry = await until('the entry of the invoice', () => entriesOf('invoice').get(record.id));
		// 13 % of 58.40
		expect(shown(entry.body.lines)).toEqual(['1122 65.99 0', '6001 0 58.4', '222102 0 7.59']);
		expect(entry.body.lines[0]?.partner?.code).toBe('C-1001');
	});

	test('all that was saved before gets its entry too, and a replay makes no second one', async () => {
		const first = await run(workflow, 'Run for all');
		const done = company.erp.deliveries.list({ status: 'done' }).map(({ id }) => id);
		expect([...entriesOf('delivery').keys()].sort()).toEqual(done.sort());
		expect(itemsOf(first, 'Not booked')).toEqual([]);
		const before = count();
		const again = await run(workflow, 'Run for all');
		expect(count()).toBe(before);
		const statuses = itemsOf(again, 'Booked').map(({ status }) => status);
		expect(new Set(statuses)).toEqual(new Set(['already there']));
		expect(statuses).toHaveLength(done.length + 3);
	});

	test('a document that a rule cannot be applied to, and one that no rule fits, are listed with the reason', async () => {
		company.erp.putItems([{ code: 'NEW-1', names: { en: 'Sample without a cost' } }]);
		const { key } = delivery('NEW-1', '1');
		company.erp.deliveries.confirm(key);
		const refused = itemsOf(await run(workflow, 'Run for all'), 'Not booked');
		expect(refused).toEqual([
			expect.objectContaining({
				status: 'refused',
				document: `delivery ${key}`,
				reason: expect.stringContaining('unitCost'),
			}),
		]);
		expect(entriesOf('delivery').has(key)).toBe(false);

		const { record } = company.erp.invoices.create({
			kind: 'customer',
			partner: 'C-1001',
			lines: [{ item: pen, quantity: '1', price: '5' }],
		});
		await host().api.unpublish(workflow);
		company.erp.invoices.confirm(record.id);
		const withoutRule = await imported('delivery-to-voucher', (json) =>
			json.replace(
				'"document":"invoice","conditions":{}',
				'"document":"invoice","conditions":{"condition":[{"field":"total","operator":"above","value":"10"}]}',
			),
		);
		const unmatched = itemsOf(await run(withoutRule, 'Run for all'), 'Not booked');
		expect(unmatched).toContainEqual(
			expect.objectContaining({ status: 'unmatched', document: `invoice ${record.id}` }),
		);
		expect(entriesOf('invoice').has(record.id)).toBe(false);

		await run(workflow, 'Run for all');
		expect(entriesOf('invoice').has(record.id)).toBe(true);
		await host().api.publish(workflow);
	});
});

describe('Purchase order dimension gate', () => {
	const line = (dimensions?: Item) => ({ item: pen, quantity: '20', ...(dimensions ? { dimensions } : {}) });
	const order = (supplier: string, dimensions: Item, ...lines: Item[]) =>
		company.erp.purchases.create({ supplier, dimensions, lines }).record.id;

	test('defaults are written back and complete orders confirmed; incomplete ones stay drafts and are listed by field', async () => {
		const complete = order(
			'S-2001',
			{ costCentre: 'CC-100', project: 'P-001', sourceOfFunds: 'grant' },
			line(),
		);
		const filled = order('S-2003', { project: 'P-001' }, line(), line({ costCentre: 'CC-200' }));
		const incomplete = order('S-2001', {}, line({ project: 'P-001' }), line());
		const invalid = order('S-2001', { project: 'P-003' }, line());
		const workflow = await imported('purchase-order-dimension-gate');
		const refused = itemsOf(await run(workflow, 'Run for all'), 'Refused');

		const now = (id: string) => company.erp.purchases.get(id);
		expect(now(complete)).toMatchObject({
			status: 'confirmed',
			body: { dimensions: { costCentre: 'CC-100', project: 'P-001', sourceOfFunds: 'grant' } },
		});
		expect(now(filled)).toMatchObject({ status: 'confirmed' });
		expect(now(filled)?.body.lines.map(({ dimensions }) => dimensions)).toEqual([
			{ costCentre: 'CC-300', project: 'P-001', sourceOfFunds: 'operating' },
			{ costCentre: 'CC-200', project: 'P-001', sourceOfFunds: 'operating' },
		]);
		expect(now(incomplete)?.status).toBe('draft');
		expect(now(invalid)?.status).toBe('draft');
		const missing = Object.fromEntries(refused.map(({ order: key, missing: fields }) => [key, fields]));
		// The last order of the seed names no project either.
		expect(missing).toMatchObject({
			[incomplete]: ['lines.1.dimensions.project'],
			[invalid]: ['lines.0.dimensions.project'],
		});
		expect(Object.keys(missing)).not.toContain(complete);
		expect(refused.find(({ order: key }) => key === invalid)?.reason).toContain('until');
	});

	test('an order is looked at when it is saved, and again when somebody completes it', async () => {
		const workflow = await imported('purchase-order-dimension-gate');
		await host().api.publish(workflow);
		const id = order('S-2002', {}, line());
		await until('the order to be refused', async () => {
			const runs = await host().api.executions({ workflowId: workflow, status: ['success'] });
			for (const { id: execution } of runs)
				if (itemsOf(await host().api.execution(execution), 'Refused').some(({ order: key }) => key === id))
					return true;
			return false;
		});
		expect(company.erp.purchases.get(id)?.status).toBe('draft');
		company.erp.purchases.change(id, { dimensions: { project: 'P-002' } });
		await until('the order to be confirmed', () => company.erp.purchases.get(id)?.status === 'confirmed');
		expect(company.erp.purchases.get(id)?.body.lines[0]?.dimensions).toEqual({
			costCentre: 'CC-200',
			project: 'P-002',
			sourceOfFunds: 'operating',
		});
		await host().api.unpublish(workflow);
	});
});

describe('Monthly depreciation', () => {
	const perAsset = () => [...entriesOf('asset').values()];

	test("last month's depreciation is drafted once, and an asset without a rule is reported", async () => {
		const workflow = await imported('monthly-depreciation');
		const [report] = itemsOf(await run(workflow, 'Run now'), 'Report');
		const drafted = perAsset();
		expect(report).toMatchObject({ created: drafted.length, alreadyThere: 0 });
		expect(report?.open).toEqual([
			expect.objectContaining({ asset: 'FA-1006', why: 'refused', reason: expect.stringContaining('rule') }),
		]);
		// The van: straight line over 60 months, (286,000 - 14,300) / 60.
		const van = drafted.find(({ body }) => body.source?.key.startsWith('FA-1001/'));
		expect(van?.status).toBe('draft');
		expect(shown(van?.body.lines ?? [])).toEqual(['6602 4528.33 0', '1602 0 4528.33']);
		const lastMonth = new Date();
		lastMonth.setUTCDate(0);
		expect(new Set(drafted.map(({ body }) => body.date.slice(0, 7)))).toEqual(
			new Set([lastMonth.toISOString().slice(0, 7)]),
		);

		const [second] = itemsOf(await run(workflow, 'Run now'), 'Report');
		expect(second).toMatchObject({ created: 0, alreadyThere: drafted.length, differs: [] });
		expect(perAsset()).toHaveLength(drafted.length);
	});
});

describe('Costing comparison', () => {
	test('the difference of the two averages, movement by movement and as one figure', async () => {
		const { erp, warehouse } = company;
		// Bought at 10, then at 22, then at 30, and one sold between: the figures of Dynamics 365's example of the weighted average.
		erp.putItems([{ code: 'AVG-1', names: { en: 'Averaged' }, cost: '10' }]);
		const gtin = erp.item('AVG-1')?.gtin ?? '';
		warehouse.putItems([{ sku: 'W-AVG', gtin, names: { en: 'Averaged' }, onHand: '1' }]);
		const receive = (price: string) => {
			const order = erp.purchases.create({
				supplier: 'S-2001',
				lines: [{ item: 'AVG-1', quantity: '1', price }],
			}).record.id;
			const { receipt } = warehouse.receipts.create({
				reference: order,
				lines: [{ sku: 'W-AVG', quantity: '1' }],
				idempotencyKey: order,
			});
			warehouse.receipts.receive(receipt.id);
		};
		receive('22');
		const sale = warehouse.adjustStock([{ sku: 'W-AVG', delta: '-1' }]);
		expect(sale).toBeDefined();
		receive('30');

		const workflow = await imported('costing-comparison');
		const [report] = itemsOf(await run(workflow, 'Run now'), 'Report') as Array<Record<string, Item[]>>;
		const about = (items: Item[] = []) => items.filter(({ item }) => item === 'W-AVG');
		// Moving: (10 + 22) / 2 = 16. Periodic: (10 + 22 + 30) / 3 = 20.67, which is 4.67 more.
		expect(about(report?.periods)).toEqual([
			expect.objectContaining({
				site: 'sandbox-wms',
				movingAverage: '16.00',
				periodicAverage: '20.67',
				difference: '4.67',
			}),
		]);
		expect(about(report?.movements)).toHaveLength(1);
		expect(report?.markdown).toContain('4.67');
	});
});

describe('Month-end close', () => {
	interface Report {
		result: string;
		period: string;
		open: Array<{ check: string; record: string; reason: string }>;
		inLedger: Array<{ was: string; is: string }>;
		markdown: string;
	}
	const today = new Date().toISOString().slice(0, 10);
	/** The documents of the seed and of these tests are of today, so this month is closed. */
	const thisMonth = (json: string) =>
		json.replace('"name":"day","value":""', `"name":"day","value":"${today}"`);
	const close = async (workflow: string): Promise<Report> => {
		const [report] = itemsOf(await run(workflow, 'Run now'), 'Report') as unknown as Report[];
		if (report === undefined) throw new Error('The close gave no report.');
		return report;
	};
	const checks = ({ open }: Report) => [...new Set(open.map(({ check }) => check))];
	const ledgerPeriod = () => company.finance.periods.get(today.slice(0, 7))?.status;

	test('what is open is listed check by check and nothing is closed; when nothing is open, calendar and ledger are closed', async () => {
		const { erp, finance } = company;
		const workflow = await imported('month-end-close', thisMonth);
		const { record: bare } = finance.entries.create({
			company: 'PLANT',
			date: today,
			text: 'By hand',
			lines: [
				{ account: '6602', debit: '100' },
				{ account: '1002', credit: '100' },
			],
		});

		const first = await close(workflow);
		expect(first.result).toBe('open');
		expect(checks(first)).toEqual(['noVoucher', 'draft', 'dimension', 'depreciation']);
		// The sample without a cost, which no rule could post.
		expect(first.open.filter(({ check }) => check === 'noVoucher')).toHaveLength(1);
		expect(first.open).toContainEqual(
			expect.objectContaining({
				check: 'dimension',
				record: bare.id,
				reason: expect.stringContaining('costCentre'),
			}),
		);
		expect(
			first.open.filter(({ check, reason }) => check === 'depreciation' && reason.includes('rule')),
		).toHaveLength(1);
		expect(ledgerPeriod()).toBe('open');

		// Somebody does what the list says.
		erp.patchItem('NEW-1', { cost: '3' });
		const vouchers = await imported('delivery-to-voucher');
		const costed = delivery('NEW-1', '1');
		erp.deliveries.confirm(costed.key);
		await run(vouchers, 'Run for all');
		expect(entriesOf('delivery').has(costed.key)).toBe(true);
		const [{ record: uncosted } = { record: '' }] = first.open.filter(({ check }) => check === 'noVoucher');
		finance.entries.create({
			company: 'PLANT',
			date: today,
			source: { type: 'delivery', system: 'sandbox-erp', key: uncosted },
			lines: [
				{ account: '6401', debit: '3', dimensions: { costCentre: 'CC-200' } },
				{ account: '1405', credit: '3' },
			],
		});
		finance.assets.change('FA-1006', {
			rule: { method: 'straightLine', usefulLifeMonths: 60, convention: 'followingMonth' },
		});
		await run(await imported('monthly-depreciation', thisMonth), 'Run now');
		finance.entries.change(bare.id, {
			lines: [
				{ account: '6602', debit: '100', dimensions: { costCentre: 'CC-300' } },
				{ account: '1002', credit: '100' },
			],
		});
		const second = await close(workflow);
		expect(checks(second)).toEqual(['draft']);
		expect(ledgerPeriod()).toBe('open');

		for (const { id, status, body } of finance.entries.list({ limit: 1_000 }))
			if (status === 'draft' && body.period === today.slice(0, 7)) finance.entries.act(id, 'post');
		const third = await close(workflow);
		expect(third).toMatchObject({ result: 'closed', open: [], inLedger: [{ was: 'open', is: 'closed' }] });
		expect(ledgerPeriod()).toBe('closed');
		// What the ledger had closed before is as it was.
		expect(
			company.finance.periods
				.list({ limit: 100 })
				.filter(({ status }) => status === 'open')
				.map(({ id }) => id),
		).not.toContain(today.slice(0, 7));
		expect(await close(workflow)).toMatchObject({ result: 'closed', open: [], inLedger: [] });

		// What is saved now is blocked, and told when it may be posted.
		const late = delivery(pen, '1');
		erp.deliveries.confirm(late.key);
		const blocked = itemsOf(await run(vouchers, 'Run for all'), 'Not booked');
		expect(blocked).toContainEqual(
			expect.objectContaining({
				status: 'blocked',
				document: `delivery ${late.key}`,
				nextOpenDay: expect.stringMatching(/-01$/),
			}),
		);
		expect(entriesOf('delivery').has(late.key)).toBe(false);

		// Somebody opens the period again in the ledger alone.
		finance.periods.act(today.slice(0, 7), 'reopen');
		const drifted = await close(workflow);
		expect(drifted.result).toBe('open');
		expect(checks(drifted)).toEqual(['noVoucher', 'drift']);
	});

	test('the report speaks Chinese', async () => {
		const workflow = await imported('month-end-close', (json) =>
			thisMonth(json).replace('"name":"language","value":"en"', '"name":"language","value":"zh-CN"'),
		);
		expect((await close(workflow)).markdown).toContain('月结');
	});
});
