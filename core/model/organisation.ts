import { z } from 'zod/v4';

import { Key, Revision, Text } from './references';

/** A unit of the organisation. */
export const Department = z.object({
	key: Key,
	name: Text.min(1),
	/** legal entity that it belongs to */
	entity: Text.min(1).optional(),
	/** key of the department above */
	parent: Key.optional(),
	/** key of the employee who leads it */
	head: Key.optional(),
	costCentre: Key.optional(),
	state: z.enum(['active', 'closed']),
	revision: Revision.optional(),
});
export type Department = z.infer<typeof Department>;

/** A post that employees hold. Approval flows name posts, so one that nobody holds, or nobody with a user, stops them. */
export const Position = z.object({
	key: Key,
	name: Text.min(1),
	department: Key.optional(),
	/** rank of whoever holds it */
	rank: z.number().int().min(0).max(99).optional(),
	region: Text.min(1).optional(),
	/** whether documents wait for whoever holds it */
	approver: z.boolean(),
	/** keys of the employees who hold it and have not left */
	holders: z.array(Key).max(10_000),
	state: z.enum(['active', 'closed']),
	revision: Revision.optional(),
});
export type Position = z.infer<typeof Position>;
