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
	/** the system's own key of the right, which may be a number */
	right: z.string().min(1),
	/** what people call it */
	rightName: z.string().optional(),
	/** whether it allows everything, or to give oneself what is missing */
	administrator: z.boolean().optional(),
	since: instant.optional(),
	until: instant.optional(),
	lastUsedAt: instant.optional(),
	grantedBy: z.string().optional(),
});
export type HeldRight = z.infer<typeof HeldRight>;

/** A right as a finding names it. */
export interface NamedRight {
	system: string;
	right: string;
	rightName?: string;
}

export function namedRight({ system, right, rightName }: HeldRight): NamedRight {
	return { system, right, ...(rightName === undefined || rightName === right ? {} : { rightName }) };
}

/** Key and name: many systems know a right by a number, and rules know it by a word. */
export function namesOf({ right, rightName }: HeldRight): string[] {
	return rightName === undefined ? [right] : [right, rightName];
}

/** The one who holds it, over all systems where that is known. */
export function holderOf({ person, system, account }: HeldRight): string {
	return person ?? `${system}: ${account}`;
}
