import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { axiosTransport } from '../../connectors/http/axiosTransport';
import { readDescription } from '../../connectors/rest/description';
import { RestSystem } from '../../connectors/rest/restSystem';
import type { SalesOrder } from '../../core/model/salesOrder';
import type { HttpTransport } from '../../core/ports/httpTransport';
import type { Outcome } from '../../core/ports/systemConnector';
import { description, key, order, startJsonServer, type RunningJsonServer } from './restJsonServer';

const axios = axiosTransport();
const transport: HttpTransport = async (request) =>
	await axios({ ...request, headers: { ...request.headers, 'x-key': key } });
let server: RunningJsonServer;
type Described = ReturnType<typeof description>;
function connect(change: (described: Described) => void = () => undefined): RestSystem {
	const described = description(server.url);
	change(described);
	return new RestSystem({ description: described, transport });
}

beforeEach(async () => {
	server = await startJsonServer([order(1), order(2), order(3)]);
});
afterEach(async () => await server.close());
afterAll(() => axios.close());

const draft = (quantity = '4') => ({
	number: 'W-7',
	partner: { code: 'B1', name: 'Buyer 1' },
	lines: [{ item: { code: 'PEN' }, quantity, unit: 'H87' }],
});
const create = async (system: RestSystem, idempotencyKey = 'web-7') =>
	(await system.create('salesOrder', [{ idempotencyKey, draft: draft() }]))[0];
const made = (ref = 'web-7') => server.orders.filter((one) => one.ref === ref);
const value = (outcome: Outcome<SalesOrder> | undefined): SalesOrder => {
	if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
	return outcome.value;
};

describe('an order that is created', () => {
	test('is made once for its key, and answers with what the system holds', async () => {
		const system = connect();
		expect(system.capabilities().entities.salesOrder?.writes).toEqual(['create', 'update', 'upsert']);
		const first = value(await create(system));
		expect(first).toMatchObject({
			key: '4',
			number: 'W-7',
			state: 'draft',
			lines: [{ line: '1', quantity: '4' }],
		});
		expect(value(await create(system))).toEqual(first);
		expect(made()).toHaveLength(1);
		expect(server.writes).toEqual(['POST /orders']);
	});

	test('is not made twice when the answer is lost after the server did the work', async () => {
		server.cutAfterWrite = true;
		expect(value(await create(connect())).key).toBe('4');
		server.cutAfterWrite = false;
		expect(value(await create(connect())).key).toBe('4');
		expect(made()).toHaveLength(1);
		expect(server.writes).toHaveLength(1);
	});

	test('is made once when two nodes make it at the same time', async () => {
		const outcomes = await Promise.all([create(connect()), create(connect()), create(connect())]);
		expect(new Set(outcomes.map((outcome) => value(outcome).key))).toEqual(new Set(['4']));
		expect(made()).toHaveLength(1);
	});

	test('is known again without a query parameter, or by its identifier', async () => {
		const reading = connect(({ entities }) => {
			delete (entities.salesOrder.create.idempotency as { parameter?: string }).parameter;
		});
		expect(value(await create(reading)).key).toBe(value(await create(reading)).key);
		expect(made()).toHaveLength(1);
		const named = connect(({ entities }) => {
			const { create: way } = entities.salesOrder;
			Object.assign(way, {
				body: way.body.replace('"ref": idempotencyKey', '"id": idempotencyKey'),
				idempotency: { asId: true },
			});
		});
		expect(value(await create(named, 'web-8')).key).toBe('web-8');
		expect(value(await create(named, 'web-8')).key).toBe('web-8');
		expect(server.orders.filter(({ id }) => String(id) === 'web-8')).toHaveLength(1);
	});

	test('without its key in the record is told: a repetition would make another', async () => {
		const system = connect(({ entities }) => {
			const { create: way } = entities.salesOrder;
			way.body = way.body.replace('"ref": idempotencyKey,', '');
		});
		expect(await create(system)).toMatchObject({
			error: {
				name: 'ValidationError',
				message: expect.stringContaining(
					'create.idempotency.field of the description does not show',
				) as string,
			},
		});
	});

	test('that the server says it made and did not, is told', async () => {
		server.ignoreWrites = true;
		expect(await create(connect())).toMatchObject({
			error: { name: 'ValidationError', message: expect.stringContaining('cannot be found there') as string },
		});
	});

	test('carries the key in a header where the description says so', async () => {
		const seen: string[] = [];
		const described = description(server.url);
		Object.assign(described.entities.salesOrder.create, { idempotency: { header: 'Idempotency-Key' } });
		const system = new RestSystem({
			description: described,
			transport: async (request) => {
				if (request.method === 'POST') seen.push(request.headers?.['Idempotency-Key'] ?? '');
				return await transport(request);
			},
		});
		value(await create(system, 'web-ü'));
		expect(seen).toEqual(['web-%C3%BC']);
		expect(system.capabilities().entities.salesOrder?.writes).toEqual(['create', 'update']);
	});
});

