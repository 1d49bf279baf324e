import type { CompanyAddresses } from '../../sandbox/company/options';
import type { CredentialInput } from '../../sandbox/n8n/api';
import { brokerCredential, credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { spawnBroker, type SpawnedBroker } from '../../sandbox/company/spawnCompany';
import { apiKey, OrderPath } from './harness/orderPath';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { paper, pen, stock } from './harness/stockedCompany';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let path: OrderPath;
/** An order that is reserved when the tests begin. */
let order: string;

beforeAll(async () => {
	path = await OrderPath.start(host());
	stock(path.company);
	order = path.company.erp.createOrder({
		status: 'confirmed',
		customer: { code: 'C-7', name: 'Claire Gute' },
		lines: [
			{ item: pen.code, quantity: '5' },
			{ item: paper.code, quantity: '1', unit: 'XCT' },
		],
	}).order.id;
	await path.answered(order);
});
afterAll(async () => await path.close());

const run = async (steps: NodeStep[], input?: Record<string, unknown>): Promise<ManualRun> =>
	await runByHand(host().api, steps, input);
const byKey = (value: string) => ({ __rl: true, mode: 'id', value });
const erp = (parameters: Record<string, unknown>): NodeStep => ({
	node: 'erp',
	parameters: { system: 'sandbox', resource: 'salesOrder', ...parameters },
});
const wms = (parameters: Record<string, unknown>): NodeStep => ({
	node: 'wms',
	parameters: { system: 'sandbox', stateStore: 'sqlite', ...parameters },
});
const eventBus = (parameters: Record<string, unknown>): NodeStep => ({
	node: 'eventBus',
	parameters: { stateStore: 'sqlite', options: {}, ...parameters },
});

describe('ERP', () => {
	test('gets one sales order', async () => {
		const { items } = await run([erp({ operation: 'get', order: byKey(order) })]);
		expect(items).toEqual([
			expect.objectContaining({
				key: order,
				state: 'confirmed',
				partner: { code: 'C-7', name: 'Claire Gute' },
			}),
		]);
	});

	test('names the order and the system when there is none', async () => {
		const { status, error } = await run([erp({ operation: 'get', order: byKey('SO-none') })]);
		expect({ status, error }).toEqual({
			status: 'error',
			error: 'sandbox-erp has no sales order "SO-none".',
		});
	});

	test('gets many, by text and by the time of the change', async () => {
		const all = { operation: 'getAll', returnAll: true };
		const found = async (filters: Record<string, string>) =>
			(await run([erp({ ...all, filters })])).items.map(({ key }) => key);
		expect(await found({})).toEqual([order]);
		expect(await found({ search: 'Claire' })).toEqual([order]);
		expect(await found({ search: 'nobody' })).toEqual([]);
		expect(await found({ changedSince: '2001-01-01T00:00:00Z' })).toEqual([order]);
		expect(await found({ changedSince: '2999-01-01T00:00:00Z' })).toEqual([]);
		expect((await run([erp({ ...all, filters: { changedSince: 'soon' } })])).error).toContain('"soon"');
	});
});

describe('WMS', () => {
	const reservation = { resource: 'reservation', operation: 'get', orderKey: byKey('') };

	test('gets stock levels, one or many', async () => {
		const level = { item: pen.sku, onHand: '100', reserved: '5', available: '95' };
		const one = await run([wms({ resource: 'stockLevel', operation: 'get', item: byKey(pen.sku) })]);
		expect(one.items).toEqual([level]);
		const many = await run([wms({ resource: 'stockLevel', operation: 'getAll', returnAll: true })]);
		expect(many.items).toEqual([level, expect.objectContaining({ item: paper.sku, reserved: '12' })]);
		const limited = await run([
			wms({ resource: 'stockLevel', operation: 'getAll', returnAll: false, limit: 1 }),
		]);
		expect(limited.items).toEqual([level]);
	});

	test('gets what is held for an order', async () => {
		const { items } = await run([wms({ ...reservation, orderKey: byKey(order) })]);
		expect(items).toEqual([
			expect.objectContaining({
				order,
				lines: [
					{ item: pen.sku, requested: '5', reserved: '5' },
					{ item: paper.sku, requested: '12', reserved: '12' },
				],
			}),
		]);
	});

	test('matches an order given by fields, whole or not at all where partial reservation is off', async () => {
		const lines = [{ line: '1', item: { code: pen.code, gtin: pen.gtin }, quantity: '500', unit: 'H87' }];
		const match = (key: string, allowPartial: boolean): NodeStep =>
			wms({
				resource: 'reservation',
				operation: 'match',
				orderFrom: 'fields',
				order: JSON.stringify({ key, state: 'confirmed', lines }),
				source: 'sandbox-erp',
				sequence: 1,
				allowPartial,
			});
		const whole = await run([match('BY-HAND-1', false)]);
		expect(whole.items).toEqual([expect.objectContaining({ result: 'backOrder', changed: true })]);
		const partial = await run([match('BY-HAND-2', true)]);
		expect(partial.items).toEqual([
			expect.objectContaining({
				result: 'partial',
				lines: [{ item: pen.sku, requested: '500', reserved: '95', backOrder: '405' }],
			}),
		]);
	});

	test('releases all that is held for an order, and its next change reserves again', async () => {
		const { id } = path.company.erp.createOrder({
			status: 'confirmed',
			lines: [{ item: paper.code, quantity: '7' }],
		}).order;
		await path.answered(id);
		const release = wms({ ...reservation, operation: 'release', orderKey: byKey(id) });
		expect((await run([release])).items).toEqual([expect.objectContaining({ order: id, changed: true })]);
		expect(path.held(id)).toEqual({});
		expect((await run([release])).items).toEqual([expect.objectContaining({ order: id, changed: false })]);
		path.company.erp.patchOrder(id, { quantities: { '1': '4' } });
		await path.answered(id);
		expect(path.held(id)).toEqual({ [paper.code]: '4' });
	});

	test('names the order when nothing is held for it', async () => {
		const { error } = await run([wms({ ...reservation, orderKey: byKey('SO-none') })]);
		expect(error).toBe('sandbox-wms holds no reservation for order "SO-none".');
	});
});

describe('Event Bus', () => {
	const fields = {
		resource: 'event',
		operation: 'publish',
		eventFrom: 'fields',
		systemName: 'sandbox-erp',
		entity: 'salesOrder',
		change: 'created',
		key: 'BY-HAND-3',
		sequence: 1,
	};

	test('publishes a record as an event, which is reserved', async () => {
		const record = {
			key: 'BY-HAND-3',
			state: 'confirmed',
			lines: [{ line: '1', item: { code: paper.code, gtin: paper.gtin }, quantity: '3', unit: 'XCT' }],
		};
		const { items } = await run([eventBus({ ...fields, record: JSON.stringify(record) })]);
		expect(items).toEqual([
			expect.objectContaining({
				status: 'published',
				topic: 'erp/sandbox-erp/salesOrder/created/BY-HAND-3',
			}),
		]);
		await path.settled();
		expect(path.held('BY-HAND-3')).toEqual({ [paper.code]: '36' });
	});

	test('refuses a record that is not canonical, naming its field', async () => {
		const record = { key: 'BY-HAND-4', state: 'confirmed', lines: [{ line: '1', quantity: 3 }] };
		const { status, error } = await run([
			eventBus({ ...fields, key: 'BY-HAND-4', record: JSON.stringify(record) }),
		]);
		expect(status).toBe('error');
		expect(error).toContain('data.lines.0.quantity');
		expect(error).toContain('data.lines.0.item');
	});

	test('keeps events while the broker is away, and sends them when it is back', async () => {
		const away = await spawnBroker();
		const port = Number(new URL(away.url).port);
		await away.kill();
		let back: SpawnedBroker | undefined;
		const broker = (url: string) => ({
			...brokerCredential,
			...credentialData(brokerCredential.id, { ...path.company.addresses, broker: { url } }),
		});
		await host().api.setCredential(broker(away.url));
		try {
			const record = { key: 'BY-HAND-5', state: 'draft', lines: [] };
			const published = await run([
				eventBus({
					...fields,
					key: 'BY-HAND-5',
					record: JSON.stringify(record),
					options: { patience: 0.2 },
				}),
			]);
			expect(published.items).toEqual([
				expect.objectContaining({ status: 'queued', reason: expect.stringContaining('reached') as string }),
			]);
			const outbox = eventBus({ resource: 'outbox', operation: 'get' });
			const state = async () => (await run([outbox])).items;
			expect(await state()).toEqual([expect.objectContaining({ broker: away.url, waiting: 1 })]);
			back = await spawnBroker({ ports: { broker: port } });
			await expect(eventually(async () => (await state())[0]?.['waiting'], 0)).resolves.toBe(0);
		} finally {
			await host().api.setCredential(broker(path.brokerUrl));
			await back?.close();
		}
	});
});

function credentialData(wanted: string, addresses: CompanyAddresses): Pick<CredentialInput, 'data'> {
	const { data = {} } = credentialsFor(addresses, apiKey).find(({ id }) => id === wanted) ?? {};
	return { data };
}

/** Asks until the answer is the expected one; returns the last answer. */
async function eventually<T>(ask: () => Promise<T>, expected: T, timeoutMs = 30_000): Promise<T> {
	for (const deadline = Date.now() + timeoutMs; ; ) {
		const answer = await ask();
		if (answer === expected || Date.now() > deadline) return answer;
	}
}

describe('a picker', () => {
	const pick = async (
		node: string,
		methodName: string,
		field: string,
		parameters: Record<string, unknown>,
		filter?: string,
	): Promise<Array<{ name: string; value: string }>> => {
		const { results } = await host().api.call<{ results: Array<{ name: string; value: string }> }>(
			'POST',
			'/rest/dynamic-node-parameters/resource-locator-results',
			{
				path: `parameters.${field}`,
				methodName,
				nodeTypeAndVersion: { name: `n8n-nodes-erp-bridge.${node}`, version: 1 },
				currentNodeParameters: { system: 'sandbox', ...parameters },
				credentials: { [sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name } },
				...(filter === undefined ? {} : { filter }),
			},
		);
		return results;
	};
	const reservations = { resource: 'reservation', operation: 'get' };

	test('lists sales orders with customer and state, and finds them by text', async () => {
		const orders = await pick('erp', 'searchSalesOrders', 'order', {
			resource: 'salesOrder',
			operation: 'get',
		});
		expect(orders).toContainEqual(
			expect.objectContaining({ name: `${order} · Claire Gute · confirmed`, value: order }),
		);
		const found = await pick('erp', 'searchSalesOrders', 'order', {}, 'nobody of that name');
		expect(found).toEqual([]);
	});

	test('lists reservations', async () => {
		expect(await pick('wms', 'searchReservations', 'orderKey', reservations)).toContainEqual(
			expect.objectContaining({ name: `${order} · 2 items`, value: order }),
		);
		const found = await pick('wms', 'searchReservations', 'orderKey', reservations, order.slice(3));
		expect(found.map(({ value }) => value)).toEqual([order]);
	});

	test('lists items with code and name, and finds them by name', async () => {
		const level = { resource: 'stockLevel', operation: 'get' };
		const items = await pick('wms', 'searchItems', 'item', level);
		expect(items.map(({ name }) => name)).toEqual([`${pen.sku} · Pen`, `${paper.sku} · Paper`]);
		const found = await pick('wms', 'searchItems', 'item', level, 'pap');
		expect(found.map(({ value }) => value)).toEqual([paper.sku]);
	});
});

describe('the test of a credential', () => {
	const verdict = async (
		credential: { id: string; name: string; type: string },
		change: Record<string, unknown>,
	): Promise<{ status: string; message: string }> => {
		const { data } = credentialData(credential.id, path.company.addresses);
		return await host().api.call('POST', '/rest/credentials/test', {
			credentials: { ...credential, data: { ...data, ...change } },
		});
	};

	test('of the sandbox company succeeds, and fails with a wrong key or address', async () => {
		expect(await verdict(sandboxCredential, {})).toMatchObject({ status: 'OK' });
		expect(await verdict(sandboxCredential, { apiKey: 'wrong' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/X-Api-Key|authori|401/i) as string,
		});
		expect(await verdict(sandboxCredential, { erpUrl: 'http://127.0.0.1:1' })).toMatchObject({
			status: 'Error',
		});
	});

	test('of the broker succeeds, and fails with a wrong password or port', async () => {
		const strict = await spawnBroker({ broker: { embedded: true, username: 'n8n', password: 'right' } });
		const port = Number(new URL(strict.url).port);
		const user = { port, passwordless: false, username: 'n8n' };
		try {
			expect(await verdict(brokerCredential, {})).toMatchObject({ status: 'OK' });
			expect(await verdict(brokerCredential, { ...user, password: 'right' })).toMatchObject({ status: 'OK' });
			expect(await verdict(brokerCredential, { ...user, password: 'wrong' })).toMatchObject({
				status: 'Error',
				message: expect.stringMatching(/user ?name or password/) as string,
			});
			expect(await verdict(brokerCredential, { port: 1 })).toMatchObject({
				status: 'Error',
				message: expect.stringMatching(/ECONNREFUSED|can't be reached/) as string,
			});
		} finally {
			await strict.close();
		}
	});
});
