import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { NativeFields } from './native';
import { Gtin, Key, Revision, Text, UnitCode } from './references';

/** One `unit` of the item is exactly `numerator / denominator` of its base unit. */
export const ItemUnit = z.object({
	unit: UnitCode,
	numerator: Decimal.refine((value) => Number(value) > 0, 'must be positive'),
	denominator: Decimal.refine((value) => Number(value) > 0, 'must be positive').default('1'),
});
export type ItemUnit = z.infer<typeof ItemUnit>;

/** An item as one system keeps it: its own code, its base unit, and what other units it knows. */
export const Item = z.object({
	code: Key,
	name: Text.optional(),
	gtin: Gtin.optional(),
	baseUnit: UnitCode,
	units: z.array(ItemUnit).default([]),
	revision: Revision.optional(),
	native: NativeFields.optional(),
});
export type Item = z.infer<typeof Item>;

/** What is given to make an item; the code is chosen by whoever makes it. */
export const ItemDraft = Item.omit({ revision: true });
export type ItemDraft = z.infer<typeof ItemDraft>;