describe('an order that is updated', () => {
	const quantity = (text: string) => ({ lines: [{ item: { code: 'PEN' }, quantity: text, unit: 'H87' }] });
	const update = async (system: RestSystem, change: object, expectedVersion?: string) =>
		(
			await system.update('salesOrder', [
				{ key: '2', changes: change, ...(expectedVersion === undefined ? {} : { expectedVersion }) },
			])
		)[0];

	test('keeps what does not change, and is written once', async () => {
		const system = connect();
		expect(value(await update(system, quantity('5')))).toMatchObject({
			number: 'F-0002',
			partner: { code: 'B2' },
			lines: [{ line: '1', quantity: '5' }],
		});
		await update(system, quantity('5.0'));
		expect(server.writes).toEqual(['PATCH /orders/2']);
	});

	test('gets a line more, loses one, and the others stay the same lines', async () => {
		const system = connect();
		const line = (quantity: string) => ({ item: { code: `ITEM-${quantity}` }, quantity, unit: 'H87' });
		const kept = { line: '1', item: { code: 'PEN' }, quantity: '2', unit: 'H87' };
		expect(value(await update(system, { lines: [kept, line('3')] })).lines.map((one) => one.line)).toEqual([
			'1',
			'3',
		]);
		const last = { ...line('3'), line: '3' };
		expect(value(await update(system, { lines: [last, line('4')] })).lines).toMatchObject([last, line('4')]);
		expect(server.orders[1]?.positions.map(({ pos }) => pos)).toEqual([3, 5]);
	});

	test('is read anew when somebody changed it between our look and our change', async () => {
		let strikes = 0;
		const system = new RestSystem({
			description: description(server.url),
			transport: async (request) => {
				if (request.method === 'PATCH' && (strikes += 1) === 1)
					Object.assign(server.orders[1] ?? {}, { buyer: { id: 'B9', title: 'Other' } });
				return await transport(request);
			},
		});
		expect(value(await update(system, quantity('6')))).toMatchObject({ partner: { code: 'B9' } });
		expect(server.writes).toHaveLength(2);
	});

	test('at an outdated revision is a conflict and stays', async () => {
		const system = connect(({ entities }) => {
			entities.salesOrder.mapping = entities.salesOrder.mapping.replace('{', '{"revision": modified, ');
		});
		const before = (await system.get('salesOrder', ['2'])).get('2');
		Object.assign(server.orders[1] ?? {}, { modified: '2026-03-05T08:00:00Z' });
		expect(await update(system, quantity('8'), before?.revision)).toMatchObject({
			error: { name: 'ConflictError' },
		});
		expect(server.writes).toEqual([]);
	});

	test('whose answer was lost counts as done; one that the server ignored does not', async () => {
		server.cutAfterWrite = true;
		expect(value(await update(connect(), quantity('9')))).toMatchObject({ lines: [{ quantity: '9' }] });
		server.cutAfterWrite = false;
		server.ignoreWrites = true;
		expect(await update(connect(), quantity('10'))).toMatchObject({
			error: {
				name: 'ConflictError',
				message: expect.stringContaining('"lines" does not show it') as string,
			},
		});
		expect(server.orders).toHaveLength(3);
	});

	test('that does not exist is not found', async () => {
		const [outcome] = await connect().update('salesOrder', [{ key: '99', changes: quantity('1') }]);
		expect(outcome).toMatchObject({ key: '99', error: { name: 'NotFoundError' } });
	});
});

