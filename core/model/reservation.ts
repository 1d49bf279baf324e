import { z } from 'zod/v4';

import { Quantity } from './decimal';
import { Key } from './references';

/** One item of a reservation, in the warehouse's own code and the item's base unit. */
export const ReservationLine = z.object({
	item: Key,
	/** what the order asks for */
	requested: Quantity,
	/** what the warehouse holds for it; the rest is on back order */
	reserved: Quantity,
});
export type ReservationLine = z.infer<typeof ReservationLine>;

/** What a warehouse holds for one order. `order` is the order's key in the ERP. */
export const Reservation = z.object({
	order: Key,
	/** the order's sequence that this reservation answers; a lower one never overwrites it */
	sequence: z.number().int().nonnegative(),
	/** rises with every change; sent back as the expected version */
	revision: z.string(),
	/** ISO 8601 instant at which the warehouse last changed it */
	changedAt: z.iso.datetime({ offset: true }),
	lines: z.array(ReservationLine),
});
export type Reservation = z.infer<typeof Reservation>;

/** Stock of one item, in its base unit. `available` is `onHand` less `reserved`. */
export const StockLevel = z.object({ item: Key, onHand: Quantity, reserved: Quantity, available: Quantity });
export type StockLevel = z.infer<typeof StockLevel>;
