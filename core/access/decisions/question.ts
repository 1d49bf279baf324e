import { z } from 'zod/v4';

/** Any object: attributes that the catalogue has are looked for in it, others are left alone, whatever they are called. */
const Attributes = z.custom<Record<string, unknown>>(
	(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
	'must be an object',
);

/** Somebody, by the key that the HR system has, with what is known of them. */
const Person = z.object({
	id: z.string().max(200),
	attributes: Attributes.default(() => ({})),
	/** departments above the employee's own, nearest first */
	departmentsAbove: z.array(z.string()).max(50).default([]),
	/** false: the HR system has no such employee */
	isKnown: z.boolean().default(true),
});
export type Person = z.infer<typeof Person>;

/** May this person do this operation to this record, under these circumstances? */
export const AccessQuestion = z.object({
	subject: Person,
	/** id of a sensitive operation */
	operation: z.string().max(200),
	resource: z.object({
		id: z.string().max(300),
		/** absent: what the operation is done to */
		type: z.string().optional(),
		attributes: Attributes.default(() => ({})),
	}),
	request: Attributes.default(() => ({})),
	/** other people that attributes name, such as the second approver or the record's owner */
	others: z.array(Person).max(100).default([]),
	/** instant of the request, milliseconds since 1970 */
	at: z.number(),
});
export type AccessQuestion = z.infer<typeof AccessQuestion>;
