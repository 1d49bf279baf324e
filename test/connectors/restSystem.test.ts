import { axiosTransport } from '../../connectors/http/axiosTransport';
import { readDescription } from '../../connectors/rest/description';
import { RestSystem } from '../../connectors/rest/restSystem';
import type { SalesOrder } from '../../core/model/salesOrder';
import type { HttpTransport } from '../../core/ports/httpTransport';
import type { Change, ChangeCursor } from '../../core/ports/systemConnector';
import {
	description,
	key,
	linkPaging,
	order,
	startJsonServer,
	type RunningJsonServer,
} from './restJsonServer';

const axios = axiosTransport();
const transport: HttpTransport = async (request) =>
	await axios({ ...request, headers: { ...request.headers, 'x-key': key } });
const servers: RunningJsonServer[] = [];
async function start(count: number, modified?: string): Promise<RunningJsonServer> {
	const orders = Array.from({ length: count }, (_, index) => order(index + 1, modified));
	const server = await startJsonServer(orders);
	servers.push(server);
	return server;
}
const connect = (server: RunningJsonServer, paging?: object, change: object = {}) =>
	new RestSystem({ description: { ...description(server.url, paging), ...change }, transport });

afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});
afterAll(() => axios.close());

async function keysOf(system: RestSystem, query = {}): Promise<string[]> {
	const keys: string[] = [];
	for await (const page of system.list('salesOrder', query)) keys.push(...page.map((one) => one.key));
	return keys;
}
async function look(system: RestSystem, from?: ChangeCursor) {
	const changes: Array<Change<SalesOrder>> = [];
	let cursor = from;
	for await (const page of system.changes('salesOrder', from)) {
		changes.push(...page.changes);
		cursor = page.cursor;
	}
	return { keys: changes.map((change) => change.key), changes, cursor };
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('the orders of json-server', () => {
	test.each([
		['link', linkPaging],
		['page', { style: 'page', parameter: '_page', size: { parameter: '_limit', value: 10 } }],
		['offset', { style: 'offset', parameter: '_start', size: { parameter: '_limit', value: 10 } }],
		['none', { style: 'none' }],
	])('come whole, each once, by paging of style %s', async (_style, paging) => {
		const server = await start(35);
		expect(await keysOf(connect(server, paging))).toEqual(upTo(35));
	});

	test('are canonical; an unknown key is absent', async () => {
		const system = connect(await start(3));
		const found = await system.get('salesOrder', ['2', '99']);
		expect([...found]).toEqual([
			[
				'2',
				{
					key: '2',
					number: 'F-0002',
					state: 'draft',
					partner: { code: 'B2', name: 'Buyer 2' },
					lines: [{ line: '1', item: { code: 'PEN' }, quantity: '2', unit: 'H87' }],
				},
			],
		]);
		expect(await system.get('item', ['PEN'])).toEqual(
			new Map([['PEN', { code: 'PEN', name: 'Pen', baseUnit: 'H87', units: [] }]]),
		);
	});

	test('are found by text and by state, and since an instant', async () => {
		const server = await start(5);
		Object.assign(server.orders[3] ?? {}, { modified: '2026-03-02T08:00:00Z', status: 'firm' });
		const system = connect(server);
		expect(await keysOf(system, { search: 'F-0002' })).toEqual(['2']);
		expect(await keysOf(system, { state: 'confirmed' })).toEqual(['4']);
		expect(await keysOf(system, { changedSince: '2026-03-02T00:00:00Z' })).toEqual(['4']);
	});

	test('one that cannot be expressed is refused with order and field', async () => {
		const server = await start(2);
		Object.assign(server.orders[1] ?? {}, { status: 'odd' });
		await expect(keysOf(connect(server))).rejects.toThrow(
			/salesOrder "2" of foreign-erp cannot be read: state/,
		);
	});

	test('a wrong key of the caller is told in the words of the server', async () => {
		const server = await start(1);
		const stranger = new RestSystem({ description: description(server.url), transport: axios });
		await expect(stranger.check()).rejects.toMatchObject({
			name: 'AuthenticationError',
			message: 'foreign-erp: who are you? (HTTP 401)',
		});
	});

	test('a server that is away is unavailable', async () => {
		const server = await start(1);
		const system = connect(server);
		await server.close();
		await expect(system.check()).rejects.toMatchObject({ name: 'UnavailableError', retryable: true });
	});

	test('a page for people instead of JSON is unavailable, not an empty list', async () => {
		const server = await start(1);
		const described = description(server.url);
		const portal: HttpTransport = async () => ({ status: 200, headers: {}, body: '<html>Sign in</html>' });
		const system = new RestSystem({ description: described, transport: portal });
		await expect(keysOf(system)).rejects.toMatchObject({ name: 'UnavailableError' });
		await expect(system.get('salesOrder', ['1'])).rejects.toMatchObject({ name: 'UnavailableError' });
	});

	test('paging that the server ignores is refused, not read for ever', async () => {
		const server = await start(3);
		const system = connect(server, { style: 'page', parameter: 'seite' });
		await expect(keysOf(system)).rejects.toThrow('entities.salesOrder.list.paging');
	});

	test('fields are those of the records', async () => {
		const fields = await connect(await start(2)).describe('salesOrder');
		expect(fields).toContainEqual({ name: 'status', type: 'string', required: true });
		expect(fields).toContainEqual({ name: 'positions', type: 'array', required: true });
	});
});

describe('changes', () => {
	test('records that share a timestamp are each reported once, whatever the page', async () => {
		const server = await start(25);
		const system = connect(server);
		const first = await look(system);
		expect(first.keys.sort()).toEqual(upTo(25).sort());
		expect((await look(system, first.cursor)).keys).toEqual([]);
		// same timestamp as all the others: only its content tells
		server.orders.push(order(26));
		Object.assign(server.orders[4] ?? {}, { status: 'firm' });
		const second = await look(system, first.cursor);
		expect(second.keys.sort()).toEqual(['26', '5']);
		expect((await look(system, second.cursor)).keys).toEqual([]);
	});

	test('one that becomes visible late, within the overlap, is not missed', async () => {
		const server = await start(3, '2026-03-01T08:00:05Z');
		const system = connect(server);
		const { cursor } = await look(system);
		server.orders.push(order(4, '2026-03-01T08:00:03.5Z'));
		expect((await look(system, cursor)).keys).toEqual(['4']);
	});

	test('a look that stops half-way goes on where it stopped', async () => {
		const server = await start(1_200);
		const system = connect(server, { style: 'none' });
		let cursor: ChangeCursor | undefined;
		const keys: string[] = [];
		for await (const page of system.changes('salesOrder')) {
			keys.push(...page.changes.map((change) => change.key));
			cursor = page.cursor;
			break;
		}
		keys.push(...(await look(system, cursor)).keys);
		expect(keys).toHaveLength(1_200);
		expect(new Set(keys).size).toBe(1_200);
	});

	test('a record that slips to a page already read, because another was deleted, is not missed', async () => {
		const server = await start(30);
		const system = connect(server, {
			style: 'page',
			parameter: '_page',
			size: { parameter: '_limit', value: 10 },
		});
		server.onList = (request) => {
			if (request === 2) server.orders.shift();
		};
		expect((await look(system)).keys).toEqual(expect.arrayContaining(upTo(30).slice(1)));
	});

	test('a record that cannot be expressed is reported with its field, its neighbours as usual', async () => {
		const server = await start(3);
		Object.assign(server.orders[1] ?? {}, { status: 'odd' });
		Object.assign(server.orders[2] ?? {}, { modified: 'yesterday' });
		const { changes } = await look(connect(server));
		const told = Object.fromEntries(changes.map((one) => [one.key, one.problem?.message ?? 'fine']));
		expect(told).toEqual({
			'1': 'fine',
			'2': expect.stringContaining('state') as string,
			'3': expect.stringContaining('"yesterday"') as string,
		});
	});

	test('a position of another maker is refused', async () => {
		const system = connect(await start(1));
		await expect(look(system, 'page 7')).rejects.toThrow('cannot be read');
	});
});

describe('a deletion', () => {
	const deleting = (deleted: object, change: object = {}) => {
		const described = description(server.url);
		Object.assign(described.entities.salesOrder.changes, { deleted }, change);
		return new RestSystem({ description: described, transport });
	};
	let server: RunningJsonServer;
	beforeEach(async () => {
		server = await start(25);
	});

	test('that the record itself tells makes it vanish', async () => {
		const system = deleting({ style: 'flag', field: 'status = "void"' });
		const { cursor } = await look(system);
		Object.assign(server.orders[4] ?? {}, { status: 'void' });
		const second = await look(system, cursor);
		expect(second.changes).toEqual([{ key: '5', changedAt: '2026-03-01T08:00:00.000Z' }]);
		expect((await look(system, second.cursor)).changes).toEqual([]);
		expect((await system.get('salesOrder', ['5', '6'])).size).toBe(1);
		expect(await keysOf(system)).toHaveLength(24);
	});

	test.each([
		['with a filter by time, at the next comparison', {}],
		['without a filter, at the next look', { parameter: undefined }],
	])('that only the list shows is noticed once %s', async (_name, change) => {
		const system = deleting({ style: 'compare', everySeconds: 60 }, change);
		let now = Date.parse('2026-03-01T09:00:00Z');
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
		try {
			const first = await look(system);
			server.orders.splice(7, 2);
			server.orders.push(order(26, '2026-03-01T08:00:01Z'));
			const second = await look(system, first.cursor);
			const early = second.changes.filter(({ record }) => record === undefined).map((one) => one.key);
			expect(early).toEqual('parameter' in change ? ['8', '9'] : []);
			now += 61_000;
			const third = await look(system, second.cursor);
			expect([...second.changes, ...third.changes].map((one) => [one.key, one.record === undefined])).toEqual(
				expect.arrayContaining([
					['26', false],
					['8', true],
					['9', true],
				]),
			);
			server.orders.pop();
			now += 61_000;
			const fourth = await look(system, third.cursor);
			expect(fourth.changes).toEqual([{ key: '26', changedAt: new Date(now).toISOString() }]);
			expect((await look(system, fourth.cursor)).changes).toEqual([]);
		} finally {
			clock.mockRestore();
		}
	});

	test('is not told of a record that the list passes over and that can still be read', async () => {
		let passedOver = false;
		const described = description(server.url);
		Object.assign(described.entities.salesOrder.changes, {
			deleted: { style: 'compare', everySeconds: 1 },
			parameter: undefined,
		});
		const system = new RestSystem({
			description: described,
			transport: async (request) => {
				const answer = await transport(request);
				if (!passedOver || !Array.isArray(answer.body)) return answer;
				return { ...answer, body: (answer.body as Array<{ id: number }>).filter(({ id }) => id !== 4) };
			},
		});
		const { cursor } = await look(system);
		passedOver = true;
		expect((await look(system, cursor)).changes).toEqual([]);
		server.orders.splice(3, 1);
		expect((await look(system, cursor)).changes).toEqual([
			{ key: '4', changedAt: expect.any(String) as string },
		]);
	});

	test('that is taken back is told as a record that is there again', async () => {
		const system = deleting({ style: 'compare', everySeconds: 1 }, { parameter: undefined });
		const first = await look(system);
		const orders = server.orders.splice(3, 1);
		const second = await look(system, first.cursor);
		expect(second.keys).toEqual(['4']);
		server.orders.push(...orders);
		const third = await look(system, second.cursor);
		expect(third.changes).toMatchObject([{ key: '4', record: { number: 'F-0004' } }]);
		expect((await look(system, third.cursor)).changes).toEqual([]);
	});
});

describe('confirm', () => {
	const confirm = async (system: RestSystem, ...keys: string[]) =>
		await system.act(
			'salesOrder',
			'confirm',
			keys.map((one) => ({ key: one, idempotencyKey: `confirm-${one}`, input: {} })),
		);

	test('is read back, done once however often asked; an unknown order does not take its neighbour with it', async () => {
		const server = await start(2);
		const system = connect(server);
		const [unknown, done] = await confirm(system, '99', '2');
		expect(unknown).toMatchObject({ key: '99', error: { name: 'NotFoundError' } });
		expect(done).toMatchObject({ key: '2', value: { key: '2', state: 'confirmed' } });
		await confirm(system, '2');
		expect(server.writes).toEqual(['PATCH /orders/2']);
		expect(server.orders.map(({ status }) => status)).toEqual(['open', 'firm']);
	});

	test('that the server answered with "ok" and ignored is a conflict', async () => {
		const server = await start(1);
		server.ignoreWrites = true;
		expect(await confirm(connect(server), '1')).toMatchObject([{ error: { name: 'ConflictError' } }]);
	});

	test('whose answer was lost counts as done when the record shows it', async () => {
		const server = await start(1);
		server.cutAfterWrite = true;
		expect(await confirm(connect(server), '1')).toMatchObject([{ value: { state: 'confirmed' } }]);
		expect(server.writes).toHaveLength(1);
	});
});

describe('a description', () => {
	const good = description('http://127.0.0.1:1');
	const wrong = (change: object) => () => readDescription({ ...good, ...change });

	test('survives export and import', () => {
		const exported = JSON.stringify(readDescription(good));
		expect(JSON.stringify(readDescription(exported))).toBe(exported);
	});

	test('that is wrong names the path of each wrong field', () => {
		const salesOrder = { ...good.entities.salesOrder, id: 'id +', paging: 1 };
		const read = wrong({ version: 2, baseUrl: 'ftp://x', entities: { salesOrder }, nme: 1 });
		for (const path of ['version', 'baseUrl', 'entities.salesOrder.id', '"paging"', '"nme"'])
			expect(read).toThrow(path);
		expect(() => readDescription('{"a":')).toThrow('no JSON');
		expect(wrong({ baseUrl: 'http://me:secret@127.0.0.1' })).toThrow('must hold no password');
		expect(wrong({ baseUrl: 'http://me:secret@127.0.0.1' })).not.toThrow('secret');
	});

	test('whose mapping never ends is stopped', async () => {
		const server = await start(1);
		const endless = description(server.url);
		endless.entities.salesOrder.mapping = '($f := function($n){$f($n+1)}; $f(1))';
		const system = new RestSystem({ description: endless, transport });
		await expect(keysOf(system)).rejects.toThrow('entities.salesOrder.mapping of the description fails');
	});

	test('does not lead the credential to another host', async () => {
		const server = await start(1);
		const seen: string[] = [];
		const system = new RestSystem({
			description: description(server.url),
			transport: async (request) => {
				seen.push(request.url);
				const answer = await transport(request);
				return { ...answer, headers: { link: '<http://elsewhere.example/orders>; rel="next"' } };
			},
		});
		await expect(keysOf(system)).rejects.toThrow('another host');
		expect(seen.every((url) => url.startsWith(server.url))).toBe(true);
	});
});
