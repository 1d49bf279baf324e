import { z } from 'zod/v4';

import { ifMatch, limitOf } from '../http/callTerms';
import { fieldsOf } from '../http/describedFields';
import { Answer, ServiceError, type Call, type Route } from '../http/service';
import type { RecordBook } from '../records/recordBook';
import { recordRoutes } from '../records/recordRoutes';
import { erpSystem, type Erp, type OrderQuery } from './erp';
import { ErpItem, ErpItemPatch, ErpOrder, ErpOrderLine, NewErpItem, OrderPatch } from './model';

const largestBulk = 1_000;

/** The ERP's HTTP face. */
export function erpRoutes(erp: Erp): Route[] {
	return [
		{ method: 'GET', path: '/api', handle: () => description(erp) },

		{ method: 'GET', path: '/api/items', handle: ({ query }) => listItems(erp, query) },
		{
			method: 'GET',
			path: '/api/items/changes',
			handle: ({ query }) => ({
				items: erp.itemChanges({
					changedAt: query.get('changedAt') ?? undefined,
					id: query.get('id') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		{
			method: 'POST',
			path: '/api/items',
			handle: ({ body, headers }) => {
				const key = headers['idempotency-key'];
				const { item, created } = erp.createItem(body, typeof key === 'string' ? key : undefined);
				return new Answer(created ? 201 : 200, item);
			},
		},
		{
			method: 'PATCH',
			path: '/api/items/:id',
			handle: (call) => erp.patchItem(idOf(call), ErpItemPatch.parse(call.body), ifMatch(call)),
		},
		{
			method: 'GET',
			path: '/api/items/:code',
			handle: ({ parameters: { code = '' } }) => erp.item(code) ?? missing('item', code),
		},
		{
			method: 'POST',
			path: '/api/items/search',
			handle: ({ body }) => {
				const { codes = [], gtins = [] } = ItemSearch.parse(body);
				return { items: [...erp.itemsByCode(codes), ...erp.itemsByGtin(gtins)] };
			},
		},
		{
			method: 'POST',
			path: '/api/items/bulk',
			handle: ({ body }) => ({ items: erp.putItems(NewItems.parse(body).items) }),
		},

		{ method: 'GET', path: '/api/orders', handle: ({ query }) => listOrders(erp, query) },
		{
			method: 'GET',
			path: '/api/orders/changes',
			handle: ({ query }) => ({
				orders: erp.changes({
					changedAt: query.get('changedAt') ?? undefined,
					id: query.get('id') ?? undefined,
					limit: limitOf(query),
				}),
			}),
		},
		{
			method: 'POST',
			path: '/api/orders/search',
			handle: ({ body }) => ({ orders: erp.orders({ ids: OrderSearch.parse(body).ids }) }),
		},
		{
			method: 'POST',
			path: '/api/orders',
			handle: ({ body, headers }) => {
				const idempotencyKey = headers['idempotency-key'];
				const given = typeof body === 'object' && body !== null ? body : {};
				const [result] = erp.createOrders([
					typeof idempotencyKey === 'string' ? { ...given, idempotencyKey } : given,
				]);
				if (!result || 'error' in result) {
					throw new ServiceError(
						422,
						result?.error.code ?? 'invalid',
						result?.error.message ?? 'No order given.',
					);
				}
				return new Answer(result.created ? 201 : 200, result.order);
			},
		},
		{
			method: 'POST',
			path: '/api/orders/resend',
			handle: ({ body }) => ({ events: erp.resend(OrderSearch.parse(body).ids) }),
		},
		{
			method: 'POST',
			path: '/api/orders/bulk',
			handle: ({ body }) => ({ results: erp.createOrders(NewOrders.parse(body).orders) }),
		},
		{
			method: 'PATCH',
			path: '/api/orders/bulk',
			handle: ({ body }) => ({ results: erp.patchOrders(Patches.parse(body).patches) }),
		},
		{
			method: 'GET',
			path: '/api/orders/:id',
			handle: ({ parameters: { id = '' } }) => erp.order(id) ?? missing('order', id),
		},
		{
			method: 'PATCH',
			path: '/api/orders/:id',
			handle: (call) => erp.patchOrder(idOf(call), OrderPatch.parse(call.body), ifMatch(call)),
		},
		{
			method: 'POST',
			path: '/api/orders/:id/confirm',
			handle: (call) => erp.confirmOrder(idOf(call), ifMatch(call)),
		},
		{
			method: 'POST',
			path: '/api/orders/:id/cancel',
			handle: (call) => erp.cancelOrder(idOf(call), ifMatch(call)),
		},
		...recordRoutes('/api/partners', erp.partners as unknown as RecordBook),
		...recordRoutes('/api/purchases', erp.purchases as unknown as RecordBook),
		...recordRoutes('/api/deliveries', erp.deliveries as unknown as RecordBook),
		...recordRoutes('/api/invoices', erp.invoices as unknown as RecordBook),
	];
}

const ItemSearch = z.object({
	codes: z.array(z.string()).max(largestBulk).optional(),
	gtins: z.array(z.string()).max(largestBulk).optional(),
});
const NewItems = z.object({ items: z.array(NewErpItem).max(largestBulk) });
const OrderSearch = z.object({ ids: z.array(z.string()).max(largestBulk) });
const NewOrders = z.object({ orders: z.array(z.unknown()).max(largestBulk) });
const Patches = z.object({
	patches: z
		.array(z.object({ id: z.string(), patch: OrderPatch, ifVersion: z.number().int().optional() }))
		.max(largestBulk),
});

function description(erp: Erp): unknown {
	return {
		system: erpSystem,
		note: 'Sandbox: a stand-in, not a real ERP.',
		entities: {
			order: { fields: fieldsOf(ErpOrder, OrderPatch.omit({ status: true, quantities: true })) },
			orderLine: { fields: fieldsOf(ErpOrderLine) },
			item: { fields: fieldsOf(ErpItem.extend({ carton: NewErpItem.shape.carton }), NewErpItem) },
			partner: { fields: fieldsOf(erp.partners.kind.fields, erp.partners.kind.fields) },
			purchase: { fields: fieldsOf(erp.purchases.kind.fields, erp.purchases.kind.fields) },
			delivery: { fields: fieldsOf(erp.deliveries.kind.fields, erp.deliveries.kind.fields) },
			invoice: { fields: fieldsOf(erp.invoices.kind.fields, erp.invoices.kind.fields) },
		},
		capabilities: {
			bulk: true,
			bulkSize: largestBulk,
			optimisticLocking: true,
			publishes: erp.outbox !== undefined,
		},
	};
}

function listItems(erp: Erp, query: URLSearchParams): unknown {
	const items = erp.listItems({
		after: query.get('after') ?? undefined,
		search: query.get('search') ?? undefined,
		changedSince: query.get('changedSince') ?? undefined,
		limit: limitOf(query),
	});
	return { items };
}

function listOrders(erp: Erp, query: URLSearchParams): unknown {
	const wanted: OrderQuery = {
		after: query.get('after') ?? undefined,
		search: query.get('search') ?? undefined,
		changedSince: query.get('changedSince') ?? undefined,
		status: query.get('status') ?? undefined,
		descending: query.get('descending') === 'true',
		limit: limitOf(query),
	};
	return { orders: erp.orders(wanted) };
}

function idOf({ parameters }: Call): string {
	return parameters.id ?? '';
}

function missing(what: string, key: string): never {
	throw new ServiceError(404, `no_such_${what}`, `There is no ${what} "${key}".`);
}
