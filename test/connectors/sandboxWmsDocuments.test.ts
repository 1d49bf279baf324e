import { validateEvent } from '../../core/events/event';
import type { Outcome } from '../../core/ports/systemConnector';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { collect, matchOf, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;

beforeEach(async () => {
	fixture = await quietCompany({ seed: false });
	fixture.company.warehouse.putItems(
		['A', 'B'].map((sku, index) => ({ sku, gtin: gtinOf(index + 1), names: { en: sku }, onHand: '10' })),
	);
	await fixture.wms.act('reservation', 'match', [matchOf('SO-1', 1, { A: '4', B: '12' })]);
});
afterEach(() => fixture.close());

function valueOf<T>([outcome]: Array<Outcome<T>>): T {
	if (outcome && 'value' in outcome) return outcome.value;
	throw outcome?.error ?? new Error('no outcome');
}
const draft = (idempotencyKey: string, lines: Record<string, string> = {}, order = 'SO-1') => ({
	idempotencyKey,
	draft: { order, lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })) },
});
const act = (key: string, idempotencyKey: string, expectedVersion?: string) => ({
	key,
	idempotencyKey,
	...(expectedVersion === undefined ? {} : { expectedVersion }),
	input: {},
});
const stockOf = (sku: string) => fixture.company.warehouse.stock([sku])[0];

test('a shipment of all that is held lowers stock and reservation, and the rest stays on back order', async () => {
	const { wms, company } = fixture;
	const shipment = valueOf(await wms.create('shipment', [draft('first')]));
	expect(shipment).toMatchObject({
		order: 'SO-1',
		state: 'draft',
		lines: [
			{ item: 'A', quantity: '4' },
			{ item: 'B', quantity: '10' },
		],
	});
	expect(stockOf('A')).toMatchObject({ onHand: '10', reserved: '4' });
	const shipped = valueOf(await wms.act('shipment', 'ship', [act(shipment.key, 'go')]));
	expect(shipped).toMatchObject({ state: 'shipped', revision: '2' });
	expect([stockOf('A'), stockOf('B')]).toMatchObject([
		{ onHand: '6', reserved: '0' },
		{ onHand: '0', reserved: '0' },
	]);
	expect(company.warehouse.reservation('SO-1')?.lines).toEqual([
		{ sku: 'B', requested: '2', reserved: '0', backOrder: '2' },
	]);
	const again = valueOf(await wms.act('shipment', 'ship', [act(shipment.key, 'go')]));
	expect(again).toEqual(shipped);
	expect(stockOf('A')).toMatchObject({ onHand: '6' });
});

test('what has left is not reserved again when the order changes', async () => {
	const { wms } = fixture;
	const { key } = valueOf(await wms.create('shipment', [draft('first', { A: '3' })]));
	await wms.act('shipment', 'ship', [act(key, 'go')]);
	await wms.act('reservation', 'match', [matchOf('SO-1', 2, { A: '5' })]);
	expect(stockOf('A')).toMatchObject({ onHand: '7', reserved: '2' });
	await wms.act('reservation', 'match', [matchOf('SO-1', 3, { A: '3' })]);
	expect(stockOf('A')).toMatchObject({ onHand: '7', reserved: '0' });
});

test('the same key makes one shipment, also after a cut connection; held goods go on one shipment only', async () => {
	const { wms, company } = fixture;
	company.faults.wms.set({
		fault: 'cut-after',
		requests: 1,
		delayMs: 0,
		retryAfterSeconds: 0,
		path: '/api/shipments',
	});
	expect(await wms.create('shipment', [draft('k', { A: '4' })])).toMatchObject([
		{ error: { name: 'UnavailableError', retryable: true } },
	]);
	const made = valueOf(await wms.create('shipment', [draft('k', { A: '4' })]));
	expect(await collect(wms.list('shipment'))).toEqual([made]);
	expect(await wms.create('shipment', [draft('other', { A: '1' })])).toMatchObject([
		{ error: { name: 'ValidationError', message: expect.stringContaining('SKU "A"') } },
	]);
	await wms.act('shipment', 'cancel', [act(made.key, 'no')]);
	expect(valueOf(await wms.create('shipment', [draft('other', { A: '1' })])).lines).toMatchObject([
		{ item: 'A', quantity: '1' },
	]);
});

test('an open shipment whose goods were released cannot leave, and nothing is half posted', async () => {
	const { wms } = fixture;
	const { key } = valueOf(await wms.create('shipment', [draft('first', { B: '10', A: '4' })]));
	await wms.act('reservation', 'match', [matchOf('SO-1', 2, { B: '12' })]);
	expect(await wms.act('shipment', 'ship', [act(key, 'go')])).toMatchObject([
		{ error: { name: 'ConflictError', message: expect.stringContaining('SKU "A"') } },
	]);
	expect([stockOf('A'), stockOf('B')]).toMatchObject([{ onHand: '10' }, { onHand: '10', reserved: '10' }]);
});

