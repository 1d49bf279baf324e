import { SandboxErp } from '../../../connectors/sandbox/sandboxErp';
import { SandboxWms } from '../../../connectors/sandbox/sandboxWms';
import { Delivery } from '../../../core/model/delivery';
import { Invoice } from '../../../core/model/invoice';
import { Item } from '../../../core/model/item';
import { Movement } from '../../../core/model/movement';
import { Partner } from '../../../core/model/partner';
import { PurchaseOrder } from '../../../core/model/purchaseOrder';
import { Receipt } from '../../../core/model/receipt';
import { Reservation, StockLevel } from '../../../core/model/reservation';
import { SalesOrder } from '../../../core/model/salesOrder';
import { Shipment } from '../../../core/model/shipment';
import type {
	ActRequest,
	CreateRequest,
	Drafts,
	NoInput,
	Outcome,
	ReservationMatch,
	UpdateRequest,
	UpsertRequest,
} from '../../../core/ports/systemConnector';
import type { Company } from '../../../sandbox/company/company';
import { gtinOf } from '../../../sandbox/company/catalogue/gtin';
import { apiKey, matchOf, quietCompany } from '../../connectors/sandboxFixture';
import { actOn, kept, manyRecords, requestOf, skewed, stopped, unchanged, wrongKey } from './sandboxSubject';
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

const item = 'TEC-AC-10003628';

/** Up to 18 digits before and 3 after the point; binary floating point keeps none of the longer ones. */
const fractions = ['0.3', '0.1', '0.7', '1.005', '123456789.123', '999999999.999', '4.35', '0.001'];

const documents = ['salesOrder', 'purchaseOrder', 'delivery', 'invoice'] as const;
const erpEntities = [...documents, 'item', 'partner'] as const;
type ErpEntity = (typeof erpEntities)[number];
const reached = { salesOrder: 'confirmed', purchaseOrder: 'confirmed', delivery: 'done', invoice: 'posted' };
const books = { purchaseOrder: 'purchases', delivery: 'deliveries', invoice: 'invoices' } as const;

