import { z } from 'zod/v4';

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** A right that an account holds, as far as a review looks at it. A grant of the life cycle is one. */
export const HeldRight = z.object({
	system: z.string().min(1),
	/** the system's own key of the account */
	account: z.string().min(1),
	/** key of the employee; absent where nobody is known */
	person: z.string().min(1).optional(),
	name: z.string().optional(),
	/** department or position: those who should hold the same */
	post: z.string().optional(),
	/** key of the employee who is asked about it */
	manager: z.string().optional(),
	right: z.string().min(1),
	/** whether it allows everything, or to give oneself what is missing */
	administrator: z.boolean().optional(),
	since: instant.optional(),
	until: instant.optional(),
	lastUsedAt: instant.optional(),
	grantedBy: z.string().optional(),
});
export type HeldRight = z.infer<typeof HeldRight>;

/** The one who holds it, over all systems where that is known. */
export function holderOf({ person, system, account }: HeldRight): string {
	return person ?? `${system}: ${account}`;
}
