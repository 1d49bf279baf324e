import type { HttpRequest } from '../../core/ports/httpTransport';
import type { Outcome } from '../../core/ports/systemConnector';
import type { Reservation } from '../../core/model/reservation';
import { axiosTransport } from '../../connectors/http/axiosTransport';
import { SandboxWms } from '../../connectors/sandbox/sandboxWms';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';
import { apiKey, matchOf, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;

afterEach(() => fixture.close());

/** A warehouse with these stocks and no others. */
async function warehouseWith(
	stock: Record<string, string>,
	options: { bulk?: boolean } = {},
): Promise<SandboxWms> {
	fixture = await quietCompany({ seed: false, wms: options });
	fixture.company.warehouse.putItems(
		Object.entries(stock).map(([sku, onHand], index) => ({
			sku,
			gtin: gtinOf(index + 1),
			names: { en: sku },
			onHand,
		})),
	);
	return fixture.wms;
}

function held(order: string): Record<string, string> {
	const reservation = fixture.company.warehouse.reservation(order);
	return Object.fromEntries((reservation?.lines ?? []).map(({ sku, reserved }) => [sku, reserved]));
}

function valueOf(outcome: Outcome<Reservation> | undefined): Reservation {
	if (!outcome || !('value' in outcome)) throw new Error(`no value: ${JSON.stringify(outcome)}`);
	return outcome.value;
}

const match = async (...requests: Array<ReturnType<typeof matchOf>>): Promise<Array<Outcome<Reservation>>> =>
	fixture.wms.act('reservation', 'match', requests);

describe.each([
	['in bulk', true],
	['one order a call', false],
])('reserving %s', (_how, bulk) => {
	test('what is there is reserved, the rest is on back order', async () => {
		await warehouseWith({ A: '10', B: '3' }, { bulk });
		const [outcome] = await match(matchOf('SO-1', 1, { A: '4', B: '5' }));
		expect(valueOf(outcome).lines).toEqual([
			{ item: 'A', requested: '4', reserved: '4' },
			{ item: 'B', requested: '5', reserved: '3' },
		]);
		expect(fixture.company.warehouse.stock(['B'])).toEqual([
			{ sku: 'B', onHand: '3', reserved: '3', available: '0' },
		]);
	});

	test('a changed order is released first, so that it does not stand in its own way', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		await match(matchOf('SO-1', 1, { A: '8' }));
		await match(matchOf('SO-1', 2, { A: '10' }));
		expect(held('SO-1')).toEqual({ A: '10' });
	});

	test('a replay and an older sequence change nothing and return the reservation as it is', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		await match(matchOf('SO-1', 5, { A: '8' }));
		const before = fixture.company.warehouse.reservation('SO-1');
		const [replay] = await match(matchOf('SO-1', 5, { A: '1' }));
		const [stale] = await match(matchOf('SO-1', 4, { A: '2' }));
		expect(fixture.company.warehouse.reservation('SO-1')).toEqual(before);
		expect([valueOf(replay).sequence, valueOf(stale).sequence]).toEqual([5, 5]);
	});

	test('a cancellation that arrives before the order keeps the order from reserving', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		await match(matchOf('SO-1', 2, {}));
		await match(matchOf('SO-1', 1, { A: '8' }));
		expect(fixture.company.warehouse.stock(['A'])[0]?.reserved).toBe('0');
	});

	test('released stock goes to the oldest back order', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		await match(matchOf('SO-1', 1, { A: '10' }));
		await match(matchOf('SO-2', 1, { A: '4' }));
		await match(matchOf('SO-3', 1, { A: '4' }));
		await match(matchOf('SO-1', 2, { A: '5' }));
		expect([held('SO-1'), held('SO-2'), held('SO-3')]).toEqual([{ A: '5' }, { A: '4' }, { A: '1' }]);
	});

	test('without partial reservation a line is held whole or not at all', async () => {
		await warehouseWith({ A: '10', B: '10' }, { bulk });
		await match(matchOf('SO-1', 1, { A: '11', B: '10' }, { allowPartial: false }));
		expect(held('SO-1')).toEqual({ A: '0', B: '10' });
		fixture.company.warehouse.adjustStock([{ sku: 'A', delta: '1' }]);
		expect(held('SO-1')).toEqual({ A: '11', B: '10' });
	});

	test('an outdated revision is a conflict, the right one is taken', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		const [first] = await match(matchOf('SO-1', 1, { A: '1' }));
		const { revision } = valueOf(first);
		await match(matchOf('SO-1', 2, { A: '2' }, { expectedVersion: revision }));
		const [late] = await match(matchOf('SO-1', 3, { A: '3' }, { expectedVersion: revision }));
		expect(late).toMatchObject({ error: { name: 'ConflictError', subject: { key: 'SO-1' } } });
		expect(held('SO-1')).toEqual({ A: '2' });
	});

	test('wrong records fail by name, and their neighbours are reserved', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		const outcomes = await match(
			matchOf('SO-1', 1, { A: '1' }),
			matchOf('SO-2', 1, { NOPE: '1' }),
			matchOf('SO-3', 1, { A: '-1' }),
			matchOf('SO-4', 1, { A: '1.5' }),
			{
				...matchOf('SO-5', 1, {}),
				input: {
					sequence: 1,
					allowPartial: true,
					lines: [
						{ item: 'A', quantity: '1' },
						{ item: 'A', quantity: '1' },
					],
				},
			},
			matchOf('SO-6', 1, { A: '999999999999' }),
			matchOf('SO-7', 1, { A: '1' }),
		);
		expect(
			outcomes.map((outcome) =>
				'error' in outcome ? `${outcome.error.name} ${String(outcome.error.subject.key)}` : 'reserved',
			),
		).toEqual([
			'reserved',
			'ValidationError SO-2',
			'ValidationError SO-3',
			'ValidationError SO-4',
			'ValidationError SO-5',
			'ValidationError SO-6',
			'reserved',
		]);
		expect(outcomes[1]).toMatchObject({ error: { message: expect.stringContaining('NOPE') } });
		expect(fixture.company.warehouse.reservationCount).toBe(2);
	});

	test('work that was done before the connection was cut is not done again', async () => {
		await warehouseWith({ A: '10' }, { bulk });
		await fixture.wms.act('reservation', 'match', [matchOf('SO-0', 1, {})]);
		fixture.company.faults.wms.set({
			fault: 'cut-after',
			requests: 1,
			delayMs: 0,
			retryAfterSeconds: 0,
			path: '/api/reservations',
		});
		const request = matchOf('SO-1', 1, { A: '4' });
		const [cut] = await match(request);
		expect(cut).toMatchObject({ error: { name: 'UnavailableError', retryable: true } });
		const [again] = await match(request);
		expect(valueOf(again)).toMatchObject({
			revision: '1',
			lines: [{ item: 'A', requested: '4', reserved: '4' }],
		});
		expect(fixture.company.warehouse.movements({ order: 'SO-1' }).map(({ delta }) => delta)).toEqual(['4']);
	});
});

