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

export const DeliveryState = z.enum(['draft', 'done', 'cancelled']);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const DeliveryLine = z.object({
	line: Key,
	/** the line of the sales order that it delivers */
	orderLine: Key.optional(),
	item: ItemReference,
	quantity: Quantity,
	unit: UnitCode,
	/** what one unit costs as the ERP values its stock, in the delivery's currency */
	unitCost: Decimal.optional(),
	dimensions: Dimensions.optional(),
});
export type DeliveryLine = z.infer<typeof DeliveryLine>;

/** What an ERP books as handed to a customer for one sales order. `done` is goods issue. */
export const Delivery = z.object({
	key: Key,
	number: Text.optional(),
	state: DeliveryState,
	/** key of the sales order */
	order: Key.optional(),
	partner: PartnerReference.optional(),
	/** instant of the goods issue */
	deliveredAt: z.iso.datetime({ offset: true }).optional(),
	/** of the costs */
	currency: CurrencyCode.optional(),
	dimensions: Dimensions.optional(),
	revision: Revision.optional(),
	lines: documentLines(DeliveryLine),
	native: NativeFields.optional(),
});
export type Delivery = z.infer<typeof Delivery>;

/** What is given to make a delivery. A line without `line` is a new one. */
export const DeliveryDraft = Delivery.omit({
	key: true,
	state: true,
	deliveredAt: true,
	currency: true,
	revision: true,
}).extend({
	lines: documentLines(DeliveryLine.omit({ unitCost: true }).partial({ line: true })),
});
export type DeliveryDraft = z.infer<typeof DeliveryDraft>;
