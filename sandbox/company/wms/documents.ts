import { z } from 'zod/v4';

import { Key } from '../../../core/model/references';

/** Goods issue for one order: made from what the order has reserved, shipped once, or cancelled before that. */
export const WmsShipment = z.object({
	id: Key,
	order: Key,
	status: z.enum(['open', 'shipped', 'cancelled']),
	/** 1 when created, one more with each change */
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	shippedAt: z.iso.datetime().nullable(),
	lines: z.array(z.object({ sku: Key, quantity: z.string() })),
});
export type WmsShipment = z.infer<typeof WmsShipment>;

export const NewShipment = z.object({
	/** the same key makes one shipment, however often it is sent */
	idempotencyKey: Key.optional(),
	order: Key,
	/** all that is reserved and on no other open shipment, where absent */
	lines: z
		.array(z.object({ sku: z.string().max(200), quantity: z.string().max(40) }))
		.min(1)
		.max(10_000)
		.optional(),
});
export type NewShipment = z.input<typeof NewShipment>;

/** Goods that a supplier is to bring. `received` when every line came whole, or when it was closed short. */
export const WmsReceipt = z.object({
	id: Key,
	/** what it belongs to, such as a purchase order */
	reference: Key.nullable(),
	status: z.enum(['open', 'received', 'cancelled']),
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	receivedAt: z.iso.datetime().nullable(),
	lines: z.array(z.object({ sku: Key, expected: z.string(), received: z.string() })),
});
export type WmsReceipt = z.infer<typeof WmsReceipt>;

export const NewReceipt = z.object({
	idempotencyKey: Key.optional(),
	reference: Key.nullable().default(null),
	lines: z
		.array(z.object({ sku: z.string().max(200), quantity: z.string().max(40) }))
		.min(1)
		.max(10_000),
});
export type NewReceipt = z.input<typeof NewReceipt>;

export const Receiving = z.object({
	/** the same key receives once, however often it is sent */
	idempotencyKey: Key.optional(),
	/** all that is still expected, where absent */
	lines: z
		.array(z.object({ sku: z.string().max(200), quantity: z.string().max(40) }))
		.min(1)
		.max(10_000)
		.optional(),
	/** nothing more is expected after this */
	close: z.boolean().default(false),
});
export type Receiving = z.input<typeof Receiving>;

/** One change of the stock on hand. All movements of a SKU add up to what is on hand. */
export const WmsStockMovement = z.object({
	id: Key,
	sku: Key,
	/** positive: came in; negative: went out */
	delta: z.string(),
	/** on hand after it */
	balance: z.string(),
	cause: z.enum(['opening', 'receipt', 'shipment', 'adjustment']),
	/** the shipment or receipt */
	document: Key.nullable(),
	order: Key.nullable(),
	at: z.iso.datetime(),
});
export type WmsStockMovement = z.infer<typeof WmsStockMovement>;
