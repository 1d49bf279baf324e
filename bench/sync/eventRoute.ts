import { validateEvent } from '../../core/events/event';
import type { SalesOrder } from '../../core/model/salesOrder';
import { wantedByItem } from '../../core/reserve/reservationPlan';
import { ServiceError, type Route } from '../../sandbox/company/http/service';
import type { WmsItem } from '../../sandbox/company/wms/model';
import type { Warehouse } from '../../sandbox/company/wms/warehouse';

/**
 * For the peer, which cannot translate an order: takes the event as it was published and does in this process what our node
 * does before it calls, then makes the same reservation. So the peer needs one call and the warehouse works as much.
 */
export function eventRoute(warehouse: Warehouse): Route {
	return {
		method: 'POST',
		path: '/bench/events',
		handle({ body }) {
			const parsed = validateEvent(body);
			if (!('event' in parsed)) throw new ServiceError(422, 'invalid', parsed.reason);
			const { event } = parsed;
			const order = event.data as SalesOrder;
			const gtins = order.lines.map(({ item }) => item.gtin ?? '');
			const found = new Map(warehouse.itemsByGtin(gtins).map((item) => [item.gtin, canonical(item)]));
			const items = new Map(
				order.lines.flatMap(({ item: { code, gtin = '' } }) => {
					const item = found.get(gtin);
					return item === undefined ? [] : [[code, item] as const];
				}),
			);
			const lines = wantedByItem(order, items).map(({ item, quantity }) => ({ sku: item, quantity }));
			const request = { order: order.key, sequence: Number(event.sequence), allowPartial: true, lines };
			return { results: warehouse.match([request]) };
		},
	};
}

function canonical({ sku, gtin, baseUnit, units }: WmsItem) {
	return {
		code: sku,
		gtin,
		baseUnit,
		units: units.map(({ unit, factor }) => ({ unit, numerator: factor, denominator: '1' })),
	};
}
