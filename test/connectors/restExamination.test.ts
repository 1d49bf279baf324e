import { axiosTransport } from '../../connectors/http/axiosTransport';
import { examine } from '../../connectors/rest/examination';
import { RestSystem } from '../../connectors/rest/restSystem';
import type { HttpTransport } from '../../core/ports/httpTransport';
import { description, key, order, startJsonServer, type RunningJsonServer } from './restJsonServer';

const axios = axiosTransport();
const transport: HttpTransport = async (request) =>
	await axios({ ...request, headers: { ...request.headers, 'x-key': key } });
let server: RunningJsonServer;

beforeEach(async () => {
	server = await startJsonServer(
		Array.from({ length: 25 }, (_, index) =>
			order(index + 1, `2026-03-${String(index + 1).padStart(2, '0')}T08:00:00Z`),
		),
	);
	Object.assign(server.orders[0] ?? {}, { ref: 'web-1' });
});
afterEach(async () => await server.close());
afterAll(() => axios.close());

type Described = ReturnType<typeof description>;
async function findings(change: (described: Described) => void = () => undefined, send = transport) {
	const described = description(server.url);
	change(described);
	const found = await examine(new RestSystem({ description: described, transport: send }));
	return Object.fromEntries(found.map(({ part, result, detail }) => [part, { result, detail }]));
}
const orders = 'entities.salesOrder';

test('a description that fits works in every part; an action is not tried', async () => {
	const results = Object.entries(await findings()).map(([part, { result }]) => [part, result]);
	expect(Object.fromEntries(results)).toEqual({
		description: 'works',
		address: 'works',
		authentication: 'works',
		[`${orders}.list`]: 'works',
		[`${orders}.list.paging`]: 'works',
		[`${orders}.id`]: 'works',
		[`${orders}.mapping`]: 'works',
		[`${orders}.get`]: 'works',
		[`${orders}.changes`]: 'works',
		[`${orders}.actions.confirm`]: 'notShown',
		[`${orders}.create`]: 'notShown',
		[`${orders}.create.idempotency`]: 'works',
		[`${orders}.update`]: 'notShown',
		'entities.item.list': 'works',
		'entities.item.list.paging': 'works',
		'entities.item.id': 'works',
		'entities.item.mapping': 'works',
		'entities.item.create': 'notShown',
		'entities.item.update': 'notShown',
	});
	expect(server.writes).toEqual([]);
});

test.each<[string, (described: Described) => void, string]>([
	[`${orders}.list`, ({ entities }) => (entities.salesOrder.list.path = '/nothing'), '404'],
	[`${orders}.id`, ({ entities }) => (entities.salesOrder.id = 'buyer.id'), 'stands for two records'],
	[`${orders}.mapping`, ({ entities }) => (entities.salesOrder.mapping = '{"lines": []}'), 'state'],
	[`${orders}.get`, ({ entities }) => (entities.salesOrder.get.path = '/articles/{id}'), 'not found'],
	[`${orders}.changes`, ({ entities }) => (entities.salesOrder.changes.field = 'no'), '"F-0001"'],
	[
		`${orders}.changes`,
		({ entities }) => (entities.salesOrder.changes.parameter = 'since'),
		'ignores the filter',
	],
	[
		`${orders}.list.paging`,
		({ entities }) => delete (entities.salesOrder.list.query as { _page?: number })._page,
		'names no next page',
	],
	[
		`${orders}.create.idempotency`,
		({ entities }) => (entities.salesOrder.create.idempotency.parameter = '_nothing'),
		'ignores the parameter',
	],
	[`${orders}.create`, ({ entities }) => (entities.salesOrder.create.body = '$number("x")'), 'create.body'],
	[
		`${orders}.update.version`,
		({ entities }) => (entities.salesOrder.update.version.value = '$headers.nothing'),
		'gives nothing',
	],
])('what is wrong in %s is told there', async (part, change, detail) => {
	expect((await findings(change))[part]).toEqual({
		result: 'fails',
		detail: expect.stringContaining(detail) as string,
	});
});

test('a wrong key and a wrong address are told apart', async () => {
	expect(await findings(undefined, axios)).toEqual({
		description: { result: 'works', detail: 'format 1, revision 1' },
		address: expect.objectContaining({ result: 'works' }) as object,
		authentication: { result: 'fails', detail: 'foreign-erp: who are you? (HTTP 401)' },
	});
	const away = await findings((described) => (described.baseUrl = 'http://127.0.0.1:1'));
	expect(away.address?.result).toBe('fails');
	expect(away.authentication?.result).toBe('notShown');
});
