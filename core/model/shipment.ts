import { z } from 'zod/v4';

import { Quantity } from './decimal';
import { documentLines } from './documentLines';
import { Key, Revision, Text } from './references';

export const ShipmentState = z.enum(['draft', 'shipped', 'cancelled']);
export type ShipmentState = z.infer<typeof ShipmentState>;

/** One item that leaves, in the warehouse's own code and the item's base unit. */
export const ShipmentLine = z.object({ line: Key, item: Key, quantity: Quantity });
export type ShipmentLine = z.infer<typeof ShipmentLine>;

/** Goods that leave a warehouse for one order. `order` is the order's key in the ERP. */
export const Shipment = z.object({
	key: Key,
	number: Text.optional(),
	order: Key.optional(),
	state: ShipmentState,
	/** instant at which the goods left */
	shippedAt: z.iso.datetime({ offset: true }).optional(),
	changedAt: z.iso.datetime({ offset: true }).optional(),
	revision: Revision.optional(),
	lines: documentLines(ShipmentLine),
});
export type Shipment = z.infer<typeof Shipment>;

/** What is given to make a shipment. A line without `line` is a new one. */
export const ShipmentDraft = Shipment.pick({ number: true, order: true }).extend({
	lines: documentLines(ShipmentLine.partial({ line: true })),
});
export type ShipmentDraft = z.infer<typeof ShipmentDraft>;
