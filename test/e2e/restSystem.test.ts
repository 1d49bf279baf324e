import { randomUUID } from 'node:crypto';

import { itemsOf } from '../../sandbox/n8n/api';
import {
	description,
	key,
	order,
	startJsonServer,
	type RunningJsonServer,
} from '../connectors/restJsonServer';
import { client, startOAuthServer, type OAuthServer } from '../connectors/restOAuthServer';
import { startWarehouse, warehouseDescription } from '../connectors/restWarehouse';
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
	type = 'erp',
) {
	const { api } = host();
	const chosen = credentials.get(authentication);
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
	const erp = {
		name: 'ERP',
		type: `n8n-nodes-erp-bridge.${type}`,
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

test('a description is exported as a form and as JSON; pasted, the form reads the same orders', async () => {
	const exporting = { resource: 'system', operation: 'exportDescription' };
	const exported = (await run(exporting)).items[0] as { description: object; nodeWithForm: string };
	const { nodes } = JSON.parse(exported.nodeWithForm) as {
		nodes: Array<{ type: string; parameters: Record<string, unknown> }>;
	};
	const [{ type, parameters } = { type: '', parameters: {} }] = nodes;
	expect(type).toBe('n8n-nodes-erp-bridge.erp');
	expect(parameters).toMatchObject({ restDescribedIn: 'form', restSystemName: 'foreign-erp' });
	const listed = await run({ ...parameters, ...all });
	expect(listed.error).toBeUndefined();
	expect(listed.items).toHaveLength(25);
	const back = await run({ ...parameters, ...exporting });
	expect(back.items).toMatchObject([{ description: exported.description }]);
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

/** Publishes a workflow that begins with the trigger; what reaches its end once `strike` has happened. */
async function triggered(
	type: 'erpTrigger' | 'wmsTrigger',
	parameters: Record<string, unknown>,
	authentication: string,
	strike: () => Promise<void>,
): Promise<Array<Record<string, unknown>>> {
	const { api } = host();
	const chosen = credentials.get(authentication);
	const trigger = {
		id: randomUUID(),
		name: 'Trigger',
		type: `n8n-nodes-erp-bridge.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			system: 'rest',
			restAuthentication: authentication,
			interval: 1,
			startFrom: 'now',
			stateStore: 'sqlite',
			options: {},
			...parameters,
		},
		...(chosen === undefined ? {} : { credentials: { [authentication]: chosen } }),
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
		await strike();
		const execution = await eventually(async () => (await api.executions({ workflowId: id }))[0]);
		return itemsOf(await api.finished(execution.id), 'End');
	} finally {
		await api.unpublish(id);
	}
}

test('the ERP Trigger starts a workflow for an order that json-server has got since', async () => {
	const described = JSON.stringify(description(server.url));
	const items = await triggered(
		'erpTrigger',
		{ restDescription: described, entity: 'salesOrder' },
		'httpHeaderAuth',
		async () => {
			await new Promise<void>((listed) => {
				server.onList = () => listed();
			});
			await requests(2);
			server.orders.push(order(26, '2026-03-01T08:00:01Z'));
		},
	);
	expect(items).toEqual([
		expect.objectContaining({
			subject: '26',
			type: 'erp-bridge.salesOrder.created',
			data: expect.objectContaining({ key: '26', number: 'F-0026', state: 'draft' }) as object,
		}),
	]);
});

test('the ERP node creates an order of json-server once for its key, also when the answer is lost, and updates it', async () => {
	const record = {
		number: 'W-1',
		partner: { code: 'B1', name: 'Buyer 1' },
		lines: [{ item: { code: 'PEN' }, quantity: '3', unit: 'H87' }],
	};
	const create = {
		...salesOrder,
		operation: 'create',
		record: JSON.stringify(record),
		idempotencyKey: 'web-1',
	};
	server.cutAfterWrite = true;
	const first = await run(create);
	server.cutAfterWrite = false;
	expect(first.error).toBeUndefined();
	expect(first.items).toMatchObject([{ number: 'W-1', state: 'draft', lines: [{ quantity: '3' }] }]);
	expect((await run(create)).items).toEqual(first.items);
	expect(server.orders.filter(({ ref }) => ref === 'web-1')).toHaveLength(1);

	const changed = { ...record, lines: [{ ...record.lines[0], quantity: '5' }] };
	const upsert = { ...create, operation: 'upsert', record: JSON.stringify(changed), expectedVersion: '' };
	expect((await run(upsert)).items).toMatchObject([
		{ key: first.items[0]?.['key'], lines: [{ quantity: '5' }] },
	]);
	const update = await run({
		...salesOrder,
		operation: 'update',
		order: { __rl: true, mode: 'id', value: first.items[0]?.['key'] },
		record: '{"number": "W-2"}',
		expectedVersion: '',
	});
	expect(update.items).toMatchObject([{ number: 'W-2', lines: [{ quantity: '5' }] }]);
	expect(server.orders.filter(({ ref }) => ref === 'web-1')).toMatchObject([
		{ no: 'W-2', positions: [{ pos: 1, article: 'PEN', qty: 5 }] },
	]);
	server.orders.pop();
});

describe("n8n's OAuth2 credential, client credentials grant", () => {
	let oauth: OAuthServer;
	const grant = (clientSecret: string) => ({
		grantType: 'clientCredentials',
		accessTokenUrl: `${oauth.url}/oauth/token`,
		clientId: client.id,
		clientSecret,
		scope: 'orders',
		authentication: 'header',
	});
	beforeAll(async () => {
		oauth = await startOAuthServer(Array.from({ length: 12 }, (_, index) => order(index + 1)));
	});
	afterAll(() => oauth.close());

	test('reads with a token of oidc-provider, keeps it, and gets a new one when it has ended', async () => {
		await credential('oAuth2Api', grant(client.secret));
		const list = async () => await run(all, description(oauth.url), 'oAuth2Api');
		const first = await list();
		expect(first.error).toBeUndefined();
		expect(first.items).toHaveLength(12);
		await list();
		expect(await oauth.seen()).toMatchObject({ issued: 1, refused: 0 });
		await oauth.endTokens();
		expect((await list()).items).toHaveLength(12);
		expect(await oauth.seen()).toMatchObject({ issued: 2, refused: 1 });
	});

	test('goes on in a running trigger when the token has ended', async () => {
		const items = await triggered(
			'erpTrigger',
			{ restDescription: JSON.stringify(description(oauth.url)), entity: 'salesOrder' },
			'oAuth2Api',
			async () => {
				const { lists } = await oauth.seen();
				await eventually(async () => ((await oauth.seen()).lists > lists + 4 ? true : undefined));
				await oauth.endTokens();
				await oauth.add(order(13, '2026-03-01T08:00:01Z'));
			},
		);
		expect(items).toMatchObject([{ subject: '13', data: { number: 'F-0013' } }]);
	});

	test('with a wrong secret is refused in words', async () => {
		await credential('oAuth2Api', grant('of nobody'));
		const { error } = await run(all, description(oauth.url), 'oAuth2Api');
		expect(error).toBe('The OAuth2 server gives no token: invalid_client.');
	});
});

describe('json-server as a warehouse', () => {
	let warehouse: Awaited<ReturnType<typeof startWarehouse>>;
	beforeAll(async () => {
		warehouse = await startWarehouse();
	});
	afterAll(async () => await warehouse.close());
	const wms = async (parameters: Record<string, unknown>) =>
		await run(parameters, warehouseDescription(warehouse.url), 'none', 'wms');

	test('holds what an order asks for, whose item is known by its barcode, and gives it back', async () => {
		const match = async (sequence: number, state: string, quantity: string) =>
			await wms({
				resource: 'reservation',
				operation: 'match',
				orderFrom: 'fields',
				order: JSON.stringify({
					key: 'SO-9',
					state,
					lines: [{ line: '1', item: { code: 'E-1', gtin: '4006381333931' }, quantity, unit: 'H87' }],
				}),
				source: 'some-erp',
				sequence,
				allowPartial: true,
				stateStore: 'sqlite',
			});
		const first = await match(1, 'confirmed', '7');
		expect(first.error).toBeUndefined();
		expect(first.items).toMatchObject([{ order: 'SO-9', result: 'reserved', changed: true }]);
		expect((await match(1, 'confirmed', '7')).items).toMatchObject([{ changed: false }]);
		expect((await match(2, 'confirmed', '9')).items).toMatchObject([{ result: 'reserved', changed: true }]);
		expect(warehouse.holds).toMatchObject([{ id: 'SO-9', rev: 2, wants: [{ sku: 'W-PEN', qty: 9 }] }]);
		const shown = await wms({
			resource: 'reservation',
			operation: 'get',
			orderKey: { __rl: true, mode: 'id', value: 'SO-9' },
			key: { __rl: true, mode: 'id', value: 'SO-9' },
		});
		expect(shown.items).toMatchObject([{ order: 'SO-9', revision: '2', lines: [{ reserved: '9' }] }]);
		expect((await match(3, 'cancelled', '9')).items).toMatchObject([{ result: 'released' }]);
		expect(warehouse.holds).toMatchObject([{ id: 'SO-9', wants: [] }]);
	});

	test('tells its stock, and starts a workflow when it falls below a level', async () => {
		const stock = await wms({ resource: 'stockLevel', operation: 'getAll', returnAll: true, filters: {} });
		expect(stock.items).toEqual([{ item: 'W-PEN', onHand: '50', reserved: '0', available: '50' }]);
		const items = await triggered(
			'wmsTrigger',
			{
				restDescription: JSON.stringify(warehouseDescription(warehouse.url)),
				entity: 'stockLevel',
				startWhen: 'belowLevel',
				level: '10',
				measure: 'available',
			},
			'none',
			async () => {
				let looks = 0;
				await new Promise<void>((looked) => {
					warehouse.onBins = () => {
						if ((looks += 1) > 2) looked();
					};
				});
				Object.assign(warehouse.bins[0] ?? {}, { count: 9, modified: '2026-03-02T08:00:00.000Z' });
			},
		);
		expect(items).toMatchObject([{ subject: 'W-PEN', data: { available: '9' } }]);
	});
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
		['description', 'works'],
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
