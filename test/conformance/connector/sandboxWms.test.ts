import { SandboxWms } from '../../../connectors/sandbox/sandboxWms';
import { Item } from '../../../core/model/item';
import { Movement } from '../../../core/model/movement';
import { Receipt } from '../../../core/model/receipt';
import { Reservation, StockLevel } from '../../../core/model/reservation';
import { Shipment } from '../../../core/model/shipment';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	NoInput,
	Outcome,
	ReservationMatch,
	UpsertRequest,
} from '../../../core/ports/systemConnector';
import { gtinOf } from '../../../sandbox/company/catalogue/gtin';
import { apiKey, matchOf, quietCompany } from '../../connectors/sandboxFixture';
import {
	actOn,
	fractions,
	kept,
	manyRecords,
	requestOf,
	skewed,
	stopped,
	unchanged,
	wrongKey,
} from './sandboxSubject';
import type { Subject, Work } from './subject';
import { connectorConformance } from './suite';

describe.each([
	['with a bulk call', true],
	['one record a call', false],
])('%s', (_name, bulk) => {
	connectorConformance(
		'sandbox WMS',
		{
			entities: {
				item: { changes: false, cannot: kept },
				stockLevel: { cannot: kept },
				reservation: { cannot: kept },
				shipment: { cannot: kept },
				receipt: { cannot: kept },
				movement: { cannot: { ...kept, change: 'a movement never changes' } },
			},
			works: {
				'match reservation': { cannot: { ignoring: 'its answer is the reservation that it made' } },
				'upsert item': {},
				'create shipment': {},
				'ship shipment': {},
				'cancel shipment': {},
				'create receipt': {},
				'receive receipt': {},
				'cancel receipt': {},
			},
		},
		() => warehouseSubject(bulk),
	);
});

