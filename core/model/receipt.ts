import { z } from 'zod/v4';

import { Quantity } from './decimal';
import { documentLines } from './documentLines';
import { Key, Revision, Text } from './references';

export const ReceiptState = z.enum(['draft', 'received', 'cancelled']);
export type ReceiptState = z.infer<typeof ReceiptState>;

/** One item that arrives, in the warehouse's own code and the item's base unit. */
export const ReceiptLine = z.object({ line: Key, item: Key, quantity: Quantity });
export type ReceiptLine = z.infer<typeof ReceiptLine>;

/** Goods that arrive at a warehouse. `order` is the purchase order's key in the ERP. */
export const Receipt = z.object({
	key: Key,
	number: Text.optional(),
	order: Key.optional(),
	state: ReceiptState,
	/** instant at which the goods were taken in */
	receivedAt: z.iso.datetime({ offset: true }).optional(),
	changedAt: z.iso.datetime({ offset: true }).optional(),
	revision: Revision.optional(),
	lines: documentLines(ReceiptLine),
});
export type Receipt = z.infer<typeof Receipt>;

/** What is given to announce goods that will arrive. A line without `line` is a new one. */
export const ReceiptDraft = Receipt.pick({ number: true, order: true }).extend({
	lines: documentLines(ReceiptLine.partial({ line: true })),
});
export type ReceiptDraft = z.infer<typeof ReceiptDraft>;
