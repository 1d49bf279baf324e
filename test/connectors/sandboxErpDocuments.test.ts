import { axiosTransport } from '../../connectors/http/axiosTransport';
import { canonicalEntities } from '../../core/model/entities';
import type { Drafts, Entities, Outcome } from '../../core/ports/systemConnector';
import { apiKey, collect, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
const transport = axiosTransport();
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => {
	transport.close();
	await fixture.close();
});

const entities = ['salesOrder', 'purchaseOrder', 'item', 'partner', 'delivery', 'invoice'] as const;
type ErpEntity = (typeof entities)[number];

const mouse = { item: { code: 'TEC-AC-10003628' }, quantity: '2', unit: 'H87' };
/** A draft of each, on the seed's masters. */
function drafts(): { [E in ErpEntity]: Drafts[E] } {
	const order = fixture.company.erp.createOrder({
		customer: { code: 'C-1001', name: 'Claire Gute' },
		lines: [{ item: mouse.item.code, quantity: '5' }],
	}).order.id;
	return {
		salesOrder: { partner: { code: 'C-1001', name: 'Claire Gute' }, lines: [mouse] },
		purchaseOrder: { partner: { code: 'S-2001' }, lines: [{ ...mouse, unitPrice: '11.50' }] },
		item: { code: `NEW-${order}`, name: 'Desk fan', baseUnit: 'H87', units: [] },
		partner: { code: `P-${order}`, name: '新合作伙伴', roles: ['customer'] },
		delivery: { order, lines: [mouse] },
		invoice: { kind: 'customer', order, currency: 'CNY', lines: [{ ...mouse, unitPrice: '29.99' }] },
	};
}
/** A change of each that its draft does not have already. */
const changes: { [E in ErpEntity]: Partial<Drafts[E]> } = {
	salesOrder: { number: 'S-7' },
	purchaseOrder: { expectedOn: '2027-01-31' },
	item: { name: 'Standing fan' },
	partner: { email: 'desk@example.com' },
	delivery: { number: 'D-7' },
	invoice: { dueOn: '2027-02-28' },
};
const keyOf = (record: object): string =>
	'key' in record ? String(record.key) : String(Reflect.get(record, 'code'));

function value<T>(outcomes: Array<Outcome<T>>): T {
	const [outcome] = outcomes;
	if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
	return outcome.value;
}

async function made<E extends ErpEntity>(entity: E, idempotencyKey: string): Promise<Entities[E]> {
	const draft = drafts()[entity] as Drafts[E];
	return value(await fixture.erp.create(entity, [{ idempotencyKey, draft }]));
}

describe.each(entities)('%s', (entity) => {
	test('the seed has some, each canonical, in the order of their keys whatever the page size', async () => {
		const records = await collect(fixture.erp.list(entity, { pageSize: 2 }));
		expect(records.length).toBeGreaterThanOrEqual(3);
		for (const record of records) expect(canonicalEntities[entity].parse(record)).toEqual(record);
		expect(records.map(keyOf)).toEqual(records.map(keyOf).sort());
	});

	test('the same idempotency key makes one record, also at the same time', async () => {
		const draft = drafts()[entity];
		const before = (await collect(fixture.erp.list(entity))).length;
		const outcomes = await fixture.erp.create(entity, [
			{ idempotencyKey: `twice/${entity} 二`, draft },
			{ idempotencyKey: `twice/${entity} 二`, draft },
		]);
		const again = await fixture.erp.create(entity, [{ idempotencyKey: `twice/${entity} 二`, draft }]);
		expect(new Set([...outcomes, ...again].map(({ key }) => key)).size).toBe(1);
		expect(value(again)).toMatchObject(draft);
		expect(await collect(fixture.erp.list(entity))).toHaveLength(before + 1);
	});

	test('an answer that is lost after the work was done makes no second record', async () => {
		const draft = drafts()[entity];
		const before = (await collect(fixture.erp.list(entity))).length;
		await faults('POST', { fault: 'cut-after', method: 'POST', path: pathOf[entity], requests: 1 });
		const record = value(await fixture.erp.create(entity, [{ idempotencyKey: `cut/${entity}`, draft }]));
		expect(await collect(fixture.erp.list(entity))).toHaveLength(before + 1);
		expect((await fixture.erp.get(entity, [keyOf(record)])).get(keyOf(record))).toEqual(record);
	});

	test('a change on an outdated revision is a conflict and changes nothing; on the current one it is made', async () => {
		const record = await made(entity, `changed/${entity}`);
		const key = keyOf(record);
		const change = { key, changes: changes[entity] };
		const stale = await fixture.erp.update(entity, [{ ...change, expectedVersion: '99' }]);
		expect(stale).toMatchObject([{ key, error: { name: 'ConflictError', subject: { entity, key } } }]);
		expect((await fixture.erp.get(entity, [key])).get(key)).toEqual(record);
		const { revision = '' } = record;
		const changed = value(await fixture.erp.update(entity, [{ ...change, expectedVersion: revision }]));
		expect(changed).toEqual({ ...record, ...changes[entity], revision: '2' });
		const { revision: _now, ...rest } = changed;
		expect(value(await fixture.erp.update(entity, [change]))).toEqual({ ...rest, revision: '2' });
	});

	test('an upsert makes the record, then changes it, then leaves it alone', async () => {
		const draft = drafts()[entity];
		const request = { idempotencyKey: `up/${entity}`, draft };
		const first = value(await fixture.erp.upsert(entity, [request]));
		const other = { ...request, draft: { ...draft, ...changes[entity] } as typeof draft };
		const second = value(await fixture.erp.upsert(entity, [other]));
		const third = value(await fixture.erp.upsert(entity, [other]));
		expect([first, second, third].map(keyOf)).toEqual(Array(3).fill(keyOf(first)));
		expect([first.revision, third.revision]).toEqual(['1', second.revision]);
		expect(third).toMatchObject(changes[entity]);
	});

	test('its changes are reported with the version; a second round reports none', async () => {
		const before = await cursorOf(entity);
		const record = await made(entity, `feed/${entity}`);
		const pages = [];
		let cursor = before;
		for await (const page of fixture.erp.changes(entity, before)) {
			pages.push(...page.changes);
			cursor = page.cursor;
		}
		expect(pages).toContainEqual(expect.objectContaining({ key: keyOf(record), version: 1, record }));
		for await (const page of fixture.erp.changes(entity, cursor)) expect(page.changes).toEqual([]);
	});

	test('the fields are described', async () => {
		expect((await fixture.erp.describe(entity)).length).toBeGreaterThan(2);
	});
});

