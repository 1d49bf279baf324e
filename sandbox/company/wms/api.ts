import { z } from 'zod/v4';

import { fieldsOf, limitOf } from '../erp/api';
import { Answer, ServiceError, type Route } from '../http/service';
import { NewWmsItem, WmsItem, WmsReservation, WmsReservationLine, WmsStock, type MatchError } from './model';
import { wmsSystem, type Warehouse } from './warehouse';

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

function description(warehouse: Warehouse, bulk: boolean): unknown {
	return {
		system: wmsSystem,
		note: 'Sandbox: a stand-in, not a real WMS.',
		entities: {
			item: { fields: fieldsOf(WmsItem) },
			stock: { fields: fieldsOf(WmsStock) },
			reservation: { fields: fieldsOf(WmsReservation) },
			reservationLine: { fields: fieldsOf(WmsReservationLine) },
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
