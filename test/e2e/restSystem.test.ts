import { randomUUID } from 'node:crypto';

import { itemsOf } from '../../sandbox/n8n/api';
import {
	description,
	key,
	order,
	startJsonServer,
	type RunningJsonServer,
} from '../connectors/restJsonServer';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let server: RunningJsonServer;
/** Ids of n8n's own credentials, by their type. */
const credentials = new Map<string, { id: string; name: string }>();

beforeAll(async () => {
	server = await startJsonServer(Array.from({ length: 25 }, (_, index) => order(index + 1)));
	await credential('httpHeaderAuth', { name: 'x-key', value: key });
});
afterAll(async () => await server.close());

async function credential(type: string, data: Record<string, unknown>): Promise<void> {
	const name = `${type} ${randomUUID()}`;
	credentials.set(type, { name, id: await host().api.createCredential({ name, type, data }) });
}

async function run(
	parameters: Record<string, unknown>,
	described: object = description(server.url),
	authentication = 'httpHeaderAuth',
) {
	const { api } = host();
	const chosen = credentials.get(authentication);
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
	const erp = {
		name: 'ERP',
		type: 'n8n-nodes-erp-bridge.erp',
		typeVersion: 1,
		parameters: {
			system: 'rest',
			restAuthentication: authentication,
			restDescription: JSON.stringify(described),
			...parameters,
		},
		...(chosen === undefined ? {} : { credentials: { [authentication]: chosen } }),
	};
	const { id } = await api.importWorkflow({
		name: `REST ${randomUUID()}`,
		nodes: [start, erp].map((node, index) => ({ ...node, id: randomUUID(), position: [index * 200, 0] })),
		connections: { Start: { main: [[{ node: 'ERP', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	});
	const execution = await api.finished(await api.run(id, 'Start'));
	return { items: itemsOf(execution, 'ERP'), error: execution.data.resultData.error?.message };
}

const salesOrder = { resource: 'salesOrder' };
const all = { ...salesOrder, operation: 'getAll', returnAll: true, filters: {} };

test('the ERP node gets an order of json-server, and lists all over its pages', async () => {
	const one = await run({ ...salesOrder, operation: 'get', order: { __rl: true, mode: 'id', value: '7' } });
	expect(one.error).toBeUndefined();
	expect(one.items).toEqual([
		{
			key: '7',
			number: 'F-0007',
			state: 'draft',
			partner: { code: 'B1', name: 'Buyer 1' },
			lines: [{ line: '1', item: { code: 'PEN' }, quantity: '7', unit: 'H87' }],
		},
	]);
	const many = await run(all);
	expect(many.items.map((item) => item['key'])).toEqual(Array.from({ length: 25 }, (_, i) => String(i + 1)));
});

test('a wrong description is refused with the path of the field', async () => {
	const { error } = await run(all, { ...description(server.url), version: 9 });
	expect(error).toContain('The description is wrong: version');
});

test('Check says part by part what works', async () => {
	const { items } = await run({ resource: 'system', operation: 'check' });
	expect(items).toContainEqual({
		part: 'entities.salesOrder.mapping',
		result: 'works',
		detail: '10 of 10 records',
	});
	await credential('httpQueryAuth', { name: 'x-key', value: 'in the wrong place' });
	const refused = await run(
		{ resource: 'system', operation: 'check' },
		description(server.url),
		'httpQueryAuth',
	);
	expect(refused.items).toContainEqual(expect.objectContaining({ part: 'authentication', result: 'fails' }));
});

test('the ERP Trigger starts a workflow for an order that json-server has got since', async () => {
	const { api } = host();
	const listed = new Promise<void>((resolve) => {
		server.onList = () => resolve();
	});
	const trigger = {
		id: randomUUID(),
		name: 'Trigger',
		type: 'n8n-nodes-erp-bridge.erpTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			system: 'rest',
			restAuthentication: 'httpHeaderAuth',
			restDescription: JSON.stringify(description(server.url)),
			entity: 'salesOrder',
			interval: 1,
			startFrom: 'now',
			stateStore: 'sqlite',
			options: {},
		},
		credentials: { httpHeaderAuth: credentials.get('httpHeaderAuth') },
	};
	const end = {
		id: randomUUID(),
		name: 'End',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [200, 0],
		parameters: {},
	};
	const { id } = await api.importWorkflow({
		name: 'REST trigger',
		nodes: [trigger, end],
		connections: { Trigger: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	await api.publish(id);
	try {
		await listed;
		await requests(2);
		server.orders.push(order(26, '2026-03-01T08:00:01Z'));
		const execution = await eventually(async () => (await api.executions({ workflowId: id }))[0]);
		const items = itemsOf(await api.finished(execution.id), 'End');
		expect(items).toEqual([
			expect.objectContaining({
				subject: '26',
				type: 'erp-bridge.salesOrder.created',
				data: expect.objectContaining({ key: '26', number: 'F-0026', state: 'draft' }) as object,
			}),
		]);
	} finally {
		await api.unpublish(id);
	}
});

/** Resolves when the list was asked for so many times more: the look before the last has then ended. */
async function requests(count: number): Promise<void> {
	const before = server.orders.length;
	await new Promise<void>((resolve) => {
		let pages = 0;
		server.onList = () => {
			pages += 1;
			if (pages >= count * Math.ceil(before / 10) * 2) resolve();
		};
	});
}

async function eventually<T>(ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
	for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
		const answer = await ask();
		if (answer !== undefined) return answer;
	}
	throw new Error(`Nothing came within ${timeoutMs} ms.`);
}

test("n8n's own public API, with its key and cursor paging, is a system as well", async () => {
	const { api } = host();
	const { rawApiKey } = await api.call<{ rawApiKey: string }>('POST', '/rest/api-keys', {
		label: 'REST system',
		scopes: ['workflow:read', 'workflow:list'],
		expiresAt: null,
	});
	await credential('httpHeaderAuth', { name: 'X-N8N-API-KEY', value: rawApiKey });
	const described = {
		version: 1,
		system: 'n8n',
		baseUrl: `${api.url}/api/v1`,
		entities: {
			item: {
				list: {
					path: '/workflows',
					records: 'data',
					paging: {
						style: 'cursor',
						parameter: 'cursor',
						next: 'nextCursor',
						size: { parameter: 'limit', value: 2 },
					},
				},
				get: { path: '/workflows/{id}' },
				id: 'id',
				mapping: '{"name": name, "baseUnit": "H87"}',
			},
		},
		errors: { message: 'message' },
	};
	const { items, error } = await run({ resource: 'system', operation: 'check' }, described);
	expect(error).toBeUndefined();
	expect(items.map(({ part, result }) => [part, result])).toEqual([
		['address', 'works'],
		['authentication', 'works'],
		['entities.item.list', 'works'],
		['entities.item.list.paging', 'works'],
		['entities.item.id', 'works'],
		['entities.item.mapping', 'works'],
		['entities.item.get', 'works'],
	]);
	const listed = await run(
		{ resource: 'item', operation: 'getAll', returnAll: true, filters: {} },
		described,
	);
	const workflows = await api.workflows();
	expect(listed.error).toBeUndefined();
	expect(workflows.length).toBeGreaterThan(3);
	expect(new Set(listed.items.map(({ code }) => code))).toEqual(new Set(workflows.map(({ id }) => id)));
});
