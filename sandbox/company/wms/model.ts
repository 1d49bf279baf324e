import { z } from 'zod/v4';

import { Gtin, Key, Text, UnitCode } from '../../../core/model/references';

/** The sandbox WMS's own words for things; the connector translates them into canonical ones. */
export const WmsUnit = z.object({ unit: UnitCode, factor: z.string().regex(/^\d{1,6}(\.\d{1,3})?$/) });

export const WmsItem = z.object({
	sku: Key,
	gtin: Gtin,
	names: z.object({ en: Text, 'zh-CN': Text }),
	baseUnit: UnitCode,
	/** other units that this item master knows, and how many base units each holds */
	units: z.array(WmsUnit),
});
export type WmsItem = z.infer<typeof WmsItem>;

export const NewWmsItem = z.object({
	/** the next free code where absent; an item with the same GTIN keeps its own */
	sku: Key.optional(),
	gtin: Gtin,
	names: z.object({ en: Text, 'zh-CN': Text.optional() }),
	baseUnit: UnitCode.default('H87'),
	units: z.array(WmsUnit).default([]),
	/** stock on hand of a new item; an item that exists keeps its stock */
	onHand: z.string().default('0'),
});
export type NewWmsItem = z.input<typeof NewWmsItem>;

/** What is given of one item; what is absent stays as it is. */
export const WmsItemChange = z.object({
	gtin: Gtin.optional(),
	names: z.object({ en: Text.optional(), 'zh-CN': Text.optional() }).optional(),
	baseUnit: UnitCode.optional(),
	units: z.array(WmsUnit).optional(),
});

export const WmsStock = z.object({
	sku: Key,
	onHand: z.string(),
	reserved: z.string(),
	available: z.string(),
});
export type WmsStock = z.infer<typeof WmsStock>;

export const WmsReservationLine = z.object({
	sku: Key,
	requested: z.string(),
	reserved: z.string(),
	backOrder: z.string(),
});

export const WmsReservation = z.object({
	order: Key,
	sequence: z.number().int().nonnegative(),
	/** 1 when created, one more with each change */
	revision: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	/** of the request that made it as it is */
	idempotencyKey: z.string().nullable(),
	lines: z.array(WmsReservationLine),
});
export type WmsReservation = z.infer<typeof WmsReservation>;

export const MatchRequest = z.object({
	order: Key,
	/** the order's sequence; a lower one than the reservation's changes nothing */
	sequence: z.number().int().nonnegative(),
	/** reserve what is there; otherwise a line is reserved whole or not at all */
	allowPartial: z.boolean().default(true),
	expectedRevision: z.number().int().positive().optional(),
	idempotencyKey: z.string().max(500).optional(),
	lines: z.array(z.object({ sku: z.string().max(200), quantity: z.string().max(40) })).max(10_000),
});
export type MatchRequest = z.input<typeof MatchRequest>;

export const MatchErrorCode = z.enum([
	'invalid',
	'unknown_sku',
	'invalid_quantity',
	'duplicate_sku',
	'conflict',
]);
export interface MatchError {
	code: z.infer<typeof MatchErrorCode>;
	message: string;
}
export type MatchResult =
	| { order: string; reservation: WmsReservation }
	| { order: string | null; error: MatchError };

/** A change of what is reserved for an order: by a request, a filled back order, missing stock, or a goods issue. */
export interface Movement {
	id: number;
	order: string;
	sku: string;
	delta: string;
	/** the reservation's sequence at the time */
	sequence: number;
	cause: 'match' | 'fill' | 'shortage' | 'issue';
	at: string;
}
