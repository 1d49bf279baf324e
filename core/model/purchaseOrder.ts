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

export const PurchaseOrderState = z.enum(['draft', 'confirmed', 'done', 'cancelled']);
export type PurchaseOrderState = z.infer<typeof PurchaseOrderState>;

/** One line. `line` identifies it within the order for ever, whatever its position. */
export const PurchaseOrderLine = z.object({
	line: Key,
	item: ItemReference,
	quantity: Quantity,
	unit: UnitCode,
	unitPrice: Decimal.optional(),
	dimensions: Dimensions.optional(),
});
export type PurchaseOrderLine = z.infer<typeof PurchaseOrderLine>;

/** An order to a supplier as it now is, in the codes of the system that owns it. */
export const PurchaseOrder = z.object({
	key: Key,
	number: Text.optional(),
	state: PurchaseOrderState,
	/** the supplier */
	partner: PartnerReference.optional(),
	orderedAt: z.iso.datetime({ offset: true }).optional(),
	/** the day on which the goods are due */
	expectedOn: z.iso.date().optional(),
	currency: CurrencyCode.optional(),
	dimensions: Dimensions.optional(),
	revision: Revision.optional(),
	lines: documentLines(PurchaseOrderLine),
	native: NativeFields.optional(),
});
export type PurchaseOrder = z.infer<typeof PurchaseOrder>;

/** What is given to make a purchase order. A line without `line` is a new one. */
export const PurchaseOrderDraft = PurchaseOrder.omit({ key: true, state: true, revision: true }).extend({
	lines: documentLines(PurchaseOrderLine.partial({ line: true })),
});
export type PurchaseOrderDraft = z.infer<typeof PurchaseOrderDraft>;