test('an outdated revision is a conflict', async () => {
	const { wms } = fixture;
	const { key } = valueOf(await wms.create('shipment', [draft('first', { A: '1' })]));
	expect(await wms.act('shipment', 'ship', [act(key, 'go', '7')])).toMatchObject([
		{ error: { name: 'ConflictError', subject: { entity: 'shipment', key } } },
	]);
});

test('a receipt puts goods on the shelf once and fills back orders', async () => {
	const { wms, company } = fixture;
	const request = draft('po-1', { B: '5' }, 'PO-7');
	const { key } = valueOf(await wms.create('receipt', [request]));
	const received = valueOf(await wms.act('receipt', 'receive', [act(key, 'in')]));
	expect(received).toMatchObject({ order: 'PO-7', state: 'received', lines: [{ item: 'B', quantity: '5' }] });
	await wms.act('receipt', 'receive', [act(key, 'in')]);
	expect(stockOf('B')).toMatchObject({ onHand: '15', reserved: '12' });
	expect(company.warehouse.reservation('SO-1')?.lines[1]).toMatchObject({ reserved: '12', backOrder: '0' });
});

test('wrong lines are refused by name', async () => {
	const { wms } = fixture;
	const refusals = await Promise.all([
		wms.create('shipment', [draft('1', { A: '1.5' })]),
		wms.create('shipment', [draft('2', { A: '0' })]),
		wms.create('shipment', [draft('3', {}, 'SO-none')]),
		wms.create('receipt', [draft('4', { NOPE: '1' })]),
		wms.act('receipt', 'receive', [act('RC-none', '5')]),
	]);
	expect(refusals.flat().map((outcome) => ('error' in outcome ? outcome.error.message : 'made'))).toEqual([
		expect.stringContaining('SKU "A" is wrong: 1.5'),
		expect.stringContaining('must be above zero'),
		expect.stringContaining('SO-none'),
		expect.stringContaining('NOPE'),
		expect.stringContaining('RC-none'),
	]);
});

test('changes of shipments, receipts, movements and stock are found by cursor, each once', async () => {
	const { wms } = fixture;
	const { key } = valueOf(await wms.create('shipment', [draft('first', { A: '3' })]));
	const read = async (entity: 'shipment' | 'movement' | 'stockLevel', cursor?: string) => {
		const changes = [];
		let at = cursor;
		for await (const page of wms.changes(entity, cursor)) {
			changes.push(...page.changes);
			at = page.cursor;
		}
		return { changes, cursor: at };
	};
	const before = {
		shipment: await read('shipment'),
		movement: await read('movement'),
		stock: await read('stockLevel'),
	};
	expect(before.shipment.changes).toMatchObject([{ key, version: 1 }]);
	await wms.act('shipment', 'ship', [act(key, 'go')]);
	expect((await read('shipment', before.shipment.cursor)).changes).toMatchObject([
		{ key, version: 2, record: { state: 'shipped' } },
	]);
	expect((await read('movement', before.movement.cursor)).changes).toMatchObject([
		{ record: { kind: 'shipment', item: 'A', quantity: '-3', reference: key } },
	]);
	expect((await read('stockLevel', before.stock.cursor)).changes).toMatchObject([
		{ key: 'A', record: { onHand: '7' } },
	]);
});

test('each change writes its event in the same commit, and each event is valid', async () => {
	await fixture.close();
	// Nothing listens at that address: the events stay in the outbox.
	fixture = await quietCompany({ seed: false, wms: { publish: true } });
	const { warehouse } = fixture.company;
	warehouse.putItems([{ sku: 'A', gtin: gtinOf(1), names: { en: 'A' }, onHand: '10' }]);
	await fixture.wms.act('reservation', 'match', [matchOf('SO-1', 1, { A: '4' })]);
	const { key } = valueOf(await fixture.wms.create('shipment', [draft('s')]));
	await fixture.wms.act('shipment', 'ship', [act(key, 'go')]);
	const rows = warehouse.outbox?.after(0, 100) ?? [];
	expect(rows.map(({ topic }) => topic)).toEqual([
		'erp/sandbox-wms/reservation/created/SO-1',
		`erp/sandbox-wms/shipment/created/${key}`,
		'erp/sandbox-wms/reservation/changed/SO-1',
		'erp/sandbox-wms/movement/created/MV-0000000002',
		`erp/sandbox-wms/shipment/changed/${key}`,
		'erp/sandbox-wms/stockLevel/changed/A',
	]);
	for (const { payload } of rows) expect(validateEvent(JSON.parse(payload))).toHaveProperty('event');
});
