import { randomUUID } from 'node:crypto';

import type { Company } from '../../sandbox/company/company';
import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { until } from './harness/until';
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

const byKey = (value: string) => ({ __rl: true, mode: 'id', value });
const erp = (resource: string, operation: string, parameters: Record<string, unknown> = {}): NodeStep => ({
	node: 'erp',
	parameters: { system: 'sandbox', resource, operation, ...parameters },
});
const run = async (...steps: NodeStep[]): Promise<ManualRun> => await runByHand(host().api, steps);
/** The only item, of a run that has to succeed. */
const one = async (...steps: NodeStep[]): Promise<Record<string, unknown>> => {
	const { items, error } = await run(...steps);
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	return items[0] ?? {};
};

const line = { item: { code: 'TEC-AC-10003628' }, quantity: '2', unit: 'H87' };
/** For each document: its picker, a draft, the state after Confirm, and its service path. */
const documents: Array<[string, string, object, string]> = [
	['salesOrder', 'order', { partner: { code: 'C-1001', name: 'Claire Gute' }, lines: [line] }, 'confirmed'],
	['purchaseOrder', 'purchaseOrder', { partner: { code: 'S-2002' }, lines: [line] }, 'confirmed'],
	[
		'delivery',
		'delivery',
		{ order: 'SO-00000001', lines: [{ ...line, item: { code: 'FUR-BO-10001337' } }] },
		'done',
	],
	[
		'invoice',
		'invoice',
		{ kind: 'customer', order: 'SO-00000001', currency: 'CNY', lines: [{ ...line, unitPrice: '9.90' }] },
		'posted',
	],
];

test.each(documents)(
	'%s: created once for a key, read, changed on its revision only, confirmed, found by state, cancelled',
	async (resource, picker, draft, confirmed) => {
		const create = erp(resource, 'create', {
			record: JSON.stringify(draft),
			idempotencyKey: `web-${resource}`,
		});
		const made = await one(create);
		expect(made).toMatchObject({ ...draft, state: 'draft', revision: '1' });
		expect(await one(create)).toEqual(made);
		const key = byKey(String(made.key));
		expect(await one(erp(resource, 'get', { [picker]: key }))).toEqual(made);

		const change = { [picker]: key, record: '{"number":"N-1"}' };
		const stale = await run(erp(resource, 'update', { ...change, expectedVersion: '7' }));
		expect(stale).toMatchObject({ status: 'error', error: expect.stringMatching(/at version 1, not 7/) });
		const changed = await one(erp(resource, 'update', { ...change, expectedVersion: '1' }));
		expect(changed).toEqual({ ...made, number: 'N-1', revision: '2' });

		expect(await one(erp(resource, 'confirm', { [picker]: key, expectedVersion: '' }))).toMatchObject({
			state: confirmed,
			revision: '3',
		});
		const { items } = await run(
			erp(resource, 'getAll', { returnAll: true, filters: { state: confirmed, search: 'N-1' } }),
		);
		expect(items.map((item) => item.key)).toEqual([made.key]);

		const other = await one(
			erp(resource, 'upsert', {
				record: JSON.stringify(draft),
				idempotencyKey: `up-${resource}`,
				expectedVersion: '',
			}),
			erp(resource, 'cancel', {
				[picker]: byKey('={{ $json.key }}'),
				expectedVersion: '={{ $json.revision }}',
			}),
		);
		expect(other).toMatchObject({ state: 'cancelled' });
		const late = await run(
			erp(resource, 'confirm', { [picker]: byKey(String(other.key)), expectedVersion: '' }),
		);
		expect(late.error).toMatch(/is cancelled and cannot become/);
	},
);

test.each([
	['item', { code: 'FAN-1', name: 'Desk fan', baseUnit: 'H87' }, { name: 'Standing fan' }],
	['partner', { code: 'C-3001', name: '新客户', roles: ['customer'] }, { email: 'desk@example.com' }],
])('%s: made by an upsert, changed by the next, and no field is lost', async (resource, draft, change) => {
	const upsert = (record: object) =>
		erp(resource, 'upsert', { record: JSON.stringify(record), idempotencyKey: 'a', expectedVersion: '' });
	expect(await one(upsert(draft))).toMatchObject({ ...draft, revision: '1' });
	expect(await one(upsert(draft))).toMatchObject({ revision: '1' });
	const key = byKey(draft.code);
	const parameters = { [resource]: key, record: JSON.stringify(change), expectedVersion: '1' };
	expect(await one(erp(resource, 'update', parameters))).toMatchObject({
		...draft,
		...change,
		revision: '2',
	});
	expect(await one(erp(resource, 'get', { [resource]: key }))).toMatchObject({ ...draft, ...change });
});

test.each([
	['a field that no order has', { lines: [line], costumer: 'C-1' }, /costumer: is no field here/],
	[
		'a field that no line has',
		{ lines: [{ ...line, qty: '3' }] },
		/lines\.0\.qty: is no field here \(did you mean "quantity"\?\)/,
	],
	[
		'a negative quantity',
		{ lines: [{ ...line, quantity: '-2' }] },
		/lines\.0\.quantity: must not be negative/,
	],
	['an item that is unknown', { lines: [{ ...line, item: { code: 'NOPE' } }] }, /"NOPE"/],
	['no JSON', undefined, /is no JSON object/],
])('%s is refused by name and makes nothing', async (_what, draft, named) => {
	const before = company.erp.orderCount;
	const record = draft === undefined ? 'order 7' : JSON.stringify(draft);
	const { status, error } = await run(erp('salesOrder', 'create', { record, idempotencyKey: randomUUID() }));
	expect({ status, error }).toEqual({ status: 'error', error: expect.stringMatching(named) });
	expect(company.erp.orderCount).toBe(before);
});