async function warehouseSubject(bulk: boolean): Promise<Subject> {
	const { company, close } = await quietCompany({ wms: { bulk } });
	const { warehouse } = company;
	let last = 0;
	const number = () => (last += 1);
	const stocked = (onHand: string, units: Array<{ unit: string; factor: string }> = []) => {
		const sku = `K-${number()}`;
		warehouse.putItems([{ sku, gtin: gtinOf(500_000 + last), names: { en: sku }, onHand, units }]);
		return sku;
	};
	const stockOf = (sku: string) => warehouse.stock([sku])[0];
	const weighed = (onHand: string) => {
		const sku = `W-${number()}`;
		warehouse.putItems([{ sku, gtin: gtinOf(500_000 + last), names: { en: sku }, baseUnit: 'KGM', onHand }]);
		return sku;
	};
	const powder = weighed('1');
	const many = stocked('1000000');
	const reserve = (orders: string[], quantity = '1', sku = many) => {
		const sequence = number();
		warehouse.match(
			orders.map((order) => ({ order, sequence, allowPartial: true, lines: [{ sku, quantity }] })),
		);
		return orders;
	};
	const named = (count: number) =>
		Array.from({ length: count }, () => `KIT-${String(number()).padStart(7, '0')}`);

	const match: Work = {
		does: 'match',
		entity: 'reservation',
		request: async () => {
			const sku = stocked('100');
			const [order = ''] = named(1);
			return requestOf(matchOf(order, 1, { [sku]: '7' }), async () => Number(stockOf(sku)?.reserved) / 7, {
				next: (expectedVersion) => {
					const sequence = number() + 1;
					return requestOf(
						matchOf(order, sequence, { [sku]: String(sequence % 90) }, { expectedVersion }),
						async () => 1,
					);
				},
			});
		},
		refused: async () => {
			const [order = ''] = named(1);
			return requestOf(matchOf(order, 1, { 'NO-SUCH-ITEM': '1' }), async () =>
				warehouse.reservation(order) === undefined ? 0 : 1,
			);
		},
		run: (connector, requests) =>
			connector.act(
				'reservation',
				'match',
				requests.map(({ sent }) => sent as ActRequest<ReservationMatch>),
			),
	};
	/** An order that holds 4 of an item of its own. */
	const held = () => {
		const sku = stocked('10');
		const [order = ''] = named(1);
		warehouse.match([{ order, sequence: 1, allowPartial: false, lines: [{ sku, quantity: '4' }] }]);
		return { sku, order };
	};
	const expected = (sku: string, quantity: string) =>
		warehouse.receipts.create({ reference: null, lines: [{ sku, quantity }] }).receipt.id;
	const creating = (
		entity: 'shipment' | 'receipt',
		fresh: Work['request'],
		refused: Work['refused'],
	): Work => ({
		does: 'create',
		entity,
		request: fresh,
		refused,
		run: async (connector, requests) =>
			(await connector.create?.(
				entity,
				requests.map(({ sent }) => sent as CreateRequest<Drafts['shipment']>),
			)) as Array<Outcome<unknown>>,
	});
	const draftOf = (order: string, sku: string, quantity: string): CreateRequest<Drafts['shipment']> => ({
		idempotencyKey: `key-${number()}`,
		draft: { order, lines: [{ item: sku, quantity }] },
	});
	const createShipment = creating(
		'shipment',
		async () => {
			const { sku, order } = held();
			// Held goods go on any number of shipments up to 4, so that a second one would show.
			return requestOf(draftOf(order, sku, '1'), async () => shipmentsOf(order).length);
		},
		async () =>
			requestOf(draftOf('NO-ORDER', 'NO-SUCH-ITEM', '1'), async () => shipmentsOf('NO-ORDER').length),
	);
	const shipmentsOf = (order: string) => warehouse.shipments.list({ limit: 1_000, search: order });
	const receiptsOf = (order: string) => warehouse.receipts.list({ limit: 1_000, search: order });
	const createReceipt = creating(
		'receipt',
		async () => {
			const [order = ''] = named(1);
			return requestOf(draftOf(order, stocked('0'), '2'), async () => receiptsOf(order).length);
		},
		async () => {
			const [order = ''] = named(1);
			return requestOf(draftOf(order, 'NO-SUCH-ITEM', '1'), async () => receiptsOf(order).length);
		},
	);
	const upsertItem: Work = {
		does: 'upsert',
		entity: 'item',
		otherVersion: '1',
		unversioned: true,
		request: async () => {
			const [code = ''] = named(1);
			return requestOf(itemDraft(code), async () => warehouse.itemsBySku([code]).length);
		},
		refused: async () => {
			const [code = ''] = named(1);
			const { draft, ...request } = itemDraft(code);
			return requestOf(
				{ ...request, draft: { ...draft, baseUnit: 'no unit' } } as typeof request,
				async () => warehouse.itemsBySku([code]).length,
			);
		},
		run: async (connector, requests) =>
			(await connector.upsert?.(
				'item',
				requests.map(({ sent }) => sent as UpsertRequest<Drafts['item']>),
			)) as Array<Outcome<unknown>>,
	};
	const itemDraft = (code: string): UpsertRequest<Drafts['item']> => ({
		idempotencyKey: `key-${number()}`,
		draft: { code, name: code, gtin: gtinOf(700_000 + number()), baseUnit: 'H87', units: [] },
	});
	const acting = (
		does: 'ship' | 'receive' | 'cancel',
		entity: 'shipment' | 'receipt',
		prepare: () => { key: string; applied: () => number },
		more: Partial<Work> = {},
	): Work => ({
		does,
		entity,
		request: async () => {
			const { key, applied } = prepare();
			return requestOf(actOn(key, `key-${number()}`), async () => applied());
		},
		refused: async () => requestOf(actOn('XX-1', `key-${number()}`), async () => 0),
		run: (connector, requests) =>
			connector.act(
				entity as 'shipment',
				does as 'ship',
				requests.map((request) => request.sent as ActRequest<NoInput>),
			),
		...more,
	});
	const shipmentsFor = (orders: string[]) =>
		orders.map((order) => warehouse.shipments.create({ order }).shipment.id);
	const newShipment = () => {
		const { sku, order } = held();
		return { sku, key: warehouse.shipments.create({ order, lines: [{ sku, quantity: '2' }] }).shipment.id };
	};
	// An open shipment has one version only.
	const never = { otherVersion: '999' };
	const ship = acting(
		'ship',
		'shipment',
		() => {
			const { sku, key } = newShipment();
			return { key, applied: () => (10 - Number(stockOf(sku)?.onHand)) / 2 };
		},
		never,
	);
	const cancelShipment = acting(
		'cancel',
		'shipment',
		() => {
			const { key } = newShipment();
			const now = () => warehouse.shipments.shipment(key);
			return { key, applied: () => (now()?.status === 'cancelled' ? (now()?.version ?? 0) - 1 : 0) };
		},
		never,
	);
	/** Whole or not at all: what came of it before counts as nothing. */
	const receive = acting('receive', 'receipt', () => {
		const sku = stocked('0');
		return { key: expected(sku, '10'), applied: () => Math.floor(Number(stockOf(sku)?.onHand) / 10) };
	});
	const cancelReceipt = acting(
		'cancel',
		'receipt',
		() => {
			const key = expected(many, '10');
			const now = () => warehouse.receipts.receipt(key);
			return { key, applied: () => (now()?.status === 'cancelled' ? (now()?.version ?? 0) - 1 : 0) };
		},
		// A receipt of which some has come can no longer be cancelled.
		never,
	);
	const moved = (count: number, sku: string, delta: string): string[] => {
		let after = movementsOf(sku).at(-1) ?? '';
		warehouse.adjustStock(Array.from({ length: count }, () => ({ sku, delta })));
		const made: string[] = [];
		while (made.length < count) {
			made.push(...movementsOf(sku, after));
			after = made.at(-1) ?? '';
		}
		return made;
	};
	const movementsOf = (sku: string, after = '') =>
		warehouse.ledger.movements({ sku, after, limit: 1_000 }).map(({ id }) => id);
	return {
		upstream: company.addresses.wms,
		connect: ({ wrongCredential, ...options }) =>
			new SandboxWms({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
		secrets: [apiKey, wrongKey],
		timeoutMs: 500,
		skewed,
		// The company's clock never runs back, so a jump looks as if it always was so.
		jumped: skewed,
		ignoring: ({ method, path }) => unchanged(company.addresses.wms, method, path),
		entities: [
			{
				entity: 'item',
				schema: Item,
				keyOf: ({ code }) => code,
				make: async (count) => Array.from({ length: count }, () => stocked('5')),
				decimals: {
					values: ['0.3', '0.1', '0.7', '1.005', '4.35', '0.001', '123456.789'],
					make: async (factor) => stocked('5', [{ unit: 'XCT', factor }]),
					read: ({ units }) => units[0]?.numerator,
				},
			},
			{
				entity: 'stockLevel',
				schema: StockLevel,
				keyOf: (level) => level.item,
				make: (count) => stopped(async () => Array.from({ length: count }, () => stocked('5'))),
				change: async (skus) =>
					void warehouse.adjustStock([...new Set(skus)].map((sku) => ({ sku, delta: '1' }))),
				manyRecords,
				decimals: {
					values: fractions,
					make: async (value) => weighed(value),
					read: ({ onHand }) => onHand,
				},
			},
			{
				entity: 'reservation',
				schema: Reservation,
				keyOf: ({ order }) => order,
				make: async (count) => reserve(named(count)),
				change: async (keys) => void reserve([...new Set(keys)], '2'),
				manyRecords,
				decimals: {
					values: fractions,
					make: async (value) => reserve(named(1), value, powder)[0] ?? '',
					read: ({ lines }) => lines[0]?.requested,
				},
			},
			{
				entity: 'shipment',
				schema: Shipment,
				keyOf: ({ key }) => key,
				make: (count) => stopped(async () => shipmentsFor(reserve(named(count)))),
				change: async (keys) => {
					for (const key of new Set(keys)) warehouse.shipments.ship(key);
				},
				manyRecords,
				decimals: {
					values: fractions,
					make: async (value) => shipmentsFor(reserve(named(1), value, weighed(value)))[0] ?? '',
					read: ({ lines }) => lines[0]?.quantity,
				},
			},
			{
				entity: 'receipt',
				schema: Receipt,
				keyOf: ({ key }) => key,
				make: (count) => stopped(async () => Array.from({ length: count }, () => expected(many, '10'))),
				change: async (keys) => {
					for (const key of new Set(keys)) {
						const lines = warehouse.receipts.receipt(key)?.lines.map(({ sku }) => ({ sku, quantity: '1' }));
						warehouse.receipts.receive(key, { lines: lines ?? [] });
					}
				},
				manyRecords,
				decimals: {
					values: fractions,
					make: async (value) => expected(powder, value),
					read: ({ lines }) => lines[0]?.quantity,
				},
			},
			{
				entity: 'movement',
				schema: Movement,
				keyOf: ({ key }) => key,
				make: (count) => stopped(async () => moved(count, weighed('0'), '1')),
				manyRecords,
				decimals: {
					values: fractions,
					make: async (delta) => moved(1, weighed('0'), delta)[0] ?? '',
					read: ({ quantity }) => quantity,
				},
			},
		],
		works: [match, upsertItem, createShipment, ship, cancelShipment, createReceipt, receive, cancelReceipt],
		close,
	};
}
