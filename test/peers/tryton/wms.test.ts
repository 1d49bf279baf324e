import { z } from 'zod/v4';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import type { TrytonWarehouseOptions } from '../../../connectors/tryton/options';
import { TrytonWms } from '../../../connectors/tryton/trytonWms';
import type { Reservation } from '../../../core/model/reservation';
import { ConflictError, UnavailableError, ValidationError } from '../../../core/ports/errors';
import { TransportError, type HttpRequest, type HttpTransport } from '../../../core/ports/httpTransport';
import type { ActRequest, ReservationMatch } from '../../../core/ports/systemConnector';
import { countStock, createItems, sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const transport = axiosTransport();

function connect(options: Partial<TrytonWarehouseOptions> = {}): TrytonWms {
	return new TrytonWms({
		system: 'tryton-wms',
		url: server.url,
		database: 'wms',
		user: trytonUser,
		password: trytonPassword,
		transport,
		...options,
	});
}

const people = () => sessionOf(server.url, 'wms');

/** Orders and items of its own for each test: they share one warehouse. */
let lastOrder = 1000;
const newOrder = () => String((lastOrder += 1));
let lastItem = 0;
async function stocked(quantity: number): Promise<string> {
	const code = `W-${(lastItem += 1)}`;
	await createItems(people(), [{ code, name: `Article ${code}` }]);
	if (quantity > 0) await countStock(people(), { [code]: quantity });
	return code;
}

type Lines = Record<string, string>;
function request(
	order: string,
	sequence: number,
	lines: Lines,
	options: { allowPartial?: boolean; expectedVersion?: string } = {},
): ActRequest<ReservationMatch> {
	const { allowPartial = true, expectedVersion } = options;
	return {
		key: order,
		idempotencyKey: `erp/${order}/${sequence}`,
		...(expectedVersion === undefined ? {} : { expectedVersion }),
		input: {
			sequence,
			allowPartial,
			lines: Object.entries(lines).map(([item, quantity]) => ({ item, quantity })),
		},
	};
}

async function match(
	wms: TrytonWms,
	...requests: Array<ActRequest<ReservationMatch>>
): Promise<Reservation[]> {
	const outcomes = await wms.act('reservation', 'match', requests);
	return outcomes.map((outcome) => {
		if ('error' in outcome) throw outcome.error;
		return outcome.value;
	});
}

/** `item: reserved of requested`. */
function summary(reservation: Reservation | undefined): Record<string, string> {
	return Object.fromEntries(
		(reservation?.lines ?? []).map(({ item, requested, reserved }) => [item, `${reserved} of ${requested}`]),
	);
}

const ShipmentRow = z.object({
	id: z.number(),
	number: z.string(),
	state: z.string(),
	_timestamp: z.string(),
	moves: z.array(z.number()),
});
const shipmentsOf = (order: string) =>
	people().search('stock.shipment.out', ShipmentRow, [['reference', '=', `order ${order}`]], {
		order: [['id', 'ASC']],
	});
const active = async (order: string) =>
	(await shipmentsOf(order)).filter(({ state }) => state !== 'cancelled');

/** Everything that changed in the shipments and moves of these orders would change this. */
async function versions(...orders: string[]): Promise<unknown> {
	const shipments = (await Promise.all(orders.map(shipmentsOf))).flat();
	const Row = z.object({ id: z.number(), _timestamp: z.string(), write_date: z.unknown() });
	const moves = await people().searchIn(
		'stock.move',
		Row,
		'shipment',
		shipments.map(({ id }) => `stock.shipment.out,${id}`),
		[],
		{ order: [['id', 'ASC']] },
	);
	return { shipments, moves };
}

const methodOf = ({ body }: HttpRequest) => (body as { method: string }).method;

beforeAll(async () => {
	server = await startTryton({ wms: 'wms' });
});

afterAll(async () => {
	await server?.remove();
	transport.close();
});

describe('a reservation', () => {
	it('is made, changed, cut and released, always with one shipment that is assigned as far as it goes', async () => {
		const wms = connect();
		const [a, b] = [await stocked(100), await stocked(100)];
		const order = newOrder();
		const [made] = await match(wms, request(order, 1, { [a]: '5', [b]: '1' }));
		expect(made).toMatchObject({ order, sequence: 1 });
		expect(summary(made)).toEqual({ [a]: '5 of 5', [b]: '1 of 1' });
		expect(await active(order)).toEqual([expect.objectContaining({ state: 'assigned' })]);

		const [changed] = await match(wms, request(order, 2, { [a]: '9' }));
		expect(summary(changed)).toEqual({ [a]: '9 of 9' });
		const [cut] = await match(wms, request(order, 3, { [a]: '2' }));
		expect(summary(cut)).toEqual({ [a]: '2 of 2' });
		expect([made, changed, cut].map((one) => one?.revision).toSorted()).toEqual(
			[made, changed, cut].map((one) => one?.revision),
		);
		expect(await shipmentsOf(order)).toHaveLength(1);
		expect((await wms.get('stockLevel', [a, b])).get(a)).toEqual({
			item: a,
			onHand: '100',
			reserved: '2',
			available: '98',
		});

		const [released] = await match(wms, request(order, 4, {}));
		expect(released).toMatchObject({ sequence: 4, lines: [] });
		expect(await active(order)).toEqual([]);
		expect((await wms.get('stockLevel', [a])).get(a)?.available).toBe('100');

		const [again] = await match(wms, request(order, 5, { [a]: '1' }));
		expect(summary(again)).toEqual({ [a]: '1 of 1' });
		expect(await active(order)).toHaveLength(1);
		expect((await wms.get('reservation', [order, 'no such order'])).size).toBe(1);
	});

	it('takes what is there and leaves the rest on back order, until stock comes', async () => {
		const wms = connect();
		const item = await stocked(10);
		const order = newOrder();
		const [partial] = await match(wms, request(order, 1, { [item]: '15' }));
		expect(summary(partial)).toEqual({ [item]: '10 of 15' });
		await countStock(people(), { [item]: 40 });
		const [whole] = await match(wms, request(order, 1, { [item]: '15' }));
		expect(summary(whole)).toEqual({ [item]: '15 of 15' });
		expect(await active(order)).toEqual([expect.objectContaining({ state: 'assigned' })]);
	});

	it('holds an item whole or not at all where parts are not allowed, and lets others have it', async () => {
		const wms = connect();
		const [scarce, plenty] = [await stocked(10), await stocked(100)];
		const [greedy, modest] = [newOrder(), newOrder()];
		const whole = { allowPartial: false };
		const [first, second] = await match(
			wms,
			request(greedy, 1, { [scarce]: '12', [plenty]: '3' }, whole),
			request(modest, 1, { [scarce]: '10' }, whole),
		);
		expect(summary(first)).toEqual({ [plenty]: '3 of 3', [scarce]: '0 of 12' });
		expect(summary(second)).toEqual({ [scarce]: '10 of 10' });
	});

	it('never holds more than there is, whoever asks at once', async () => {
		const item = await stocked(20);
		const orders = Array.from({ length: 6 }, newOrder);
		const results = await Promise.all(
			orders.map((order) => match(connect(), request(order, 1, { [item]: '5' }))),
		);
		const held = results.flat().map((one) => Number(one.lines[0]?.reserved));
		expect(held.reduce((sum, quantity) => sum + quantity, 0)).toBe(20);
	});

	it('is not touched by a replay, whole or on back order, nor by an older state', async () => {
		const wms = connect();
		const [a, scarce] = [await stocked(100), await stocked(3)];
		const [whole, short, gone] = [newOrder(), newOrder(), newOrder()];
		const requests = [
			request(whole, 2, { [a]: '5' }),
			request(short, 2, { [a]: '5', [scarce]: '4' }),
			request(gone, 2, {}),
		];
		await match(wms, request(gone, 1, { [a]: '7' }));
		const first = await match(wms, ...requests);
		const before = await versions(whole, short, gone);
		expect((await match(wms, ...requests)).slice(0, 2)).toEqual(first.slice(0, 2));
		const older = await match(
			wms,
			request(whole, 1, { [a]: '50' }),
			request(short, 0, {}),
			request(gone, 1, { [a]: '7' }),
		);
		expect(older.map(summary)).toEqual([{ [a]: '5 of 5' }, { [a]: '5 of 5', [scarce]: '3 of 4' }, {}]);
		expect(await versions(whole, short, gone)).toEqual(before);
	});

	it('is refused on an outdated version, and changed on the right one', async () => {
		const wms = connect();
		const item = await stocked(50);
		const order = newOrder();
		const [first] = await match(wms, request(order, 1, { [item]: '1' }));
		const [second] = await match(
			wms,
			request(order, 2, { [item]: '2' }, { expectedVersion: first?.revision ?? '' }),
		);
		await expect(
			match(wms, request(order, 3, { [item]: '3' }, { expectedVersion: first?.revision ?? '' })),
		).rejects.toThrow(ConflictError);
		expect((await wms.get('reservation', [order])).get(order)).toEqual(second);
	});

	it('of fifty orders takes a bounded number of calls, and one bad order harms no other', async () => {
		const methods: string[] = [];
		const wms = connect({
			transport: (sent) => {
				methods.push(methodOf(sent));
				return transport(sent);
			},
		});
		const [a, b] = [await stocked(1000), await stocked(20)];
		const orders = Array.from({ length: 50 }, newOrder);
		const lines = (index: number, more: number): Lines =>
			index === 7
				? { 'NO SUCH ITEM': '1' }
				: index === 8
					? { [a]: '1.5' }
					: { [a]: String((index % 7) + more), [b]: '1' };
		for (const [sequence, more] of [
			[1, 1],
			[2, 2],
		] as const) {
			methods.length = 0;
			const outcomes = await wms.act(
				'reservation',
				'match',
				orders.map((order, index) => request(order, sequence, lines(index, more))),
			);
			expect(methods.length).toBeLessThan(40);
			expect(outcomes.map(({ key }) => key)).toEqual(orders);
			const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
			expect(failures).toHaveLength(2);
			expect(failures[0]?.message).toMatch(/order "\d+" .*wants item "NO SUCH ITEM", of which Tryton has no/);
			expect(failures[1]?.message).toMatch(/wants 1\.5 of item "W-\d+", finer than its unit "Unit"/);
			expect(failures.every((failure) => failure instanceof ValidationError)).toBe(true);
		}
		const held = [...(await wms.get('reservation', orders)).values()];
		expect(held).toHaveLength(48);
		for (const { order, lines: own } of held) {
			const wanted = lines(orders.indexOf(order), 2)[a];
			expect(own.find(({ item }) => item === a)).toEqual({ item: a, requested: wanted, reserved: wanted });
		}
		const ofScarce = held.map(({ lines: own }) => Number(own.find(({ item }) => item === b)?.reserved));
		expect(ofScarce.reduce((sum, quantity) => sum + quantity, 0)).toBe(20);
		for (const order of orders) expect((await shipmentsOf(order)).length).toBeLessThanOrEqual(1);
	});

	it('is changed once for each state of an order that comes twice in a batch', async () => {
		const wms = connect();
		const item = await stocked(50);
		const order = newOrder();
		const results = await match(
			wms,
			request(order, 1, { [item]: '1' }),
			request(order, 3, { [item]: '3' }),
			request(order, 2, { [item]: '2' }),
		);
		expect(results.map(({ sequence, lines }) => [sequence, lines[0]?.reserved])).toEqual([
			[1, '1'],
			[3, '3'],
			[3, '3'],
		]);
	});

	it('shows in lists, and in changes when the warehouse’s people change it', async () => {
		const wms = connect();
		const item = await stocked(50);
		const order = newOrder();
		await match(wms, request(order, 1, { [item]: '4' }));
		let cursor: string | undefined;
		const all: string[] = [];
		for await (const page of wms.changes('reservation')) {
			cursor = page.cursor;
			all.push(...page.changes.map(({ key }) => key));
		}
		expect(all).toContain(order);
		const [shipment] = await active(order);
		await people().press('stock.shipment.out', 'wait', [shipment?.id ?? 0]);
		const changes = [];
		for await (const page of wms.changes('reservation', cursor)) changes.push(...page.changes);
		expect(changes.map(({ key, record }) => [key, summary(record)])).toEqual([[order, { [item]: '0 of 4' }]]);
		const listed = [];
		for await (const page of wms.list('reservation', { pageSize: 5 })) listed.push(...page);
		expect(listed.filter((one) => one.order === order)).toHaveLength(1);
	});
});

describe('the warehouse’s own people', () => {
	it('have the last word on what they picked: more comes on top, less is a conflict', async () => {
		const wms = connect();
		const item = await stocked(50);
		const order = newOrder();
		await match(wms, request(order, 1, { [item]: '4' }));
		const [shipment] = await active(order);
		await people().press('stock.shipment.out', 'pick', [shipment?.id ?? 0]);
		await expect(match(wms, request(order, 2, { [item]: '3' }))).rejects.toThrow(
			new RegExp(`has shipment ${shipment?.number}, already picked`),
		);
		const [more] = await match(wms, request(order, 3, { [item]: '10' }));
		expect(summary(more)).toEqual({ [item]: '10 of 10' });
		for (const button of ['pack', 'done']) {
			await people().press('stock.shipment.out', button, [shipment?.id ?? 0]);
		}
		const [same] = await match(wms, request(order, 4, { [item]: '10' }));
		expect(summary(same)).toEqual({ [item]: '10 of 10' });
		await expect(match(wms, request(order, 5, {}))).rejects.toThrow(ConflictError);
	});

	it('are asked to settle two open shipments for one order, by number', async () => {
		const wms = connect();
		const item = await stocked(50);
		const order = newOrder();
		await match(wms, request(order, 1, { [item]: '4' }));
		const [original] = await active(order);
		await people().call('model.stock.shipment.out.copy', [[original?.id], {}]);
		const copy = (await active(order))[1];
		await people().press('stock.shipment.out', 'wait', [copy?.id ?? 0]);
		const failure = await match(wms, request(order, 2, { [item]: '5' })).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(ConflictError);
		expect((failure as ConflictError).message).toContain(`${original?.number} and ${copy?.number}`);
	});

	it('are not overridden when they act between our look and our change', async () => {
		const item = await stocked(50);
		const order = newOrder();
		await match(connect(), request(order, 1, { [item]: '4' }));
		const [shipment] = await active(order);
		let isFirst = true;
		const wms = connect({
			transport: async (sent) => {
				if (isFirst && methodOf(sent) === 'model.stock.shipment.out.wait') {
					isFirst = false;
					await people().press('stock.shipment.out', 'pick', [shipment?.id ?? 0]);
				}
				return transport(sent);
			},
		});
		await expect(match(wms, request(order, 2, { [item]: '3' }))).rejects.toThrow(ConflictError);
		expect(await active(order)).toEqual([expect.objectContaining({ id: shipment?.id, state: 'picked' })]);
	});

	it('choose customer, warehouse and reference; a wrong choice is named with the right ones', async () => {
		const item = await stocked(50);
		const order = newOrder();
		await match(
			connect({ customer: 'RETAIL', warehouse: 'WH', referencePrefix: 'ERP ' }),
			request(order, 1, { [item]: '1' }),
		);
		const Row = z.object({ id: z.number(), 'customer.': z.object({ code: z.string() }) });
		const [shipment] = await people().search(
			'stock.shipment.out',
			Row,
			[['reference', '=', `ERP ${order}`]],
			{
				related: ['customer.code'],
			},
		);
		expect(shipment?.['customer.'].code).toBe('RETAIL');
		const failure = await connect({ warehouse: 'Elsewhere' })
			.check()
			.catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(ValidationError);
		expect((failure as ValidationError).subject.hint).toMatch(/WH/);
	});
});

describe('when the connection fails', () => {
	const methods = [
		'model.stock.shipment.out.create',
		'model.ir.note.create',
		'model.stock.shipment.out.wait',
		'model.stock.shipment.out.assign_try',
	];

	/** Fails the first call of a method, in the way given. */
	function failingOnce(method: string, fail: (sent: HttpRequest) => Promise<never>): HttpTransport {
		let isFirst = true;
		return async (sent) => {
			if (!isFirst || methodOf(sent) !== method) return transport(sent);
			isFirst = false;
			return fail(sent);
		};
	}

	it.each([
		...methods,
		'model.ir.note.write',
		'model.stock.shipment.out.draft',
		'model.stock.shipment.out.write',
	])('and the answer to %s is lost, a repetition applies everything once', async (method) => {
		const item = await stocked(100);
		const [fresh, standing] = [newOrder(), newOrder()];
		await match(connect(), request(standing, 1, { [item]: '4' }));
		const wms = connect({
			transport: failingOnce(method, async (sent) => {
				await transport(sent);
				throw new TransportError('the answer was lost');
			}),
		});
		const requests = [request(fresh, 1, { [item]: '3' }), request(standing, 2, { [item]: '6' })];
		const outcomes = await wms.act('reservation', 'match', requests);
		const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
		expect(failures.length).toBeGreaterThan(0);
		expect(failures.every((failure) => failure instanceof UnavailableError && failure.retryable)).toBe(true);

		expect((await match(wms, ...requests)).map(summary)).toEqual([
			{ [item]: '3 of 3' },
			{ [item]: '6 of 6' },
		]);
		for (const order of [fresh, standing]) {
			expect(await active(order)).toEqual([expect.objectContaining({ state: 'assigned' })]);
		}
		expect((await wms.get('stockLevel', [item])).get(item)?.reserved).toBe('9');
	});

	it.each(methods)(
		'and the server is killed in the middle of %s, a repetition applies everything once',
		async (method) => {
			const item = await stocked(100);
			const orders = Array.from({ length: 5 }, newOrder);
			const wms = connect({
				transport: failingOnce(method, async (sent) => {
					const answer = transport(sent);
					await server.kill();
					await answer;
					throw new TransportError('the answer came before the kill');
				}),
			});
			const requests = orders.map((order) => request(order, 1, { [item]: '3' }));
			const outcomes = await wms.act('reservation', 'match', requests);
			expect(outcomes.every((outcome) => 'error' in outcome && outcome.error.retryable)).toBe(true);
			await server.restart();
			expect((await match(wms, ...requests)).map(summary)).toEqual(orders.map(() => ({ [item]: '3 of 3' })));
			for (const order of orders) {
				expect(await active(order)).toEqual([expect.objectContaining({ state: 'assigned' })]);
			}
			expect((await wms.get('stockLevel', [item])).get(item)?.reserved).toBe('15');
		},
	);

	it('and a shipment is made long after we gave it up, it is cancelled at the next change', async () => {
		const item = await stocked(100);
		const order = newOrder();
		let late: HttpRequest | undefined;
		const wms = connect({
			transport: failingOnce('model.stock.shipment.out.create', async (sent) => {
				late = sent;
				throw new TransportError('no answer in time');
			}),
		});
		await expect(match(wms, request(order, 1, { [item]: '3' }))).rejects.toThrow(UnavailableError);
		await match(wms, request(order, 1, { [item]: '3' }));
		await transport(late as HttpRequest);
		expect(await active(order)).toHaveLength(2);
		const [changed] = await match(wms, request(order, 2, { [item]: '4' }));
		expect(summary(changed)).toEqual({ [item]: '4 of 4' });
		expect(await active(order)).toHaveLength(1);
	});
});

describe('stock levels', () => {
	it('count what is on hand and what is reserved, item by item, and are listed in pages', async () => {
		const wms = connect();
		const item = await stocked(12);
		await match(wms, request(newOrder(), 1, { [item]: '5' }));
		const levels = [];
		for await (const page of wms.list('stockLevel', { pageSize: 7 })) levels.push(...page);
		expect(levels.find((level) => level.item === item)).toEqual({
			item,
			onHand: '12',
			reserved: '5',
			available: '7',
		});
		const fields = await wms.describe('reservation');
		expect(fields).toContainEqual({ name: 'reference', type: 'char', required: false });
	});
});