test('less stock than is reserved: the youngest order gives way', async () => {
	await warehouseWith({ A: '10' });
	await match(matchOf('SO-1', 1, { A: '6' }), matchOf('SO-2', 1, { A: '4' }));
	fixture.company.warehouse.adjustStock([{ sku: 'A', onHand: '7' }]);
	expect([held('SO-1'), held('SO-2')]).toEqual([{ A: '6' }, { A: '1' }]);
	fixture.company.warehouse.adjustStock([{ sku: 'A', delta: '3' }]);
	expect([held('SO-1'), held('SO-2')]).toEqual([{ A: '6' }, { A: '4' }]);
});

test('a thousand and one orders go in two bulk calls, in their order', async () => {
	await warehouseWith({ A: '5000' });
	const sent: string[] = [];
	const transport = axiosTransport();
	const wms = new SandboxWms({
		url: fixture.company.addresses.wms,
		apiKey,
		transport: (request: HttpRequest) => {
			sent.push(`${request.method} ${new URL(request.url).pathname}`);
			return transport(request);
		},
	});
	const requests = Array.from({ length: 1_001 }, (_, index) => matchOf(`SO-${index}`, 1, { A: '1' }));
	const outcomes = await wms.act('reservation', 'match', requests);
	transport.close();
	expect(sent).toEqual(['GET /api', 'POST /api/reservations/match', 'POST /api/reservations/match']);
	expect(outcomes.map(({ key }) => key)).toEqual(requests.map(({ key }) => key));
	expect(fixture.company.warehouse.stock(['A'])[0]?.reserved).toBe('1001');
});

test.each([
	['unauthorized', 'AuthenticationError', false],
	['forbidden', 'PermissionError', false],
	['conflict', 'ConflictError', false],
	['rate-limit', 'RateLimitError', true],
	['error', 'UnavailableError', true],
	['hang', 'UnavailableError', true],
	['cut-before', 'UnavailableError', true],
] as const)(
	'when the warehouse does "%s", every record of the call has a %s',
	async (fault, name, retryable) => {
		await warehouseWith({ A: '10' });
		const transport = axiosTransport();
		const wms = new SandboxWms({ url: fixture.company.addresses.wms, apiKey, transport, timeoutMs: 150 });
		await wms.act('reservation', 'match', [matchOf('SO-0', 1, {})]);
		fixture.company.faults.wms.set({ fault, requests: 1, delayMs: 0, retryAfterSeconds: 7, path: '/api' });
		const requests = [matchOf('SO-1', 1, { A: '1' }), matchOf('SO-2', 1, { A: '1' })];
		const outcomes = await wms.act('reservation', 'match', requests);
		expect(outcomes).toMatchObject([
			{ key: 'SO-1', error: { name, retryable } },
			{ key: 'SO-2', error: { name, retryable } },
		]);
		if (fault === 'rate-limit')
			expect(outcomes).toMatchObject([{ error: { subject: { retryAfterMs: 7_000 } } }, {}]);
		expect(fixture.company.warehouse.reservationCount).toBe(1);
		expect((await wms.act('reservation', 'match', requests)).every((outcome) => 'value' in outcome)).toBe(
			true,
		);
		transport.close();
	},
);

test('reservations, stock and items are read by key; what is unknown is absent', async () => {
	await warehouseWith({ A: '10', B: '5' });
	await match(matchOf('SO, 1', 1, { A: '4' }));
	const reservations = await fixture.wms.get('reservation', ['SO, 1', 'SO-9']);
	expect([...reservations.keys()]).toEqual(['SO, 1']);
	expect(await fixture.wms.get('stockLevel', ['A', 'Z'])).toEqual(
		new Map([['A', { item: 'A', onHand: '10', reserved: '4', available: '6' }]]),
	);
	expect([...(await fixture.wms.get('item', ['B', 'Z'])).keys()]).toEqual(['B']);
});

test('the address of another program is told apart from the warehouse', async () => {
	await warehouseWith({});
	const transport = axiosTransport();
	const misled = new SandboxWms({ url: fixture.company.addresses.erp, apiKey, transport });
	await expect(misled.get('stockLevel', ['A'])).rejects.toMatchObject({ name: 'NotFoundError' });
	transport.close();
});
