import { compare, type Decimal } from '../../../core/model/decimal';
import type { Product } from '../items';
import type { Context } from '../session';
import type { Shipment } from '../shipments';
import type { ShipmentCustomer, WarehouseSite } from '../warehouseSite';

export type NewMove = (product: number, quantity: Decimal) => Context;

/** Makes the moves that take goods from the warehouse's output to the customer. */
export function moveMaker(
	site: WarehouseSite,
	customer: ShipmentCustomer,
	products: Map<number, Product>,
): NewMove {
	return (product, quantity) => ({
		product,
		uom: products.get(product)?.baseUnit,
		quantity: Number(quantity),
		from_location: site.output,
		to_location: customer.location,
		company: site.company,
		// Tryton wants a price on what leaves; the order's own stands in the ERP.
		unit_price: { __class__: 'Decimal', decimal: '0' },
	});
}

/** The changes to a draft shipment's moves, in Tryton's notation for a list field: as few as it takes. */
export function editedMoves(shipment: Shipment, wanted: Map<number, Decimal>, newMove: NewMove): unknown[] {
	const changes: unknown[] = [];
	// Tryton makes the picking moves anew from the outgoing ones.
	const gone = shipment.picking.filter(({ state }) => state !== 'done').map(({ id }) => id);
	const missing = new Map(wanted);
	const outgoing = shipment.outgoing.filter(({ state }) => state !== 'cancelled');
	for (const [product, [first, ...others]] of Map.groupBy(outgoing, (move) => move.product)) {
		const quantity = missing.get(product);
		missing.delete(product);
		gone.push(...others.map(({ id }) => id));
		if (first === undefined) continue;
		if (quantity === undefined) gone.push(first.id);
		else if (others.length > 0 || compare(first.quantity, quantity) !== 0) {
			const { quantity: amount, uom } = newMove(product, quantity);
			changes.push(['write', [first.id], { quantity: amount, uom }]);
		}
	}
	if (gone.length > 0) changes.push(['delete', gone]);
	if (missing.size > 0) {
		changes.push(['create', [...missing].map(([product, quantity]) => newMove(product, quantity))]);
	}
	return changes;
}
