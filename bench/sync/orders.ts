import { eventOf, type BridgeEvent } from '../../core/events/event';
import type { NewWmsItem } from '../../sandbox/company/wms/model';
import { gtinOf } from '../../sandbox/company/catalogue/gtin';

/** Orders of one run. Every process makes the same ones from the same description. */
export interface OrderRun {
	/** of its own for each run: first part of the order keys */
	name: string;
	orders: number;
	/** states of each order, published one after the other, all orders in turn */
	updates: number;
}

const itemCount = 500;
const piecesInCarton = 12;

/** The warehouse's items, with stock that never runs out: a back order would hide a lost one. */
export const warehouseItems: NewWmsItem[] = Array.from({ length: itemCount }, (_, number) => ({
	sku: skuOf(number),
	gtin: gtinOf(number + 1),
	names: { en: `Item ${number}` },
	units: [{ unit: 'XCT', factor: String(piecesInCarton) }],
	onHand: '900000000',
}));

function skuOf(number: number): string {
	return `W${number % 7}-${4_000 + number}`;
}

interface WantedLine {
	item: number;
	quantity: number;
	unit: 'H87' | 'XCT';
}

/** One to four lines. Each state of an order differs from all others in its first line. */
function linesOf(order: number, sequence: number): WantedLine[] {
	return Array.from({ length: 1 + (order % 4) }, (_, line) => ({
		item: (order * 7 + line * 131) % itemCount,
		quantity: 1 + ((order * 3 + line) % 9) + (line === 0 ? sequence * 10 : 0),
		unit: (order + line) % 5 === 0 ? 'XCT' : 'H87',
	}));
}

export function orderKey(run: OrderRun, order: number): string {
	return `${run.name}-${order}`;
}

/** The events in the order in which they are published. */
export function* eventsOf(run: OrderRun, changedAt: string): Generator<BridgeEvent> {
	for (let sequence = 1; sequence <= run.updates; sequence += 1) {
		for (let order = 0; order < run.orders; order += 1) {
			const key = orderKey(run, order);
			yield eventOf({
				system: 'sandbox-erp',
				entity: 'salesOrder',
				change: sequence === 1 ? 'created' : 'changed',
				key,
				sequence,
				changedAt,
				record: {
					key,
					number: key,
					state: 'confirmed',
					partner: { code: 'C-1001', name: 'Claire Gute' },
					orderedAt: changedAt,
					currency: 'EUR',
					lines: linesOf(order, sequence).map(({ item, quantity, unit }, line) => ({
						line: String(line + 1),
						item: { code: `BENCH-${item}`, gtin: gtinOf(item + 1) },
						quantity: String(quantity),
						unit,
						unitPrice: '9.90',
					})),
				},
			});
		}
	}
}

/** What the warehouse must hold for an order in its last state: pieces by SKU. */
export function wantedFor(run: OrderRun, order: number): Map<string, number> {
	return new Map(
		linesOf(order, run.updates).map(({ item, quantity, unit }) => [
			skuOf(item),
			quantity * (unit === 'XCT' ? piecesInCarton : 1),
		]),
	);
}
