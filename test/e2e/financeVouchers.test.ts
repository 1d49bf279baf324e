import { randomUUID } from 'node:crypto';

import type { Company } from '../../sandbox/company/company';
import type { Execution } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
let company: Company;

beforeAll(async () => {
	fixture = await quietCompany();
	({ company } = fixture);
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => await fixture.close());

type Item = Record<string, unknown>;

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const byKey = (value: string) => ({ __rl: true, mode: 'id', value });

/** One operation of the Finance node, by hand. */
async function finance(resource: string, operation: string, parameters: Item): Promise<Item[]> {
	const { items, error } = await runByHand(host().api, [
		{ node: 'finance', parameters: { resource, operation, stateStore: 'sqlite', ...parameters } },
	]);
	expect(error).toBeUndefined();
	return items;
}

/** Deliveries of the ERP are read, their vouchers drafted and booked. What each node puts out at each of its outputs. */
async function bookDeliveries(): Promise<Record<'Draft' | 'Book', Item[][]>> {
	const credentials = {
		[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
	};
	const nodes = [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
		{
			name: 'Deliveries',
			type: 'n8n-nodes-erp-bridge.erp',
			parameters: {
				system: 'sandbox',
				resource: 'delivery',
				operation: 'getAll',
				returnAll: true,
				filters: {},
				conditions: {},
				fieldsToReturn: [],
			},
			credentials,
		},
		{
			name: 'Draft',
			type: 'n8n-nodes-erp-bridge.finance',
			parameters: {
				resource: 'voucher',
				operation: 'draft',
				documentType: 'delivery',
				record: '={{ $json }}',
				documentSystem: 'sandbox-erp',
				entity: byKey('COMPANY'),
				ruleSet: byName('goods issue'),
				currency: '',
				stateStore: 'sqlite',
			},
		},
		{
			name: 'Book',
			type: 'n8n-nodes-erp-bridge.finance',
			parameters: {
				resource: 'voucher',
				operation: 'create',
				system: 'sandbox',
				voucher: '={{ $json }}',
				person: '',
				roles: '',
				stateStore: 'sqlite',
			},
			credentials,
		},
	].map((node, index) => ({ ...node, typeVersion: 1, id: randomUUID(), position: [index * 200, 0] }));
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1]?.name, type: 'main', index: 0 }]] },
			]),
	);
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: `Deliveries to vouchers ${randomUUID()}`,
		nodes,
		connections,
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	const execution = await api.finished(await api.run(id, 'Start'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return { Draft: outputsOf(execution, 'Draft'), Book: outputsOf(execution, 'Book') };
}

function outputsOf(execution: Execution, node: string): Item[][] {
	const [run] = execution.data.resultData.runData[node] ?? [];
	return (run?.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json));
}

/** What the ledger itself has of the ERP's deliveries. */
function bookedDeliveries() {
	return company.finance.entries
		.list({ limit: 1_000 })
		.filter(({ body }) => body.source?.type === 'delivery')
		.map(({ status, body }) => ({ status, ...body }));
}

function deliver(): string {
	const { record } = company.erp.deliveries.create({
		order: 'SO-00000001',
		lines: [{ item: 'FUR-BO-10001337', quantity: '1' }],
	});
	company.erp.deliveries.confirm(record.id);
	return record.id;
}

beforeAll(async () => {
	await finance('calendar', 'save', {
		calendarFrom: 'fields',
		calendars: {
			calendar: [{ name: 'Months', kind: 'calendarMonths', firstMonth: 1, yearNamedAfter: 'end' }],
		},
		entities: {
			entity: [
				{
					id: 'COMPANY',
					name: 'Company',
					calendar: 'Months',
					timeZone: 'Asia/Shanghai',
					parent: '',
					cutOff: '00:00',
				},
			],
		},
		by: 'ines.weber',
		saveReason: '',
	});
	const cost = 'line.quantity * line.unitCost';
	const line = (account: string, side: string) => ({
		account,
		side,
		amount: cost,
		per: 'line',
		withPartner: false,
		dimensions: {},
	});
	await finance('ruleSet', 'save', {
		ruleSetName: 'goods issue',
		rulesFrom: 'form',
		voucherRules: {
			rule: [
				{
					name: 'Goods issue',
					document: 'delivery',
					conditions: {},
					lines: { line: [line('6401', 'debit'), line('1405', 'credit')] },
					roundingAccount: '660309',
					journal: '',
				},
			],
		},
		dimensionRules: {
			rule: [
				{
					dimension: 'costCentre',
					documents: ['delivery'],
					accounts: '64*',
					conditions: {},
					required: true,
					defaultFrom: 'value',
					source: 'CC-200',
				},
			],
		},
	});
});

test("the ERP's deliveries become draft entries in the ledger, with cost centre; a replay makes none", async () => {
	const key = deliver();
	const first = await bookDeliveries();
	const [drafted = [], unmatched, refused = []] = first.Draft;
	const [created = [], existing, blocked] = first.Book;
	expect([unmatched, existing, blocked]).toEqual([[], [], []]);
	// Nothing is dropped: what has not left yet is refused with the reason.
	const done = company.erp.deliveries.list({ limit: 1_000 }).filter(({ status }) => status === 'done');
	expect(drafted).toHaveLength(done.length);
	expect(refused.every(({ reason }) => String(reason).includes('only what is done is posted'))).toBe(true);
	expect(created).toHaveLength(done.length);
	const entries = bookedDeliveries();
	expect(entries).toHaveLength(done.length);
	const entry = entries.find(({ source }) => source?.key === key);
	const cost = company.erp.deliveries.get(key)?.body.lines[0]?.unitCost;
	expect(entry).toMatchObject({
		status: 'draft',
		currency: 'CNY',
		source: { type: 'delivery', system: 'sandbox-erp', key },
	});
	expect(entry?.lines).toMatchObject([
		// The order's own cost centre, before the rule's default.
		{ account: '6401', dimensions: { costCentre: 'CC-100' } },
		{ account: '1405' },
	]);
	expect(Number(entry?.lines[0]?.debit)).toBe(Number(cost));
	expect(entry?.lines[1]?.credit).toBe(entry?.lines[0]?.debit);

	const again = await bookDeliveries();
	expect(again.Book.map((items) => items.length)).toEqual([0, done.length, 0]);
	expect(bookedDeliveries()).toHaveLength(done.length);
});

test('what a lock of the calendar forbids goes to its own output with the reason, and the ledger gets none of it', async () => {
	const before = bookedDeliveries().length;
	const key = deliver();
	const [saved] = await finance('period', 'get', { entity: byKey('COMPANY'), moment: '={{ $now.toISO() }}' });
	const { key: period } = (saved?.period ?? saved) as { key: string };
	await finance('period', 'close', {
		entity: byKey('COMPANY'),
		period: byKey(period),
		modules: ['stock'],
		by: 'ines.weber',
		reason: 'Stocktaking',
		roles: '',
	});
	const { Book } = await bookDeliveries();
	const [created, existing = [], blocked = []] = Book;
	expect([created, existing.length]).toEqual([[], before]);
	expect(blocked).toMatchObject([
		{
			key: `sandbox-erp/delivery/${key}`,
			reason: expect.stringContaining('ines.weber has closed for stock (Stocktaking)') as string,
			suggestedDate: expect.stringMatching(/-01$/) as string,
		},
	]);
	expect(bookedDeliveries()).toHaveLength(before);
});