test('each picker lists what the system has, and searches in it', async () => {
	const pickers: Array<[string, string, string]> = [
		['searchSalesOrders', 'SO-00000001', 'SO-00000001'],
		['searchPurchaseOrders', '苏州文汇', 'PO-00000002'],
		['searchErpItems', '无线鼠标', 'TEC-AC-10003628'],
		['searchPartners', '海尔森', 'C-1002'],
		['searchDeliveries', 'DN-00000001', 'DN-00000001'],
		['searchInvoices', 'INV-00000001', 'INV-00000001'],
	];
	for (const [methodName, filter, value] of pickers) {
		const { results } = await host().api.call<{ results: Array<{ value: string }> }>(
			'POST',
			'/rest/dynamic-node-parameters/resource-locator-results',
			{
				path: '/parameters/order',
				methodName,
				filter,
				nodeTypeAndVersion: { name: 'n8n-nodes-erp-bridge.erp', version: 1 },
				currentNodeParameters: { system: 'sandbox' },
				credentials: {
					[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
				},
			},
		);
		expect([methodName, results.map((entry) => entry.value)]).toEqual([
			methodName,
			expect.arrayContaining([value]),
		]);
	}
});

test("a form of the system's own fields is loaded, and makes the record; conditions find it", async () => {
	const { fields } = await host().api.call<{ fields: Array<{ id: string }> }>(
		'POST',
		'/rest/dynamic-node-parameters/resource-mapper-fields',
		{
			path: '/parameters/fields',
			methodName: 'loadRecordForm',
			nodeTypeAndVersion: { name: 'n8n-nodes-erp-bridge.erp', version: 1 },
			currentNodeParameters: { system: 'sandbox', resource: 'partner', operation: 'create' },
			credentials: {
				[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
			},
		},
	);
	const ids = fields.map(({ id }) => id);
	expect(ids).toEqual(expect.arrayContaining(['code', 'address.city', 'native.paymentTerms']));
	const made = await one(
		erp('partner', 'create', {
			recordFrom: 'fields',
			fields: {
				mappingMode: 'defineBelow',
				value: {
					code: 'S-7001',
					name: 'Form & Co',
					roles: '={{ ["supplier"] }}',
					'address.city': '苏州',
					'native.paymentTerms': 'net30',
				},
				matchingColumns: [],
				schema: fields,
			},
			idempotencyKey: 'by-form',
		}),
	);
	expect(made).toMatchObject({
		code: 'S-7001',
		roles: ['supplier'],
		address: { city: '苏州' },
		native: { paymentTerms: 'net30' },
	});
	const found = await one(
		erp('partner', 'getAll', {
			returnAll: true,
			filters: {},
			conditions: { condition: [{ field: 'native.paymentTerms', operator: 'is', value: 'net30' }] },
			fieldsToReturn: ['address.city'],
		}),
	);
	expect(found).toEqual({ code: 'S-7001', address: { city: '苏州' } });
});

/** A published workflow of the ERP Trigger alone; what it was given is read from its executions. */
async function watch(
	entity: string,
	events: string[],
): Promise<() => Promise<Array<Record<string, unknown>>>> {
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: `Watch ${randomUUID()}`,
		nodes: [
			{
				id: randomUUID(),
				name: 'Watch',
				type: 'n8n-nodes-erp-bridge.erpTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {
					system: 'sandbox',
					entity,
					events,
					interval: 1,
					startFrom: 'beginning',
					stateStore: 'sqlite',
					options: {},
				},
				credentials: {
					[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
				},
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	await api.publish(id);
	return async () => {
		const given: Array<Record<string, unknown>> = [];
		for (const { id: execution } of await api.executions({ workflowId: id, status: ['success', 'error'] })) {
			given.push(...itemsOf(await api.execution(execution), 'Watch'));
		}
		return given;
	};
}

test('ERP Trigger: the chosen events of the chosen entity, and no others', async () => {
	const { partners, purchases } = company.erp;
	const created = await watch('partner', ['created']);
	const cancelled = await watch('purchaseOrder', ['cancelled']);
	await until('the partners of the seed', async () => (await created()).length >= 9);
	partners.change('S-2001', { phone: '+49 40 1' });
	partners.create({ code: 'C-9001', name: 'Newcomer', roles: ['customer'] });
	const { record } = purchases.create({
		supplier: 'S-2001',
		lines: [{ item: 'TEC-AC-10003628', quantity: '3' }],
	});
	purchases.cancel(record.id);
	await until('the newcomer', async () => (await created()).some(({ subject }) => subject === 'C-9001'));
	await until('the cancellation', async () =>
		(await cancelled()).some(({ subject }) => subject === record.id),
	);
	const partnersGiven = await created();
	expect(new Set(partnersGiven.map(({ type }) => type))).toEqual(new Set(['erp-bridge.partner.created']));
	expect(partnersGiven.filter(({ subject }) => subject === 'S-2001')).toHaveLength(1);
	expect(new Set((await cancelled()).map(({ type }) => type))).toEqual(
		new Set(['erp-bridge.purchaseOrder.cancelled']),
	);
});
