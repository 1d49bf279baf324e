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
import type { Subject, Work, WorkRequest } from './subject';
import { connectorConformance } from './suite';

const wrongKey = 'a-key-of-nobody';
const item = 'TEC-AC-10003628';

/** The company runs in this process: its clock is the one that is moved, and the connectors read none. */
async function skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T> {
	const now = Date.now.bind(Date);
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

/** Up to 18 digits before and 3 after the point; binary floating point keeps none of the longer ones. */
const fractions = ['0.3', '0.1', '0.7', '1.005', '123456789.123', '999999999.999', '4.35', '0.001'];

const documents = ['salesOrder', 'purchaseOrder', 'delivery', 'invoice'] as const;
const erpEntities = [...documents, 'item', 'partner'] as const;
type ErpEntity = (typeof erpEntities)[number];
const books = { purchaseOrder: 'purchases', delivery: 'deliveries', invoice: 'invoices' } as const;

connectorConformance(
	'sandbox ERP',
	{
		entities: Object.fromEntries(erpEntities.map((entity) => [entity, {}])),
		works: Object.fromEntries([
			...erpEntities.map((entity) => [`create ${entity}`, {}]),
			...erpEntities.map((entity) => [`upsert ${entity}`, {}]),
			['update partner', {}],
			['confirm salesOrder', {}],
		]),
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
		const making = (name: 'create' | 'upsert', entity: ErpEntity): Work => {
			const requestFor = (given: string, draft: object) =>
				requestOf({ idempotencyKey: `key-${given}`, draft } as { idempotencyKey: string }, async () =>
					count(entity, given),
				);
			return {
				does: name,
				entity,
				request: async () => {
					const given = code();
					return requestFor(given, draftOf(entity, given));
				},
				refused: async () => {
					const given = code();
					const wrong =
						entity === 'item'
							? { baseUnit: 'no unit' }
							: entity === 'partner'
								? { email: 'nobody' }
								: { lines: [line('-1')] };
					return requestFor(given, { ...draftOf(entity, given), ...wrong });
				},
				run: async (connector, requests) =>
					(await connector[name]?.(
						entity as 'salesOrder',
						requests.map(({ sent }) => sent as CreateRequest<Drafts['salesOrder']>),
					)) as Array<Outcome<unknown>>,
			};
		};
		const updatePartner: Work = {
			does: 'update',
			entity: 'partner',
			request: async () => {
				const { id } = newPartner();
				const changed = async () => (erp.partners.get(id)?.version ?? 0) - 1;
				const update = (name: string, expectedVersion?: string): WorkRequest =>
					requestOf(
						{ key: id, idempotencyKey: `key-${number()}`, changes: { name }, expectedVersion } as {
							key: string;
							idempotencyKey: string;
						},
						changed,
						{ next: (version) => update(`Name ${number()}`, version) },
					);
				return update('Another name');
			},
			refused: async () =>
				requestOf(
					{ key: newPartner().id, idempotencyKey: `key-${number()}`, changes: { email: 'nobody' } } as {
						key: string;
						idempotencyKey: string;
					},
					async () => 0,
				),
			run: async (connector, requests) =>
				(await connector.update?.(
					'partner',
					requests.map(({ sent }) => sent as UpdateRequest<Drafts['partner']>),
				)) as Array<Outcome<unknown>>,
		};
		const confirmOrder: Work = {
			does: 'confirm',
			entity: 'salesOrder',
			request: async () => {
				const key = orderOf(1);
				return requestOf(actOn(key, `key-${number()}`), async () => (erp.order(key)?.version ?? 0) - 1);
			},
			refused: async () => {
				const key = orderOf(1);
				erp.cancelOrder(key);
				return requestOf(actOn(key, `key-${number()}`), async () => (erp.order(key)?.version ?? 0) - 2);
			},
			run: (connector, requests) =>
				connector.act(
					'salesOrder',
					'confirm',
					requests.map(({ sent }) => sent as ActRequest<NoInput>),
				),
		};
		const documentOf = (entity: 'purchaseOrder' | 'delivery' | 'invoice') => ({
			entity,
			schema: { purchaseOrder: PurchaseOrder, delivery: Delivery, invoice: Invoice }[entity],
			keyOf: ({ key }: { key: string }) => key,
		});
		let patches = 1;
		return {
			upstream: company.addresses.erp,
			connect: ({ wrongCredential, ...options }) =>
				new SandboxErp({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
			secrets: [apiKey, wrongKey],
			timeoutMs: 500,
			skewed,
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
					change: async (keys) => {
						patches += 1;
						ids(
							erp.patchOrders(
								[...new Set(keys)].map((id) => ({
									id,
									patch: { quantities: { '1': String(1_000 + patches) } },
								})),
							),
						);
					},
					manyRecords: 1_203,
					decimals: {
						values: fractions,
						make: async (quantity) => erp.createOrder({ lines: [{ item, quantity }] }).order.id,
						read: ({ lines }) => lines[0]?.quantity,
					},
				},
				...(['purchaseOrder', 'delivery', 'invoice'] as const).map(documentOf),
				{ entity: 'item', schema: Item, keyOf: (record) => record.code },
				{
					entity: 'partner',
					schema: Partner,
					keyOf: (record) => record.code,
					make: (made) => stopped(async () => Array.from({ length: made }, () => newPartner().id)),
					change: async (keys) => {
						for (const key of new Set(keys)) erp.partners.change(key, { name: `Name ${number()}` });
					},
					manyRecords: 1_203,
				},
			] as Subject['entities'],
			works: [
				...erpEntities.map((entity) => making('create', entity)),
				...erpEntities.map((entity) => making('upsert', entity)),
				updatePartner,
				confirmOrder,
			],
			close,
		};
	},
);

function actOn(key: string, idempotencyKey: string): ActRequest<NoInput> {
	return { key, idempotencyKey, input: {} };
}

/** With the clock of the company stopped, so that all that is written has one timestamp. */
async function stopped<T>(work: () => Promise<T>): Promise<T> {
	const at = Date.now();
	const clock = jest.spyOn(Date, 'now').mockReturnValue(at);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

describe.each([
	['with a bulk call', true],
	['one record a call', false],
])('%s', (_name, bulk) => {
	connectorConformance(
		'sandbox WMS',
		{
			entities: {
				item: { changes: false },
				stockLevel: {},
				reservation: {},
				shipment: {},
				receipt: {},
				movement: {},
			},
			works: {
				'match reservation': {},
				'upsert item': { cannot: { version: 'the warehouse keeps no versions of items' } },
				'create shipment': {},
				'ship shipment': {},
				'create receipt': {},
				'receive receipt': {},
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
	const stocked = (onHand: string) => {
		const sku = `K-${number()}`;
		warehouse.putItems([{ sku, gtin: gtinOf(500_000 + last), names: { en: sku }, onHand }]);
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
		name: 'ship' | 'receive',
		entity: 'shipment' | 'receipt',
		prepare: () => { key: string; applied: () => Promise<number> },
	): Work => ({
		does: name,
		entity,
		request: async () => {
			const { key, applied } = prepare();
			return requestOf(actOn(key, `key-${number()}`), applied);
		},
		refused: async () => requestOf(actOn('XX-1', `key-${number()}`), async () => 0),
		run: (connector, requests) => {
			const sent = requests.map((request) => request.sent as ActRequest<Record<string, never>>);
			return entity === 'shipment'
				? connector.act(entity, 'ship', sent)
				: connector.act('receipt', 'receive', sent);
		},
	});
	const ship = acting('ship', 'shipment', () => {
		const { sku, order } = held();
		const key = warehouse.shipments.create({ order, lines: [{ sku, quantity: '2' }] }).shipment.id;
		return { key, applied: async () => (10 - Number(stockOf(sku)?.onHand)) / 2 };
	});
	const receive = acting('receive', 'receipt', () => {
		const sku = stocked('0');
		return { key: expected(sku, '3'), applied: async () => Number(stockOf(sku)?.onHand) / 3 };
	});
	return {
		upstream: company.addresses.wms,
		connect: ({ wrongCredential, ...options }) =>
			new SandboxWms({ ...options, apiKey: wrongCredential ? wrongKey : apiKey }),
		secrets: [apiKey, wrongKey],
		timeoutMs: 500,
		skewed,
		entities: [
			{ entity: 'item', schema: Item, keyOf: ({ code }) => code },
			{
				entity: 'stockLevel',
				schema: StockLevel,
				keyOf: (level) => level.item,
				make: async (count) => Array.from({ length: count }, () => stocked('5')),
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
				manyRecords: 1_203,
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
				make: async (count) =>
					reserve(named(count)).map((order) => warehouse.shipments.create({ order }).shipment.id),
			},
			{
				entity: 'receipt',
				schema: Receipt,
				keyOf: ({ key }) => key,
				make: async (count) => Array.from({ length: count }, () => expected(many, '3')),
				decimals: {
					values: fractions,
					make: async (value) => expected(powder, value),
					read: ({ lines }) => lines[0]?.quantity,
				},
			},
			{ entity: 'movement', schema: Movement, keyOf: ({ key }) => key },
		],
		works: [match, upsertItem, createShipment, ship, createReceipt, receive],
		close,
	};
}

function requestOf(
	sent: { key?: string; idempotencyKey: string },
	applied: () => Promise<number>,
	more: Partial<WorkRequest> = {},
): WorkRequest {
	return { ...(sent.key === undefined ? {} : { key: sent.key }), sent, applied, ...more };
}
