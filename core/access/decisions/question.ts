import { z } from 'zod/v4';

const longestName = 200;

/** Milliseconds since 1970, no further than a date of JavaScript goes. */
export const Instant = z.int().min(-8.64e15).max(8.64e15);

/** Any object: attributes that the catalogue has are looked for in it, others are left alone, whatever they are called. */
const Attributes = z.custom<Record<string, unknown>>(
	(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
	'must be an object',
);

/** Somebody, by the key that the HR system has, with what is known of them. */
const Person = z.object({
	id: z.string().max(longestName),
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
	operation: z.string().max(longestName),
	resource: z.object({
		id: z.string().max(300),
		/** absent: what the operation is done to */
		type: z.string().optional(),
		attributes: Attributes.default(() => ({})),
	}),
	request: Attributes.default(() => ({})),
	/** other people that attributes name, such as the second approver or the record's owner */
	others: z.array(Person).max(100).default([]),
	/** of the request */
	at: Instant,
});
export type AccessQuestion = z.infer<typeof AccessQuestion>;

/** What is told of a question that cannot be read, so that the log says who asked for what as far as that is known. */
export function asFarAsRead(
	given: Partial<Record<'subject' | 'operation' | 'resource', unknown>>,
	at: number,
): AccessQuestion {
	const name = (value: unknown) => (typeof value === 'string' ? value.slice(0, longestName) : '');
	return AccessQuestion.parse({
		subject: { id: name(given.subject) },
		operation: name(given.operation),
		resource: { id: name(given.resource) },
		at,
	});
}
