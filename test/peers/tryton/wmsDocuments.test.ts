import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { TrytonWms } from '../../../connectors/tryton/trytonWms';
import { add } from '../../../core/model/decimal';
import { Movement } from '../../../core/model/movement';
import { Receipt } from '../../../core/model/receipt';
import { Shipment } from '../../../core/model/shipment';
import { ConflictError, NotFoundError, UnavailableError, ValidationError } from '../../../core/ports/errors';
import { TransportError, type HttpRequest, type HttpTransport } from '../../../core/ports/httpTransport';
import type { EntityName, Entities, Outcome } from '../../../core/ports/systemConnector';
import { countStock, createItems, sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const transport = axiosTransport();

function connect(through: HttpTransport = transport): TrytonWms {
	return new TrytonWms({
		system: 'tryton-wms',
		url: server.url,
		database: 'wms',
		user: trytonUser,
		password: trytonPassword,
		transport: through,
	});
}

const people = () => sessionOf(server.url, 'wms');
const methodOf = ({ body }: HttpRequest) => (body as { method: string }).method;

let last = 0;
const newOrder = () => `SO-${(last += 1)}`;
async function stocked(quantity: number): Promise<string> {
	const code = `D-${(last += 1)}`;
	await createItems(people(), [{ code, name: `Article ${code}` }]);
	if (quantity > 0) await countStock(people(), { [code]: quantity });
	return code;
}

function valueOf<T>(outcomes: Array<Outcome<T>>): T {
	const [outcome] = outcomes;
	if (outcome === undefined) throw new Error('no outcome');
	if ('error' in outcome) throw outcome.error;
	return outcome.value;
}

async function reserve(order: string, lines: Record<string, string>, sequence = 1): Promise<void> {
	valueOf(
		await connect().act('reservation', 'match', [
			{
				key: order,
				idempotencyKey: `${order}/${sequence}`,
				input: {
					sequence,
					allowPartial: true,
					lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })),
				},
			},
		]),
	);
}

const ship = async (key: string, wms = connect(), expectedVersion?: string) =>
	wms.act('shipment', 'ship', [
		{ key, idempotencyKey: `ship/${key}`, input: {}, ...(expectedVersion ? { expectedVersion } : {}) },
	]);
const cancelShipment = async (key: string) =>
	connect().act('shipment', 'cancel', [{ key, idempotencyKey: `cancel/${key}`, input: {} }]);
const make = async (order: string, lines: Record<string, string> = {}, key = order, wms = connect()) =>
	wms.create('shipment', [
		{
			idempotencyKey: key,
			draft: { order, lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })) },
		},
	]);
const announce = async (lines: Record<string, string>, key: string, order?: string, wms = connect()) =>
	wms.create('receipt', [
		{
			idempotencyKey: key,
			draft: {
				...(order === undefined ? {} : { order }),
				lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })),
			},
		},
	]);

const level = async (item: string) => (await connect().get('stockLevel', [item])).get(item);

/** `item: reserved of requested` of what is still to leave, and what has left, over all of an order. */
async function held(order: string): Promise<Record<string, string>> {
	const reservation = (await connect().get('reservation', [order])).get(order);
	return Object.fromEntries(
		(reservation?.lines ?? []).map(({ item, requested, reserved }) => [item, `${reserved} of ${requested}`]),
	);
}

async function shipmentsOf(order: string): Promise<Array<{ state: string; id: number }>> {
	return people().search(
		'stock.shipment.out',
		z.object({ id: z.number(), state: z.string() }),
		[['reference', '=', `order ${order}`]],
		{ order: [['id', 'ASC']] },
	);
}

/** On SQLite, Tryton tells versions apart by whole seconds. */
async function nextSecond(): Promise<void> {
	const second = Math.floor(Date.now() / 1_000);
	while (Math.floor(Date.now() / 1_000) === second) await people().call('model.ir.date.today', []);
}

/** What is new of an entity since the call before. */
async function follower<E extends EntityName>(entity: E) {
	let cursor: string | undefined;
	const look = async () => {
		const changes: Array<{ key: string; record?: Entities[E] }> = [];
		for await (const page of connect().changes(entity, cursor)) {
			changes.push(...page.changes);
			cursor = page.cursor;
		}
		return changes;
	};
	await look();
	return look;
}

