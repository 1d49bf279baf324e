import { z } from 'zod/v4';

import { Decimal, Quantity } from './decimal';
import { ItemReference, Key, Text, UnitCode } from './references';

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
	partner: z.object({ code: Key, name: Text.optional() }).optional(),
	orderedAt: z.iso.datetime({ offset: true }).optional(),
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
		.optional(),
	lines: z
		.array(SalesOrderLine)
		.max(10_000)
		.superRefine((lines, context) => {
			const seen = new Set<string>();
			lines.forEach(({ line }, index) => {
				if (seen.has(line)) {
					context.addIssue({
						code: 'custom',
						path: [index, 'line'],
						message: `line "${line}" appears twice; each line needs an identifier of its own`,
					});
				}
				seen.add(line);
			});
		}),
});
export type SalesOrder = z.infer<typeof SalesOrder>;
