import { z } from 'zod/v4';

import { Decimal } from './decimal';
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

export const InvoiceState = z.enum(['draft', 'posted', 'paid', 'cancelled']);
export type InvoiceState = z.infer<typeof InvoiceState>;

export const InvoiceLine = z.object({
	line: Key,
	/** the line of the order that it bills */
	orderLine: Key.optional(),
	item: ItemReference.optional(),
	description: Text.optional(),
	/** negative on a credit */
	quantity: Decimal,
	unit: UnitCode.optional(),
	unitPrice: Decimal,
	/** without tax, in the invoice's currency */
	amount: Decimal.optional(),
	/** tax on the amount */
	tax: Decimal.optional(),
	dimensions: Dimensions.optional(),
});
export type InvoiceLine = z.infer<typeof InvoiceLine>;

/** A bill to a customer or from a supplier. `total` is the sum of the lines' amounts, without tax. */
export const Invoice = z.object({
	key: Key,
	number: Text.optional(),
	kind: z.enum(['customer', 'supplier']),
	state: InvoiceState,
	partner: PartnerReference.optional(),
	/** key of the sales order or purchase order */
	order: Key.optional(),
	issuedOn: z.iso.date().optional(),
	dueOn: z.iso.date().optional(),
	currency: CurrencyCode,
	total: Decimal.optional(),
	/** tax on the whole invoice, which comes on top of `total` */
	taxTotal: Decimal.optional(),
	dimensions: Dimensions.optional(),
	revision: Revision.optional(),
	lines: documentLines(InvoiceLine),
	native: NativeFields.optional(),
});
export type Invoice = z.infer<typeof Invoice>;

/** What is given to make an invoice; amounts and total are computed by the system. A line without `line` is a new one. */
export const InvoiceDraft = Invoice.omit({
	key: true,
	state: true,
	total: true,
	taxTotal: true,
	revision: true,
}).extend({
	lines: documentLines(InvoiceLine.omit({ amount: true, tax: true }).partial({ line: true })),
});
export type InvoiceDraft = z.infer<typeof InvoiceDraft>;