const documents = ['salesOrder', 'purchaseOrder', 'delivery', 'invoice'] as const;
describe.each(documents)('%s as a document', (entity) => {
	const state = { salesOrder: 'confirmed', purchaseOrder: 'confirmed', delivery: 'done', invoice: 'posted' };

	test('can be confirmed, again without effect, and is found by its state', async () => {
		const { key } = await made(entity, `confirm/${entity}`);
		const request = { key, idempotencyKey: 'x', input: {} };
		const confirmed = value(await fixture.erp.act(entity, 'confirm', [request]));
		expect(confirmed).toMatchObject({ state: state[entity], revision: '2' });
		expect(value(await fixture.erp.act(entity, 'confirm', [request]))).toEqual(confirmed);
		const found = await collect(fixture.erp.list(entity, { state: state[entity] }));
		expect(found).toContainEqual(confirmed);
		expect(new Set(found.map((record) => record.state))).toEqual(new Set([state[entity]]));
	});

	test('once cancelled it can neither be confirmed nor changed', async () => {
		const { key } = await made(entity, `cancel/${entity}`);
		const request = { key, idempotencyKey: 'x', input: {} };
		expect(value(await fixture.erp.act(entity, 'cancel', [request])).state).toBe('cancelled');
		const conflict = [{ key, error: { name: 'ConflictError' } }];
		expect(await fixture.erp.act(entity, 'confirm', [request])).toMatchObject(conflict);
		expect(await fixture.erp.update(entity, [{ key, changes: changes[entity] }])).toMatchObject(conflict);
	});
});

test.each<[string, ErpEntity, object, RegExp]>([
	[
		'a supplier that is unknown',
		'purchaseOrder',
		{ partner: { code: 'S-0' } },
		/supplier: there is no partner "S-0"/,
	],
	[
		'a supplier that is a customer',
		'purchaseOrder',
		{ partner: { code: 'C-1001' } },
		/"C-1001" is no supplier/,
	],
	[
		'an item that the order does not have',
		'delivery',
		{ lines: [{ ...mouse, item: { code: 'X' } }] },
		/no line with item "X"/,
	],
	['an order that is unknown', 'invoice', { order: 'SO-0' }, /order: there is no sales order "SO-0"/],
	['a base unit that is no piece', 'item', { baseUnit: 'KGM' }, /baseUnit: KGM/],
])('%s is refused by name, and its neighbour is made', async (_what, entity, wrong, named) => {
	const outcomes = await fixture.erp.create(entity, [
		{ idempotencyKey: `wrong/${String(named)}`, draft: { ...drafts()[entity], ...wrong } as never },
		{ idempotencyKey: `right/${String(named)}`, draft: drafts()[entity] },
	]);
	expect(outcomes).toMatchObject([
		{ error: { name: 'ValidationError', message: expect.stringMatching(named) } },
		{ value: expect.anything() },
	]);
});

test("an invoice's amounts are rounded half-even to the currency's minor unit, and add up", async () => {
	const invoice = await fixture.erp.create('invoice', [
		{
			idempotencyKey: 'half-even',
			draft: {
				kind: 'supplier',
				partner: { code: 'S-2002' },
				currency: 'CNY',
				lines: [
					{ quantity: '1', unitPrice: '0.125' },
					{ quantity: '1', unitPrice: '0.135' },
					{ quantity: '-1', unitPrice: '0.10' },
				],
			},
		},
	]);
	expect(value(invoice)).toMatchObject({
		total: '0.16',
		lines: [{ amount: '0.12' }, { amount: '0.14' }, { amount: '-0.1' }],
	});
});

const pathOf: Record<ErpEntity, string> = {
	salesOrder: '/api/orders',
	purchaseOrder: '/api/purchases',
	item: '/api/items',
	partner: '/api/partners',
	delivery: '/api/deliveries',
	invoice: '/api/invoices',
};

async function faults(method: 'POST', body: object): Promise<void> {
	const { status } = await transport({
		method,
		url: `${fixture.company.addresses.erp}/admin/faults`,
		headers: { 'x-api-key': apiKey },
		body,
	});
	expect(status).toBe(200);
}

async function cursorOf(entity: ErpEntity): Promise<string | undefined> {
	let cursor: string | undefined;
	for await (const page of fixture.erp.changes(entity)) cursor = page.cursor;
	return cursor;
}
