import { z } from 'zod/v4';

import { Decimal, Quantity } from './decimal';
import { documentLines } from './documentLines';
import { NativeFields } from './native';
import {
	CurrencyCode,
	Dimensions,
	ItemReference,
	Key,
	PartnerReference,
	Revision,
	Text,
	UnitCode,
} from './references';

export const SalesOrderState = z.enum(['draft', 'confirmed', 'done', 'cancelled']);
export type SalesOrderState = z.infer<typeof SalesOrderState>;

/** One line. `line` identifies it within the order for ever, whatever its position. */
export const SalesOrderLine = z.object({
	line: Key,
	item: ItemReference,
	quantity: Quantity,
	unit: UnitCode,
	/** the same amount in the item's base unit, as the order's own system converts it, where it does */
	baseQuantity: z.object({ quantity: Quantity, unit: UnitCode }).optional(),
	unitPrice: Decimal.optional(),
	dimensions: Dimensions.optional(),
});
export type SalesOrderLine = z.infer<typeof SalesOrderLine>;

/**
 * A sales order as it now is, in the codes of the system that owns it.
 * `key` is that system's own identifier; `number` is what people call it.
 */
export const SalesOrder = z.object({
	key: Key,
	number: Text.optional(),
	state: SalesOrderState,
	partner: PartnerReference.optional(),
	orderedAt: z.iso.datetime({ offset: true }).optional(),
	currency: CurrencyCode.optional(),
	dimensions: Dimensions.optional(),
	revision: Revision.optional(),
	lines: documentLines(SalesOrderLine),
	native: NativeFields.optional(),
});
export type SalesOrder = z.infer<typeof SalesOrder>;

/** What is given to make a sales order. A line without `line` is a new one. */
export const SalesOrderDraft = SalesOrder.omit({ key: true, state: true, revision: true }).extend({
	lines: documentLines(SalesOrderLine.omit({ baseQuantity: true }).partial({ line: true })),
});
export type SalesOrderDraft = z.infer<typeof SalesOrderDraft>;
