import { z } from 'zod/v4';

import { Decimal, Quantity } from '../../../core/model/decimal';
import { Dimensions, Gtin, Key, Text, UnitCode } from '../../../core/model/references';

/** The sandbox ERP's own words for things; the connector translates them into canonical ones. */
export const ErpItem = z.object({
	code: Key,
	gtin: Gtin,
	names: z.object({ en: Text, 'zh-CN': Text }),
	baseUnit: UnitCode,
	/** units in which it may be ordered */
	salesUnits: z.array(UnitCode),
	/** pieces in each other unit, where this item master knows it */
	conversions: z.array(z.object({ unit: UnitCode, pieces: z.number().int().positive() })),
	price: Decimal,
	/** what a piece costs as this ERP values its stock, in the company's currency */
	cost: Decimal.optional(),
	/** 1 when created, one more with each change */
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
});
export type ErpItem = z.infer<typeof ErpItem>;

export const NewErpItem = z.object({
	code: Key,
	/** the next free number where absent; an item that exists keeps its own */
	gtin: Gtin.optional(),
	names: z.object({ en: Text, 'zh-CN': Text.optional() }),
	price: Decimal.default('1.00'),
	cost: Decimal.optional(),
	carton: z.number().int().min(2).max(10_000).optional(),
	/** false: sold in cartons, and only the warehouse knows how many pieces that is */
	cartonKnown: z.boolean().default(true),
});
export type NewErpItem = z.input<typeof NewErpItem>;

export const ErpItemPatch = z.object({
	gtin: Gtin.optional(),
	names: z.object({ en: Text.optional(), 'zh-CN': Text.optional() }).optional(),
	price: Decimal.optional(),
	cost: Decimal.optional(),
	carton: z.number().int().min(2).max(10_000).optional(),
});
export type ErpItemPatch = z.infer<typeof ErpItemPatch>;

export const ErpStatus = z.enum(['draft', 'confirmed', 'done', 'cancelled']);
export type ErpStatus = z.infer<typeof ErpStatus>;

export const ErpOrderLine = z.object({
	id: Key,
	item: Key,
	gtin: Gtin,
	name: Text,
	quantity: Quantity,
	unit: UnitCode,
	/** the quantity in the item's base unit, where the unit is another and this item master knows how many it holds */
	pieces: Quantity.optional(),
	price: Decimal,
	/** auxiliary dimensions of accounting */
	dimensions: Dimensions.optional(),
});
export type ErpOrderLine = z.infer<typeof ErpOrderLine>;

export const ErpOrder = z.object({
	id: Key,
	number: Text,
	status: ErpStatus,
	customer: z.object({ code: Key, name: Text }),
	orderedAt: z.iso.datetime(),
	currency: z.string().regex(/^[A-Z]{3}$/),
	/** 1 when created, one more with each change */
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	dimensions: Dimensions.optional(),
	/** what the last change was, as its event says */
	lastChange: z.enum(['created', 'changed', 'cancelled']),
	lines: z.array(ErpOrderLine),
});
export type ErpOrder = z.infer<typeof ErpOrder>;

export const NewLine = z.object({
	/** the identifier of a line that stays; a new line gets one */
	id: Key.optional(),
	item: Key,
	quantity: Quantity,
	unit: UnitCode.default('H87'),
	price: Decimal.optional(),
	/** absent: those of the line that stays */
	dimensions: Dimensions.optional(),
});

export const NewOrder = z.object({
	/** the same key makes one order, however often it is sent */
	idempotencyKey: Key.optional(),
	number: Text.optional(),
	status: z.enum(['draft', 'confirmed']).default('draft'),
	customer: z.object({ code: Key, name: Text }).default({ code: 'C-0000', name: 'Walk-in customer' }),
	orderedAt: z.iso.datetime().optional(),
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/)
		.default('CNY'),
	dimensions: Dimensions.optional(),
	lines: z.array(NewLine).max(1_000),
});
export type NewOrder = z.input<typeof NewOrder>;

export const OrderPatch = z.object({
	status: ErpStatus.optional(),
	number: Text.optional(),
	customer: z.object({ code: Key, name: Text }).optional(),
	orderedAt: z.iso.datetime().optional(),
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/)
		.optional(),
	dimensions: Dimensions.optional(),
	/** all lines as they shall be */
	lines: z.array(NewLine).max(1_000).optional(),
	/** quantities by line identifier; the other lines stay */
	quantities: z.record(z.string(), Quantity).optional(),
});
export type OrderPatch = z.input<typeof OrderPatch>;
