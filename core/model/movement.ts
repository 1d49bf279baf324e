import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { Key, Text } from './references';

export const MovementKind = z.enum(['shipment', 'receipt', 'adjustment', 'transfer']);
export type MovementKind = z.infer<typeof MovementKind>;

/** A change of one item's stock that has happened; it never changes afterwards. */
export const Movement = z.object({
	key: Key,
	kind: MovementKind,
	/** in the warehouse's own code */
	item: Key,
	/** in the item's base unit; negative when stock went down */
	quantity: Decimal,
	/** key of the shipment, receipt or other document behind it */
	reference: Key.optional(),
	reason: Text.optional(),
	occurredAt: z.iso.datetime({ offset: true }),
});
export type Movement = z.infer<typeof Movement>;

/** What is given to adjust stock by hand. */
export const MovementDraft = Movement.pick({ item: true, quantity: true, reference: true, reason: true });
export type MovementDraft = z.infer<typeof MovementDraft>;
