import { z } from 'zod/v4';

import { Key, SystemName, Text } from './references';

const instant = z.iso.datetime({ offset: true });

/**
 * Why somebody holds a right. `post`: a rule gives it to whoever holds the post. `timeBoxed`: given until an instant. `request`: given here on
 * somebody's word, until further notice. `unknown`: the system shows it and nothing here says why.
 */
export const GrantReason = z.enum(['post', 'timeBoxed', 'request', 'unknown']);
export type GrantReason = z.infer<typeof GrantReason>;

/** One right that one account holds in one system: who holds what, why, since when, until when, granted by whom. */
export const Grant = z.object({
	system: SystemName,
	/** the system's own key of the account */
	account: Key,
	/** the system's own key of the right: a group, a role, a permission */
	right: Key,
	/** key of the employee whose account it is; absent where nobody is known */
	person: Key.optional(),
	why: GrantReason,
	/** in words, such as the post or the text of a request */
	reason: Text.optional(),
	/** absent where the system does not say */
	since: instant.optional(),
	/** when it ends by itself; absent: until further notice */
	until: instant.optional(),
	grantedBy: Text.optional(),
	/** when it was last made use of; absent where the system does not say, or never */
	lastUsedAt: instant.optional(),
});
export type Grant = z.infer<typeof Grant>;

/** What somebody signs in with. */
export const Account = z.object({
	key: Key,
	login: Key,
	name: Text.optional(),
	email: Text.optional(),
	/** number or key of the employee where the system keeps one */
	employee: Key.optional(),
	active: z.boolean(),
	lastSignInAt: instant.optional(),
});
export type Account = z.infer<typeof Account>;

/** Something that accounts can be given. */
export const Right = z.object({
	key: Key,
	name: Text.min(1),
	/** whether whoever holds it may do everything, or give themselves what is missing */
	administrator: z.boolean(),
});
export type Right = z.infer<typeof Right>;

/** What identifies a grant: an account holds a right once. */
export type GrantIdentity = Pick<Grant, 'system' | 'account' | 'right'>;

export function grantId({ system, account, right }: GrantIdentity): string {
	return JSON.stringify([system, account, right]);
}
