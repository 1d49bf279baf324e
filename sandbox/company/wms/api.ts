import { z } from 'zod/v4';

import { limitOf } from '../http/callTerms';
import { fieldsOf } from '../http/describedFields';
import { Answer, ServiceError, type Call, type Route } from '../http/service';
import { NewWmsItem, WmsItem, WmsReservation, WmsReservationLine, WmsStock, type MatchError } from './model';
import { NewReceipt, NewShipment, Receiving, WmsReceipt, WmsShipment, WmsStockMovement } from './documents';
import { wmsSystem } from './events';
import type { Warehouse } from './warehouse';

const largestBulk = 1_000;

/** The WMS's HTTP face. Without `bulk` it takes one reservation a call, as many real ones do. */
export function wmsRoutes(warehouse: Warehouse, options: { bulk: boolean }): Route[] {
	const bulkRoute: Route = {
		method: 'POST',
		path: '/api/reservations/match',
		handle: ({ body }) => ({ results: warehouse.match(MatchRequests.parse(body)) }),
	};
	return [
		{ method: 'GET', path: '/api', handle: () => description(warehouse, options.bulk) },

		{
			method: 'GET',
			path: '/api/items',
			handle: ({ query }) => {
				const skus = query.get('skus');
				return {
					items: skus === null ? warehouse.listItems(page(query)) : warehouse.itemsBySku(codes(skus)),
				};
			},
		},
		{
			method: 'POST',
			path: '/api/items/search',
			handle: ({ body }) => {
				const { skus = [], gtins = [] } = ItemSearch.parse(body);
				return { items: [...warehouse.itemsBySku(skus), ...warehouse.itemsByGtin(gtins)] };
			},
		},
		{
			method: 'POST',
			path: '/api/items/bulk',
			handle: ({ body }) => ({ items: warehouse.putItems(NewItems.parse(body).items) }),
		},
		{
			method: 'PUT',
			path: '/api/items/:sku',
			handle: ({ parameters: { sku = '' }, body }) => {
				const { item, created } = warehouse.putItem(sku, body);
				return new Answer(created ? 201 : 200, item);
			},
		},

		{
			method: 'GET',
			path: '/api/stock',
			handle: ({ query }) => {
				const skus = query.get('skus');
				return { stock: skus === null ? warehouse.listStock(page(query)) : warehouse.stock(codes(skus)) };
			},
		},
		{
			method: 'POST',
			path: '/api/stock/search',
			handle: ({ body }) => ({ stock: warehouse.stock(StockSearch.parse(body).skus) }),
		},
		{
			method: 'POST',
			path: '/api/stock/adjust',
			handle: ({ body }) => ({ stock: warehouse.adjustStock(Adjustments.parse(body).adjustments) }),
		},

		...(options.bulk ? [bulkRoute] : []),
		{
			method: 'GET',
			path: '/api/reservations',
			handle: ({ query }) => {
				const orders = query.get('orders');
				return {
					reservations:
						orders === null
							? warehouse.listReservations({
									...page(query),
									changedSince: query.get('changedSince') ?? undefined,
								})
							: warehouse.reservations(codes(orders)),
				};
			},
		},
		{
			method: 'GET',
			path: '/api/reservations/changes',
			handle: ({ query }) => ({
				reservations: warehouse.changes({
					changedAt: query.get('changedAt') ?? undefined,
					order: query.get('id') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		{
			method: 'POST',
			path: '/api/reservations/search',
			handle: ({ body }) => ({ reservations: warehouse.reservations(ReservationSearch.parse(body).orders) }),
		},
		{
			method: 'PUT',
			path: '/api/reservations/:order',
			handle: ({ parameters: { order = '' }, body }) => {
				const given = typeof body === 'object' && body !== null ? body : {};
				const [result] = warehouse.match([{ ...given, order }]);
				if (result && 'reservation' in result) return result.reservation;
				const error = result?.error ?? { code: 'invalid', message: 'No reservation given.' };
				return new Answer(statusOf(error.code), { error });
			},
		},
		{
			method: 'GET',
			path: '/api/movements',
			handle: ({ query }) => ({
				movements: warehouse.movements({
					after: Number(query.get('after') ?? 0),
					order: query.get('order') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		...stockRoutes(warehouse),
		...shipmentRoutes(warehouse),
		...receiptRoutes(warehouse),
	];
}

function stockRoutes({ ledger }: Warehouse): Route[] {
	return [
		{
			method: 'GET',
			path: '/api/stock/changes',
			handle: ({ query }) => ({
				stock: ledger.stockChanges({ ...since(query), sku: query.get('id') ?? undefined }),
			}),
		},
		{
			method: 'GET',
			path: '/api/stock/movements',
			handle: ({ query }) => ({
				movements: ledger.movements({
					after: query.get('after') ?? undefined,
					sku: query.get('search') ?? query.get('sku') ?? undefined,
					document: query.get('document') ?? undefined,
					changedSince: query.get('changedSince') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		{
			method: 'GET',
			path: '/api/stock/movements/changes',
			handle: ({ query }) => ({ movements: ledger.changes(since(query)) }),
		},
		{
			method: 'POST',
			path: '/api/stock/movements/search',
			handle: ({ body }) => ({
				movements: IdSearch.parse(body).ids.flatMap((id) => ledger.movement(id) ?? []),
			}),
		},
	];
}

function shipmentRoutes({ shipments }: Warehouse): Route[] {
	return [
		{
			method: 'GET',
			path: '/api/shipments',
			handle: ({ query }) => ({
				shipments: shipments.list({ ...filters(query), order: query.get('order') ?? undefined }),
			}),
		},
		{
			method: 'GET',
			path: '/api/shipments/changes',
			handle: ({ query }) => ({ shipments: shipments.changes(since(query)) }),
		},
		{
			method: 'POST',
			path: '/api/shipments/search',
			handle: ({ body }) => ({
				shipments: IdSearch.parse(body).ids.flatMap((id) => shipments.shipment(id) ?? []),
			}),
		},
		{
			method: 'POST',
			path: '/api/shipments',
			handle: ({ body, headers }) => {
				const { shipment, created } = shipments.create(NewShipment.parse(withKey(body, headers)));
				return new Answer(created ? 201 : 200, shipment);
			},
		},
		{
			method: 'POST',
			path: '/api/shipments/:id/ship',
			handle: (call) => shipments.ship(idOf(call), expectedVersion(call)),
		},
		{
			method: 'POST',
			path: '/api/shipments/:id/cancel',
			handle: (call) => shipments.cancel(idOf(call), expectedVersion(call)),
		},
	];
}

function receiptRoutes({ receipts }: Warehouse): Route[] {
	return [
		{
			method: 'GET',
			path: '/api/receipts',
			handle: ({ query }) => ({ receipts: receipts.list(filters(query)) }),
		},
		{
			method: 'GET',
			path: '/api/receipts/changes',
			handle: ({ query }) => ({ receipts: receipts.changes(since(query)) }),
		},
		{
			method: 'POST',
			path: '/api/receipts/search',
			handle: ({ body }) => ({
				receipts: IdSearch.parse(body).ids.flatMap((id) => receipts.receipt(id) ?? []),
			}),
		},
		{
			method: 'POST',
			path: '/api/receipts',
			handle: ({ body, headers }) => {
				const { receipt, created } = receipts.create(NewReceipt.parse(withKey(body, headers)));
				return new Answer(created ? 201 : 200, receipt);
			},
		},
		{
			method: 'POST',
			path: '/api/receipts/:id/receive',
			handle: (call) =>
				receipts.receive(
					idOf(call),
					Receiving.parse(withKey(call.body, call.headers)),
					expectedVersion(call),
				),
		},
		{
			method: 'POST',
			path: '/api/receipts/:id/cancel',
			handle: (call) => receipts.cancel(idOf(call), expectedVersion(call)),
		},
	];
}

const MatchRequests = z.array(z.unknown()).max(largestBulk);
const ItemSearch = z.object({
	skus: z.array(z.string()).max(largestBulk).optional(),
	gtins: z.array(z.string()).max(largestBulk).optional(),
});
const NewItems = z.object({ items: z.array(NewWmsItem).max(largestBulk) });
const StockSearch = z.object({ skus: z.array(z.string()).max(largestBulk) });
const ReservationSearch = z.object({ orders: z.array(z.string()).max(largestBulk) });
const Adjustments = z.object({
	adjustments: z
		.array(z.object({ sku: z.string(), onHand: z.string().optional(), delta: z.string().optional() }))
		.max(largestBulk),
});

const IdSearch = z.object({ ids: z.array(z.string()).max(largestBulk) });

/** The body, with the header Idempotency-Key where it has none of its own. */
function withKey(body: unknown, headers: Call['headers']): object {
	const key = headers['idempotency-key'];
	return { ...(typeof key === 'string' ? { idempotencyKey: key } : {}), ...(body as object | undefined) };
}

function idOf({ parameters }: Call): string {
	return parameters.id ?? '';
}

const Expected = z.object({ expectedVersion: z.number().int().positive().optional() });

/** The version in the body, or in `If-Match`; absent or `*`: any version. */
function expectedVersion({ headers, body }: Call): number | undefined {
	const given = Expected.parse(body ?? {}).expectedVersion;
	if (given !== undefined) return given;
	const text = headers['if-match']?.trim().replace(/^"(.*)"$/, '$1');
	if (text === undefined || text === '*') return undefined;
	const version = Number(text);
	if (Number.isInteger(version)) return version;
	throw new ServiceError(422, 'invalid', 'If-Match must be the version number of the record.');
}

function since(query: URLSearchParams): { changedAt?: string; id?: string; limit?: number } {
	return {
		changedAt: query.get('changedAt') ?? undefined,
		id: query.get('id') ?? undefined,
		limit: limitOf(query),
	};
}

function filters(query: URLSearchParams): {
	after?: string;
	search?: string;
	changedSince?: string;
	limit?: number;
} {
	return { ...page(query), changedSince: query.get('changedSince') ?? undefined };
}

function description(warehouse: Warehouse, bulk: boolean): unknown {
	return {
		system: wmsSystem,
		note: 'Sandbox: a stand-in, not a real WMS.',
		entities: {
			item: { fields: fieldsOf(WmsItem) },
			stock: { fields: fieldsOf(WmsStock) },
			reservation: { fields: fieldsOf(WmsReservation) },
			reservationLine: { fields: fieldsOf(WmsReservationLine) },
			shipment: { fields: fieldsOf(WmsShipment) },
			receipt: { fields: fieldsOf(WmsReceipt) },
			movement: { fields: fieldsOf(WmsStockMovement) },
		},
		capabilities: {
			bulk,
			bulkSize: bulk ? largestBulk : 1,
			optimisticLocking: true,
			publishes: warehouse.outbox !== undefined,
		},
	};
}

function statusOf(code: MatchError['code'] | string): number {
	return code === 'conflict' ? 409 : 422;
}

function page(query: URLSearchParams): { after?: string; search?: string; limit?: number } {
	return {
		after: query.get('after') ?? undefined,
		search: query.get('search') ?? undefined,
		limit: limitOf(query),
	};
}

/** A list in the query; codes with a comma go through the search calls. */
function codes(text: string): string[] {
	const list = text.split(',').filter((code) => code !== '');
	if (list.length > largestBulk) {
		throw new ServiceError(422, 'invalid', `At most ${largestBulk} codes are taken in one call.`);
	}
	return list;
}