test('create or update makes an order, then changes that one', async () => {
	const system = connect();
	const put = async (quantity: string) =>
		value((await system.upsert('salesOrder', [{ idempotencyKey: 'web-9', draft: draft(quantity) }]))[0]);
	expect((await put('1')).key).toBe('4');
	expect(await put('2')).toMatchObject({ key: '4', lines: [{ line: '1', quantity: '2' }] });
	await put('2');
	expect(server.writes).toEqual(['POST /orders', 'PATCH /orders/4']);
});

describe('an item', () => {
	const pencil = { code: 'PENCIL', name: 'Pencil', baseUnit: 'H87', units: [] };

	test('is made once under its code; another under the same code is a conflict', async () => {
		const system = connect();
		const make = async (change: object) =>
			await system.create('item', [{ idempotencyKey: 'any', draft: { ...pencil, ...change } }]);
		expect(await make({})).toMatchObject([{ value: pencil }]);
		expect(await make({})).toMatchObject([{ value: pencil }]);
		expect(await make({ name: 'Crayon' })).toMatchObject([
			{ key: 'PENCIL', error: { name: 'ConflictError' } },
		]);
		expect(server.articles).toHaveLength(2);
	});

	test('is found by its code to create or update it', async () => {
		const system = connect();
		for (const name of ['Pencil', 'Pencil HB'])
			await system.upsert('item', [{ idempotencyKey: name, draft: { ...pencil, name } }]);
		expect(server.articles.slice(1)).toEqual([{ id: 'PENCIL', label: 'Pencil HB', unit: 'H87' }]);
	});
});

test.each<[string, (described: Described) => void]>([
	[
		'create.idempotency: must say how a record is known again',
		({ entities }) => delete (entities.salesOrder.create as { idempotency?: object }).idempotency,
	],
	[
		'create.idempotency.parameter: must have a field as well',
		({ entities }) =>
			Object.assign(entities.salesOrder.create, { idempotency: { header: 'x', parameter: 'ref' } }),
	],
	[
		'create.path: a new record has no {id} yet',
		({ entities }) => (entities.salesOrder.create.path = '/o/{id}'),
	],
	[
		'entities.stockLevel.update: a stockLevel is not made or changed from outside',
		({ entities }) => Object.assign(entities, { stockLevel: entities.item }),
	],
])('a description that says it wrong is refused: %s', (message, change) => {
	const described = description('http://127.0.0.1:1');
	change(described);
	expect(() => readDescription(described)).toThrow(message);
});

test('the example in the documentation lists, confirms, creates and updates the orders of json-server', async () => {
	const page = readFileSync(join(__dirname, '../../docs/nodes/RestSystem.md'), 'utf8');
	const example = /```json\n(.*?)```/s.exec(page)?.[1]?.replace('http://127.0.0.1:3000', server.url);
	const system = new RestSystem({ description: example, transport });
	const keys: string[] = [];
	for await (const records of system.list('salesOrder')) keys.push(...records.map((one) => one.key));
	expect(keys).toEqual(['1', '2', '3']);
	expect(value(await create(system))).toMatchObject({ key: '4', lines: [{ line: '1', quantity: '4' }] });
	expect(value(await create(system)).key).toBe('4');
	const changes = { lines: draft('6').lines };
	expect(await system.update('salesOrder', [{ key: '4', changes }])).toMatchObject([
		{ value: { number: 'W-7', lines: [{ line: '1', quantity: '6' }] } },
	]);
	const confirm = [{ key: '4', idempotencyKey: 'confirm', input: {} }];
	expect(await system.act('salesOrder', 'confirm', confirm)).toMatchObject([
		{ value: { state: 'confirmed' } },
	]);
	expect(server.writes).toEqual(['POST /orders', 'PATCH /orders/4', 'PATCH /orders/4']);
});
