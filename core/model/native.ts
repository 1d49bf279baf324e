import { z } from 'zod/v4';

/**
 * Fields of a record that only its own system knows, in that system's names: a payment term, a project number. They
 * travel beside the canonical fields, and no other system is given them.
 */
export const NativeFields = z.record(
	z.string().min(1).max(200),
	z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]),
);
export type NativeFields = z.infer<typeof NativeFields>;
