import type { ErpOrder } from '../company/erp/model';
import type { WmsReservation } from '../company/wms/model';
import { masterOf, type Masters } from './masters';
import type { Movement } from './services';

/** What the two systems and the WMS's log hold at the end. */
export interface Books {
	orders: ErpOrder[];
	reservations: WmsReservation[];
	/** of these orders */
	movements: Movement[];
	/** available quantity by SKU, as the WMS writes it */
	available: Map<string, string>;
}

export interface Difference {
	order: string;
	what: string;
}

export interface Comparison {
	/** orders whose newest version the WMS neither answered nor happens to hold */
	lost: Difference[];
	/** orders answered with something else than they ask for, or whose reservation, shelf and log disagree */
	wrong: Difference[];
	/** stock of an order changed twice for one of its versions */
	appliedTwice: Difference[];
	/** orders for which the WMS holds or awaits something */
	reservations: number;
	reservationLines: number;
	backOrders: { orders: number; lines: number };
}

/** SKU to thousandths of its base unit. */
type Quantities = Map<string, number>;

/**
 * Compares every order line by line with its reservation. What an order asks for is worked out here from the two item masters alone, with none
 * of the code that did the work.
 */
export function compare(books: Books, masters: Masters): Comparison {
	const reservations = new Map(books.reservations.map((found) => [found.order, found]));
	const moved = netMovements(books.movements);
	const result: Comparison = {
		lost: [],
		wrong: [],
		appliedTwice: appliedTwice(books.movements),
		reservations: 0,
		reservationLines: 0,
		backOrders: { orders: 0, lines: 0 },
	};
	for (const order of books.orders) {
		const reservation = reservations.get(order.id);
		const wanted = wantedBy(order, masters);
		const asked = askedBy(reservation);
		const { id, version } = order;
		if (text(wanted) !== text(asked)) {
			const what = `version ${version} asks for ${text(wanted)}; the WMS has ${text(asked)} for version ${reservation?.sequence ?? 'none'}`;
			if (reservation?.sequence === version) result.wrong.push({ order: id, what });
			else result.lost.push({ order: id, what });
		}
		const what = inconsistency(reservation, moved.get(id), books.available);
		if (what !== undefined) result.wrong.push({ order: id, what });
		count(result, reservation);
	}
	return result;
}

function wantedBy(order: ErpOrder, masters: Masters): Quantities {
	const wanted: Quantities = new Map();
	if (order.status !== 'confirmed') return wanted;
	for (const { item, quantity, unit } of order.lines) {
		const { sku, thousandths } = masterOf(masters, item);
		const each = thousandths.get(unit);
		if (each === undefined)
			throw new Error(`Order "${order.id}" has item "${item}" in ${unit}, which the WMS does not know.`);
		if (Number(quantity) > 0) wanted.set(sku, (wanted.get(sku) ?? 0) + Number(quantity) * each);
	}
	return wanted;
}

function askedBy(reservation: WmsReservation | undefined): Quantities {
	const lines = (reservation?.lines ?? []).map(({ sku, requested }): [string, number] => [
		sku,
		inThousandths(requested),
	]);
	return new Map(lines.filter(([, requested]) => requested > 0));
}

/** Why reservation, shelf and log cannot all be true. */
function inconsistency(
	reservation: WmsReservation | undefined,
	moved: Quantities = new Map(),
	available: Map<string, string>,
): string | undefined {
	const lines = new Map(reservation?.lines.map((line) => [line.sku, line]));
	for (const sku of new Set([...lines.keys(), ...moved.keys()])) {
		const { requested, reserved, backOrder } = lines.get(sku) ?? {
			requested: '0',
			reserved: '0',
			backOrder: '0',
		};
		const held = inThousandths(reserved);
		if (held + inThousandths(backOrder) !== inThousandths(requested))
			return `${sku}: ${reserved} reserved and ${backOrder} on back order are not the ${requested} asked for`;
		if (held !== (moved.get(sku) ?? 0))
			return `${sku}: ${reserved} is reserved, and the log of movements adds up to ${(moved.get(sku) ?? 0) / 1_000}`;
		const free = available.get(sku) ?? '0';
		if (inThousandths(backOrder) > 0 && inThousandths(free) > 0)
			return `${sku}: ${backOrder} is on back order while ${free} is available`;
	}
	return undefined;
}

function appliedTwice(movements: Movement[]): Difference[] {
	const seen = new Set<string>();
	return movements
		.filter(({ cause }) => cause === 'match')
		.flatMap(({ order, sequence, sku, delta }) => {
			const key = JSON.stringify([order, sequence, sku]);
			if (!seen.has(key)) {
				seen.add(key);
				return [];
			}
			return [{ order, what: `version ${sequence} changed the stock of ${sku} once more by ${delta}` }];
		});
}

function netMovements(movements: Movement[]): Map<string, Quantities> {
	const net = new Map<string, Quantities>();
	for (const { order, sku, delta } of movements) {
		const quantities = net.get(order) ?? new Map<string, number>();
		quantities.set(sku, (quantities.get(sku) ?? 0) + inThousandths(delta));
		net.set(order, quantities);
	}
	return net;
}

function count(result: Comparison, reservation: WmsReservation | undefined): void {
	const lines = (reservation?.lines ?? []).filter(({ requested }) => inThousandths(requested) > 0);
	const short = lines.filter(({ backOrder }) => inThousandths(backOrder) > 0).length;
	if (lines.length > 0) result.reservations += 1;
	result.reservationLines += lines.length;
	if (short > 0) result.backOrders.orders += 1;
	result.backOrders.lines += short;
}

function inThousandths(quantity: string): number {
	return Math.round(Number(quantity) * 1_000);
}

function text(quantities: Quantities): string {
	const parts = [...quantities]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([sku, value]) => `${value / 1_000} ${sku}`);
	return parts.length === 0 ? 'nothing' : parts.join(', ');
}
