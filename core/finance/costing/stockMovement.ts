import { z } from 'zod/v4';

import { Decimal, Quantity } from '../../model/decimal';
import { CalendarDate } from '../calendar/calendarDate';

const common = {
	key: z.string().min(1),
	item: z.string().min(1),
	site: z.string().min(1),
	date: CalendarDate,
	/** the order in which the movements of a day happened; those with the same number go by their keys */
	sequence: z.number().int().default(0),
};
const moved = Quantity.refine((value) => Number(value) > 0, 'must be above 0');

/** What changes the quantity or the cost of an item at a site. Quantities are in the item's base unit and without a sign. */
export const StockMovement = z.discriminatedUnion('kind', [
	/** `amount`: what the whole quantity costs */
	z.object({
		kind: z.literal('receipt'),
		...common,
		quantity: moved,
		amount: Decimal.refine((value) => !value.startsWith('-'), 'must not be negative'),
	}),
	z.object({ kind: z.literal('issue'), ...common, quantity: moved }),
	/** goods that go back to the supplier */
	z.object({ kind: z.literal('supplierReturn'), ...common, quantity: moved }),
	/** goods that come back from the customer; `of`: the issue with which they went, when it is known */
	z.object({
		kind: z.literal('customerReturn'),
		...common,
		quantity: moved,
		of: z.string().min(1).optional(),
	}),
	/** the receipt `of` costs so much more, or less when negative, than it was posted with */
	z.object({ kind: z.literal('priceCorrection'), ...common, of: z.string().min(1), amount: Decimal }),
]);
export type StockMovement = z.infer<typeof StockMovement>;

/** A movement with what it does to the books. Amounts are rounded to the currency. */
export interface ValuedMovement {
	key: string;
	kind: StockMovement['kind'];
	item: string;
	site: string;
	date: CalendarDate;
	/** of the inventory account, negative when it gets less */
	amount: Decimal;
	/** to the cost of goods sold beside that, because the goods concerned had left already */
	adjustment: Decimal;
	/** after the movement */
	onHand: Decimal;
	value: Decimal;
}

/** The movements of each item at each site, in the order in which they happened, whatever the order of reading. */
export function byItemAndSite(movements: StockMovement[]): StockMovement[][] {
	const items = new Map<string, Map<string, StockMovement[]>>();
	for (const movement of movements) {
		let sites = items.get(movement.item);
		if (sites === undefined) items.set(movement.item, (sites = new Map()));
		const group = sites.get(movement.site);
		if (group === undefined) sites.set(movement.site, [movement]);
		else group.push(movement);
	}
	return byName(items).flatMap((sites) => byName(sites).map((group) => group.sort(inTime)));
}

function byName<T>(named: Map<string, T>): T[] {
	return [...named.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Keys of the movements that a return or a correction names. */
export function referredTo(movements: StockMovement[]): Set<string> {
	const keys = new Set<string>();
	for (const movement of movements) if ('of' in movement && movement.of !== undefined) keys.add(movement.of);
	return keys;
}

function inTime(a: StockMovement, b: StockMovement): number {
	if (a.date !== b.date) return a.date < b.date ? -1 : 1;
	if (a.sequence !== b.sequence) return a.sequence - b.sequence;
	return a.key < b.key ? -1 : 1;
}

export interface MovementProblem {
	key: string;
	field: string;
	message: string;
}

/** What makes movements impossible to value: a key given twice, a return or correction of something that is not there or comes later. */
export function movementProblems(movements: StockMovement[]): MovementProblem[] {
	const found: MovementProblem[] = [];
	const byKey = new Map<string, StockMovement>();
	for (const movement of movements) {
		if (byKey.has(movement.key))
			found.push({ key: movement.key, field: 'key', message: `movement "${movement.key}" is there twice` });
		byKey.set(movement.key, movement);
	}
	for (const movement of movements) {
		if (movement.kind !== 'priceCorrection' && movement.kind !== 'customerReturn') continue;
		if (movement.of === undefined) continue;
		const wanted = movement.kind === 'priceCorrection' ? 'receipt' : 'issue';
		const original = byKey.get(movement.of);
		const fits =
			original?.kind === wanted && original.item === movement.item && original.site === movement.site;
		const message = !fits
			? `there is no ${wanted} "${movement.of}" of item ${movement.item} at ${movement.site}`
			: inTime(original, movement) > 0
				? `the ${wanted} "${movement.of}" comes later`
				: undefined;
		if (message !== undefined) found.push({ key: movement.key, field: 'of', message });
	}
	return found;
}