beforeAll(async () => {
	server = await startTryton({ wms: 'wms' });
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

describe('a shipment', () => {
	it('of all that is reserved is picked, leaves, and stays as it is however often that is repeated', async () => {
		const item = await stocked(10);
		const order = newOrder();
		await reserve(order, { [item]: '4' });
		const look = await follower('shipment');
		const made = valueOf(await make(order));
		expect(Shipment.parse(made)).toEqual(made);
		expect(made).toMatchObject({ order, state: 'draft', lines: [{ item, quantity: '4' }] });
		expect(await shipmentsOf(order)).toEqual([{ id: Number(made.key), state: 'picked' }]);
		expect(await level(item)).toMatchObject({ onHand: '6', reserved: '0', available: '6' });
		expect(valueOf(await make(order))).toEqual(made);

		const shipped = valueOf(await ship(made.key));
		expect(shipped).toMatchObject({ key: made.key, state: 'shipped', lines: [{ item, quantity: '4' }] });
		expect(Date.parse(shipped.shippedAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
		expect(valueOf(await ship(made.key))).toEqual(shipped);
		expect(valueOf(await make(order))).toEqual(shipped);
		expect((await connect().get('shipment', [made.key, '999999', 'nonsense'])).get(made.key)).toEqual(
			shipped,
		);
		expect((await look()).at(-1)).toMatchObject({ key: made.key, record: shipped });
		expect(await look()).toEqual([]);
		expect(await held(order)).toEqual({ [item]: '4 of 4' });
	});

	it('of a part leaves the rest of the order on a new one, reserved as far as it goes', async () => {
		const [a, b] = [await stocked(10), await stocked(10)];
		const order = newOrder();
		await reserve(order, { [a]: '15', [b]: '3' });
		expect(await held(order)).toEqual({ [a]: '10 of 15', [b]: '3 of 3' });
		const part = valueOf(await make(order, { [a]: '6' }, 'part'));
		expect(part.lines).toEqual([expect.objectContaining({ item: a, quantity: '6' })]);
		expect(await held(order)).toEqual({ [a]: '10 of 15', [b]: '3 of 3' });
		expect((await shipmentsOf(order)).map(({ state }) => state)).toEqual(['picked', 'waiting']);
		valueOf(await ship(part.key));
		const rest = valueOf(await make(order, {}, 'rest'));
		expect(rest.lines.map(({ item, quantity }) => [item, quantity]).sort()).toEqual([
			[a, '4'],
			[b, '3'],
		]);
		valueOf(await ship(rest.key));
		expect(await held(order)).toEqual({ [a]: '10 of 15', [b]: '3 of 3' });
		expect(await level(a)).toMatchObject({ onHand: '0', reserved: '0' });
		expect(await level(b)).toMatchObject({ onHand: '7', reserved: '0' });
		await countStock(people(), { [a]: 20 });
		await reserve(order, { [a]: '15', [b]: '3' });
		expect(await held(order)).toEqual({ [a]: '15 of 15', [b]: '3 of 3' });
	});

	it('is refused where less is held, where nothing is, and where it cannot leave', async () => {
		const item = await stocked(3);
		const order = newOrder();
		await reserve(order, { [item]: '5' });
		const before = await shipmentsOf(order);
		await expect(make(order, { [item]: '4' }).then(valueOf)).rejects.toThrow(
			`holds 3 of item "${item}" for a new shipment; 4 were asked for`,
		);
		await expect(make('no such order').then(valueOf)).rejects.toThrow('holds nothing');
		await expect(ship(String(before[0]?.id)).then(valueOf)).rejects.toThrow('not all of it is reserved');
		await expect(ship('999999').then(valueOf)).rejects.toThrow(NotFoundError);
		expect(await shipmentsOf(order)).toEqual(before);
		expect(await held(order)).toEqual({ [item]: '3 of 5' });
	});

	it('that nobody picked is cancelled, and its goods are free; one that was picked is not', async () => {
		const item = await stocked(8);
		const [one, other] = [newOrder(), newOrder()];
		await reserve(one, { [item]: '4' });
		await reserve(other, { [item]: '4' });
		const key = String((await shipmentsOf(one))[0]?.id);
		expect(valueOf(await cancelShipment(key))).toMatchObject({ key, state: 'cancelled' });
		expect(valueOf(await cancelShipment(key))).toMatchObject({ key, state: 'cancelled' });
		expect(await level(item)).toMatchObject({ reserved: '4', available: '4' });
		await expect(ship(key).then(valueOf)).rejects.toThrow('is cancelled');
		const picked = valueOf(await make(other));
		await expect(cancelShipment(picked.key).then(valueOf)).rejects.toThrow('no longer on the shelf');
		valueOf(await ship(picked.key));
		await expect(cancelShipment(picked.key).then(valueOf)).rejects.toThrow('has left');
	});

	it('leaves at once when all is reserved; not on an outdated version, nor when people changed it meanwhile', async () => {
		const item = await stocked(20);
		const order = newOrder();
		await reserve(order, { [item]: '4' });
		const key = String((await shipmentsOf(order))[0]?.id);
		const read = (await connect().get('shipment', [key])).get(key);
		await reserve(order, { [item]: '5' }, 2);
		await expect(ship(key, connect(), read?.revision).then(valueOf)).rejects.toThrow(ConflictError);
		let isFirst = true;
		const late = connect(async (sent) => {
			if (isFirst && methodOf(sent) === 'model.stock.shipment.out.pick') {
				isFirst = false;
				await nextSecond();
				await people().press('stock.shipment.out', 'wait', [Number(key)]);
			}
			return transport(sent);
		});
		await expect(ship(key, late).then(valueOf)).rejects.toThrow(ConflictError);
		expect(await level(item)).toMatchObject({ onHand: '20' });
		await reserve(order, { [item]: '5' }, 3);
		expect(valueOf(await ship(key))).toMatchObject({ state: 'shipped', lines: [{ quantity: '5' }] });
		expect(await level(item)).toMatchObject({ onHand: '15', reserved: '0' });
	});

	it.each([
		'model.ir.note.create',
		'model.stock.move.draft',
		'model.stock.move.write',
		'model.stock.move.delete',
		'model.stock.shipment.out.assign_try',
		'model.stock.shipment.out.pick',
		'model.stock.shipment.out.create',
	])('of a part is made once although the answer to %s was lost', async (method) => {
		const [a, b] = [await stocked(10), await stocked(10)];
		const order = newOrder();
		await reserve(order, { [a]: '8', [b]: '2' });
		let isFirst = true;
		const wms = connect(async (sent) => {
			const answer = await transport(sent);
			if (!isFirst || methodOf(sent) !== method) return answer;
			isFirst = false;
			throw new TransportError('the answer was lost');
		});
		await expect(make(order, { [a]: '5' }, 'once', wms).then(valueOf)).rejects.toThrow(UnavailableError);
		const made = valueOf(await make(order, { [a]: '5' }, 'once', wms));
		expect(made.lines).toEqual([expect.objectContaining({ item: a, quantity: '5' })]);
		expect((await shipmentsOf(order)).map(({ state }) => state)).toEqual(['picked', 'assigned']);
		expect(await held(order)).toEqual({ [a]: '8 of 8', [b]: '2 of 2' });
		expect(await level(a)).toMatchObject({ onHand: '5', reserved: '3' });
	});
});

describe('a receipt', () => {
	it('is announced once, received into storage, and told as it goes', async () => {
		const [a, b] = [await stocked(0), await stocked(2)];
		const look = await follower('receipt');
		const made = valueOf(await announce({ [a]: '30', [b]: '5' }, 'PO-1/1', 'PO-1'));
		expect(Receipt.parse(made)).toEqual(made);
		expect(made).toMatchObject({ order: 'PO-1', state: 'draft' });
		expect(made.lines.map(({ item, quantity }) => [item, quantity])).toEqual([
			[a, '30'],
			[b, '5'],
		]);
		expect(await level(a)).toMatchObject({ onHand: '0' });
		expect(valueOf(await announce({ [a]: '30', [b]: '5' }, 'PO-1/1', 'PO-1'))).toEqual(made);
		const other = valueOf(await announce({ [a]: '1' }, 'PO-1/2', 'PO-1'));
		expect(other.key).not.toBe(made.key);
		const receive = async (key: string) =>
			valueOf(
				await connect().act('receipt', 'receive', [{ key, idempotencyKey: `receive/${key}`, input: {} }]),
			);
		const received = await receive(made.key);
		expect(received).toMatchObject({ key: made.key, order: 'PO-1', state: 'received' });
		expect(Date.parse(received.receivedAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
		expect(await receive(made.key)).toEqual(received);
		expect(await level(a)).toMatchObject({ onHand: '30', available: '30' });
		expect(await level(b)).toMatchObject({ onHand: '7' });
		const cancelled = await connect().act('receipt', 'cancel', [
			{ key: other.key, idempotencyKey: 'cancel', input: {} },
			{ key: made.key, idempotencyKey: 'cancel', input: {} },
		]);
		expect(cancelled[0]).toMatchObject({ value: { state: 'cancelled' } });
		expect(cancelled[1]).toMatchObject({ error: expect.any(ConflictError) });
		await expect(receive(other.key)).rejects.toThrow('is cancelled');
		expect((await look()).map(({ key, record }) => [key, record?.state])).toEqual(
			expect.arrayContaining([
				[made.key, 'received'],
				[other.key, 'cancelled'],
			]),
		);
	});

	it('that people took in at the dock is put away, and one that two announce at once is there once', async () => {
		const item = await stocked(0);
		const [one, two] = await Promise.all([
			announce({ [item]: '4' }, 'twice'),
			announce({ [item]: '4' }, 'twice'),
		]);
		expect(valueOf(one)).toEqual(valueOf(two));
		const { key } = valueOf(one);
		await people().press('stock.shipment.in', 'receive', [Number(key)]);
		expect((await connect().get('receipt', [key])).get(key)).toMatchObject({ state: 'received' });
		expect(await level(item)).toMatchObject({ onHand: '0' });
		valueOf(await connect().act('receipt', 'receive', [{ key, idempotencyKey: 'put away', input: {} }]));
		expect(await level(item)).toMatchObject({ onHand: '4' });
	});

	it('of an unknown item, of a fraction of a piece, or of nothing is refused, naming it', async () => {
		const item = await stocked(0);
		const refused = async (lines: Record<string, string>) =>
			announce(lines, `bad ${JSON.stringify(lines)}`).then(valueOf);
		await expect(refused({ 'NO SUCH ITEM': '1' })).rejects.toThrow(/"NO SUCH ITEM", of which Tryton has no/);
		await expect(refused({ [item]: '1.5' })).rejects.toThrow(/finer than its unit "Unit"/);
		await expect(refused({})).rejects.toThrow(ValidationError);
		const listed = [];
		for await (const page of connect().list('receipt', { search: 'announced' })) listed.push(...page);
		expect(listed.every(({ lines }) => lines.every((line) => line.item !== item))).toBe(true);
	});

	it('leaves the average cost of what it brings as it is', async () => {
		const item = await stocked(10);
		const Product = z.object({ id: z.number(), template: z.number(), cost_price: z.unknown() });
		const product = async () => (await people().search('product.product', Product, [['code', '=', item]]))[0];
		const before = await product();
		await people().call('model.product.template.write', [
			[before?.template],
			{ cost_price_method: 'average' },
		]);
		const { key } = valueOf(await announce({ [item]: '10' }, `cost of ${item}`));
		valueOf(await connect().act('receipt', 'receive', [{ key, idempotencyKey: 'receive', input: {} }]));
		expect(JSON.stringify((await product())?.cost_price)).toMatch(/"5(\.0*)?"/);
	});
});

describe('stock', () => {
	it('has movements that add up to what is on hand, each with its kind and document', async () => {
		const item = await stocked(10);
		const look = await follower('movement');
		const order = newOrder();
		await reserve(order, { [item]: '4' });
		const shipment = valueOf(await make(order));
		valueOf(await ship(shipment.key));
		const receipt = valueOf(await announce({ [item]: '7' }, `stock of ${item}`));
		valueOf(
			await connect().act('receipt', 'receive', [{ key: receipt.key, idempotencyKey: 'r', input: {} }]),
		);
		await countStock(people(), { [item]: 12 });
		const movements = [];
		for await (const page of connect().list('movement', { search: item, pageSize: 2 }))
			movements.push(...page);
		for (const movement of movements) expect(Movement.parse(movement)).toEqual(movement);
		expect(movements.map(({ kind, quantity, reference }) => [kind, quantity, reference])).toEqual([
			['adjustment', '10', expect.stringMatching(/^stock\.inventory\.line,\d+$/)],
			['shipment', '-4', shipment.key],
			['receipt', '7', receipt.key],
			['adjustment', '-1', expect.stringMatching(/^stock\.inventory\.line,\d+$/)],
		]);
		const sum = movements.map(({ quantity }) => quantity).reduce(add);
		expect(sum).toBe('12');
		expect((await level(item))?.onHand).toBe('12');
		expect((await look()).map(({ record }) => record)).toEqual(movements.slice(1));
		const { key = '' } = movements[0] ?? {};
		expect((await connect().get('movement', [key])).get(key)).toEqual(movements[0]);
	});

	it('tells each change of what is on hand or reserved, and nothing else', async () => {
		const [item, still] = [await stocked(10), await stocked(10)];
		const look = await follower('stockLevel');
		const seen = async () => (await look()).map(({ record }) => record && { ...record });
		const order = newOrder();
		await reserve(order, { [item]: '4' });
		expect(await seen()).toEqual([{ item, onHand: '10', reserved: '4', available: '6' }]);
		expect(await seen()).toEqual([]);
		await reserve(order, {}, 2);
		expect(await seen()).toEqual([{ item, onHand: '10', reserved: '0', available: '10' }]);
		await reserve(order, { [item]: '3' }, 3);
		valueOf(await make(order));
		expect(await seen()).toEqual([{ item, onHand: '7', reserved: '0', available: '7' }]);
		await countStock(people(), { [still]: 11 });
		expect(await seen()).toEqual([{ item: still, onHand: '11', reserved: '0', available: '11' }]);
		const Product = z.object({ id: z.number() });
		const [product] = await people().search('product.product', Product, [['code', '=', still]]);
		await people().call('model.product.product.write', [[product?.id], { active: false }]);
		expect(await look()).toEqual([expect.not.objectContaining({ record: expect.anything() })]);
	});
});