connectorConformance(
	'sandbox ERP',
	{
		entities: {
			...Object.fromEntries(documents.map((entity) => [entity, { cannot: kept }])),
			item: { cannot: { ...kept, decimals: 'it counts whole pieces in a carton' } },
			partner: { cannot: { ...kept, decimals: 'a partner has none' } },
		},
		works: Object.fromEntries(
			[
				...erpEntities.flatMap((entity) => [`create ${entity}`, `update ${entity}`, `upsert ${entity}`]),
				...documents.flatMap((entity) => [`confirm ${entity}`, `cancel ${entity}`]),
			].map((name) => [name, {}]),
		),
	},
	async () => {
		const { company, close } = await quietCompany();
		const { erp } = company;
		let last = 0;
		const number = () => (last += 1);
		const ids = (results: ReturnType<Company['erp']['createOrders']>) =>
			results.map((result) => {
				if ('error' in result) throw new Error(result.error.message);
				return result.order.id;
			});
		const line = (quantity: string) => ({ item: { code: item }, quantity, unit: 'H87' });
		const draftOf = (entity: ErpEntity, code: string, quantity = '2'): object => {
			const order = entity === 'delivery' || entity === 'invoice' ? orderOf(9) : '';
			return {
				salesOrder: {
					number: code,
					partner: { code: 'C-1001', name: 'Claire Gute' },
					lines: [line(quantity)],
				},
				purchaseOrder: { number: code, partner: { code: 'S-2001' }, lines: [line(quantity)] },
				delivery: { number: code, order, lines: [line(quantity)] },
				invoice: {
					number: code,
					kind: 'customer',
					order,
					currency: 'CNY',
					lines: [{ ...line(quantity), unitPrice: '29.99' }],
				},
				item: { code, name: 'Desk fan', baseUnit: 'H87', units: [] },
				partner: { code, name: 'Claire Gute', roles: ['customer'] },
			}[entity];
		};
		const orderOf = (quantity: number) =>
			erp.createOrder({
				customer: { code: 'C-1001', name: 'Claire Gute' },
				lines: [{ item, quantity: String(quantity) }],
			}).order.id;
		const newPartner = () =>
			erp.partners.create({ code: `KIT-${number()}`, name: 'Claire Gute', roles: ['customer'] }).record;
		/** Records that bear the code, as the ERP itself counts them. */
		const count = (entity: ErpEntity, code: string): number => {
			if (entity === 'item') return erp.item(code) === undefined ? 0 : 1;
			if (entity === 'partner') return erp.partners.get(code) === undefined ? 0 : 1;
			if (entity === 'salesOrder') return erp.orders({ search: code }).length;
			return erp[books[entity]].list({ search: code }).length;
		};
		const code = () => `KIT-${String(number()).padStart(6, '0')}-X`;
		const wrongIn = (entity: ErpEntity): object =>
			entity === 'item'
				? { baseUnit: 'no unit' }
				: entity === 'partner'
					? { email: 'nobody' }
					: { lines: [line('-1')] };
		const making = (name: 'create' | 'upsert', entity: ErpEntity): Work => {
			const requestFor = (given: string, draft: object, expectedVersion?: string): WorkRequest => {
				const sent = { idempotencyKey: `key-${given}`, draft };
				const known = entity === 'item' || entity === 'partner' ? { key: given } : {};
				const other = entity === 'item' || entity === 'partner' ? { name: `Name ${number()}` } : {};
				const [first] = (draft as { lines?: object[] }).lines ?? [];
				const lines = first === undefined ? {} : { lines: [{ ...first, quantity: String(10 + number()) }] };
				return {
					...known,
					sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
					applied: async () => count(entity, given),
					...(name === 'upsert'
						? { next: (version) => requestFor(given, { ...draft, ...other, ...lines }, version) }
						: {}),
				};
			};
			return {
				does: name,
				entity,
				request: async () => {
					const given = code();
					return requestFor(given, draftOf(entity, given));
				},
				refused: async () => {
					const given = code();
					return requestFor(given, { ...draftOf(entity, given), ...wrongIn(entity) });
				},
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity as 'salesOrder',
						requests.map(({ sent }) => sent as CreateRequest<Drafts['salesOrder']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		/** What became of a record, and its version; how often the kit itself changed it. */
		const now = (entity: ErpEntity, key: string): { status?: string; version?: number } => {
			if (entity === 'item') return erp.item(key) ?? {};
			if (entity === 'partner') return erp.partners.get(key) ?? {};
			return (entity === 'salesOrder' ? erp.order(key) : erp[books[entity]].get(key)) ?? {};
		};
		const touched = new Map<string, number>();
		const newRecord = (entity: ErpEntity): string => {
			if (entity === 'salesOrder') return orderOf(9);
			if (entity === 'partner') return newPartner().id;
			if (entity === 'item') return newItem();
			return newDocument(entity).id;
		};
		const newItem = () => erp.createItem({ code: code(), names: { en: 'Desk fan' } }).item.code;
		const order = orderOf(9);
		const newDocument = (entity: keyof typeof books, quantity = '2', price = '29.99') => {
			const lines = [{ item, quantity, unit: 'H87' }];
			const bodies = {
				purchaseOrder: { supplier: 'S-2001', lines },
				delivery: { order, lines },
				invoice: { kind: 'customer', order, currency: 'CNY', lines: [{ item, quantity, price }] },
			};
			return erp[books[entity]].create(bodies[entity]).record;
		};
		const change = (entity: ErpEntity, keys: string[]): void => {
			for (const key of new Set(keys)) {
				touched.set(key, (touched.get(key) ?? 0) + 1);
				const other = `Name ${number()}`;
				if (entity === 'salesOrder') erp.patchOrder(key, { quantities: { '1': String(1_000 + number()) } });
				else if (entity === 'partner') erp.partners.change(key, { name: other });
				else if (entity === 'item') erp.patchItem(key, { names: { en: other } });
				else erp[books[entity]].change(key, { number: other });
			}
		};
		const changing = (entity: ErpEntity): Work => {
			const changes = (): object => {
				if (entity === 'salesOrder') return { lines: [{ line: '1', ...line(String(10 + number())) }] };
				return entity === 'partner' || entity === 'item'
					? { name: `Name ${number()}` }
					: { number: `Number ${number()}` };
			};
			const update = (key: string, expectedVersion?: string): WorkRequest => {
				const sent = { key, idempotencyKey: `key-${number()}`, changes: changes() };
				return {
					key,
					sent: expectedVersion === undefined ? sent : { ...sent, expectedVersion },
					applied: async () => (now(entity, key).version ?? 0) - 1,
					next: (version) => update(key, version),
				};
			};
			return {
				does: 'update',
				entity,
				request: async () => update(newRecord(entity)),
				refused: async () => {
					const key = newRecord(entity);
					const sent = { key, idempotencyKey: `key-${number()}`, changes: wrongIn(entity) };
					return requestOf(sent, async () => (now(entity, key).version ?? 0) - 1);
				},
				run: async (connector, requests) =>
					(await connector.update?.(
						entity as 'partner',
						requests.map(({ sent }) => sent as UpdateRequest<Drafts['partner']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const acting = (does: 'confirm' | 'cancel', entity: (typeof documents)[number]): Work => {
			const state = does === 'cancel' ? 'cancelled' : reached[entity];
			const requestFor = (key: string): WorkRequest =>
				requestOf(actOn(key, `key-${number()}`), async () => {
					const { status, version = 0 } = now(entity, key);
					return status === state ? version - 1 - (touched.get(key) ?? 0) : 0;
				});
			return {
				does,
				entity,
				request: async () => requestFor(newRecord(entity)),
				refused: async () => {
					if (does === 'cancel') return requestFor('XX-1');
					const key = newRecord(entity);
					if (entity === 'salesOrder') erp.cancelOrder(key);
					else erp[books[entity]].cancel(key);
					return requestFor(key);
				},
				run: (connector, requests) =>
					connector.act(
						entity,
						does,
						requests.map(({ sent }) => sent as ActRequest<NoInput>),
					),
			};
		};
		const documentOf = (entity: 'purchaseOrder' | 'delivery' | 'invoice') => ({
			entity,
			schema: { purchaseOrder: PurchaseOrder, delivery: Delivery, invoice: Invoice }[entity],
			keyOf: ({ key }: { key: string }) => key,
			make: (made: number) => stopped(async () => Array.from({ length: made }, () => newDocument(entity).id)),
			change: async (keys: string[]) => change(entity, keys),
			manyRecords,
			decimals: {
				values: fractions,
				make: async (value: string) =>
					(entity === 'invoice' ? newDocument(entity, '1', value) : newDocument(entity, value)).id,
				read: ({ lines: [first] }: { lines: Array<{ quantity: string; unitPrice?: string }> }) =>
					entity === 'invoice' ? first?.unitPrice : first?.quantity,
			},
		});
		return {
			upstream: company.addresses.erp,
			connect: ({ wrongCredential, ...options }) =>
				new SandboxErp({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
			secrets: [apiKey, wrongKey],
			timeoutMs: 500,
			skewed,
			// The company's clock never runs back, so a jump looks as if it always was so.
			jumped: skewed,
			ignoring: ({ method, path }) => unchanged(company.addresses.erp, method, path),
			entities: [
				{
					entity: 'salesOrder',
					schema: SalesOrder,
					keyOf: ({ key }) => key,
					make: (made) =>
						stopped(async () =>
							ids(
								erp.createOrders(
									Array.from({ length: made }, (_, index) => ({
										lines: [{ item, quantity: String(index + 1) }],
									})),
								),
							),
						),
					change: async (keys) => change('salesOrder', keys),
					manyRecords,
					decimals: {
						values: fractions,
						make: async (quantity) => erp.createOrder({ lines: [{ item, quantity }] }).order.id,
						read: ({ lines }) => lines[0]?.quantity,
					},
				},
				...(['purchaseOrder', 'delivery', 'invoice'] as const).map(documentOf),
				{
					entity: 'item',
					schema: Item,
					keyOf: (record) => record.code,
					make: (made) => stopped(async () => Array.from({ length: made }, newItem)),
					change: async (keys) => change('item', keys),
					manyRecords,
				},
				{
					entity: 'partner',
					schema: Partner,
					keyOf: (record) => record.code,
					make: (made) => stopped(async () => Array.from({ length: made }, () => newPartner().id)),
					change: async (keys) => change('partner', keys),
					manyRecords,
				},
			] as Subject['entities'],
			works: [
				...erpEntities.flatMap((entity) => [
					making('create', entity),
					making('upsert', entity),
					changing(entity),
				]),
				...documents.flatMap((entity) => [acting('confirm', entity), acting('cancel', entity)]),
			],
			close,
		};
	},
);

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
