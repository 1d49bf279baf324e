import type { ErpOrder } from './erp/model';
import type { WmsReservation } from './wms/model';
import { parseQuantity } from './wms/thousandths';
import type { Warehouse } from './wms/warehouse';

/**
 * Whether the warehouse has nothing left to do for the order as it now is: it has answered this version, or what it
 * holds is what this version asks for. It is a look from outside; the workflow decides by itself.
 */
export function isSettled(
	order: ErpOrder,
	reservation: WmsReservation | undefined,
	warehouse: Warehouse,
): boolean {
	if (order.status === 'done') return true;
	if (reservation !== undefined && reservation.sequence >= order.version) return true;
	const asked = order.status === 'confirmed' ? askedOf(order, warehouse) : new Map<string, number>();
	if (asked === undefined) return false;
	const held = (reservation?.lines ?? []).filter(({ requested }) => requested !== '0');
	return (
		held.length === [...asked.values()].filter((quantity) => quantity > 0).length &&
		held.every(
			({ sku, requested, backOrder }) => backOrder === '0' && asked.get(sku) === thousandths(requested),
		)
	);
}

/** Thousandths of the base unit by SKU; undefined when a line has no counterpart in the warehouse. */
function askedOf(order: ErpOrder, warehouse: Warehouse): Map<string, number> | undefined {
	const asked = new Map<string, number>();
	for (const { gtin, quantity, unit, pieces } of order.lines) {
		const [item] = warehouse.itemsByGtin([gtin]);
		if (!item) return undefined;
		const factor = unit === item.baseUnit ? '1' : item.units.find((known) => known.unit === unit)?.factor;
		const amount = factor === undefined ? pieces : quantity;
		if (amount === undefined) return undefined;
		asked.set(item.sku, (asked.get(item.sku) ?? 0) + thousandths(amount) * Number(factor ?? '1'));
	}
	return asked;
}

function thousandths(quantity: string): number {
	const value = parseQuantity(quantity);
	return typeof value === 'number' ? value : Number.NaN;
}
