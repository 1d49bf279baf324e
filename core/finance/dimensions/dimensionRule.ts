import { z } from 'zod/v4';

import { DimensionSource, RuleCondition } from '../posting/ruleCondition';

/**
 * Which documents, and which accounts of their entries, carry a dimension, and what it is where nobody said it.
 * Without `documents` and `accounts` the rule is for all of them.
 */
export const DimensionRule = z.object({
	/** `costCentre`, `profitCentre`, `project`, `sourceOfFunds` or a name of one's own */
	dimension: z.string().min(1).max(100),
	/** types of document: `purchaseOrder`, `delivery`, `invoice` ... */
	documents: z.array(z.string().min(1)).default([]),
	/** codes of accounts, or their beginnings with an asterisk: `5*`. With any, the rule is for lines that have such an account. */
	accounts: z.array(z.string().min(1)).default([]),
	/** all of them must hold */
	conditions: z.array(RuleCondition).default([]),
	/** whether a line without it is refused */
	required: z.boolean().default(true),
	/** what fills it; the first rule that gives a value does */
	default: DimensionSource.optional(),
});
export type DimensionRule = z.infer<typeof DimensionRule>;

export function isForAccount({ accounts }: DimensionRule, account: string | undefined): boolean {
	if (accounts.length === 0) return true;
	if (account === undefined) return false;
	return accounts.some((one) => (one.endsWith('*') ? account.startsWith(one.slice(0, -1)) : account === one));
}
