import { orderKey, wantedFor, type OrderRun } from './orders';
import type { Ledger } from './warehouseProcess';

/** How many orders of a run ended badly. */
export interface Audit {
	/** without the reservation that their last state asks for */
	lost: number;
	/** changed more than once for the same state, by the warehouse's movements */
	doubled: number;
	/** whose older state was asked for after a newer one */
	outOfOrder: number;
}

/** Compares what the warehouse did, by its own books, with what the run's orders ask for. */
export function audit(run: OrderRun, { calls, movements, reservations }: Ledger): Audit {
	const held = new Map(reservations.map((reservation) => [reservation.order, reservation]));
	const lost = keysOf(run).filter(
		(key, order) => !holds(held.get(key)?.lines ?? [], wantedFor(run, order)),
	).length;

	const doubled = new Set<string>();
	const moved = new Set<string>();
	for (const { order, sku, sequence } of movements) {
		const movement = JSON.stringify([order, sku, sequence]);
		if (moved.has(movement)) doubled.add(order);
		moved.add(movement);
	}

	const outOfOrder = new Set<string>();
	const newest = new Map<string, number>();
	for (const { order, sequence } of calls) {
		const known = newest.get(order) ?? 0;
		if (sequence < known) outOfOrder.add(order);
		newest.set(order, Math.max(known, sequence));
	}
	return { lost, doubled: doubled.size, outOfOrder: outOfOrder.size };
}

function keysOf(run: OrderRun): string[] {
	return Array.from({ length: run.orders }, (_, order) => orderKey(run, order));
}

function holds(lines: Array<{ sku: string; reserved: string }>, wanted: Map<string, number>): boolean {
	return (
		lines.length === wanted.size &&
		lines.every(({ sku, reserved }) => Number(reserved) === (wanted.get(sku) ?? -1))
	);
}
