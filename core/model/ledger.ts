import { z } from 'zod/v4';

import { Key, Revision, Text } from './references';

/**
 * `closed`: nothing is posted any more, and it may be opened again. `locked`: closed for good. A ledger that knows only one of the two
 * has no `locked`.
 */
export const LedgerPeriodState = z.enum(['open', 'closed', 'locked']);
export type LedgerPeriodState = z.infer<typeof LedgerPeriodState>;

/** A period as the ledger system itself keeps it. */
export const LedgerPeriod = z.object({
	key: Key,
	name: Text,
	/** legal entity whose books it belongs to */
	entity: Text.optional(),
	from: z.iso.date(),
	/** last day, which belongs to the period */
	to: z.iso.date(),
	state: LedgerPeriodState,
	revision: Revision.optional(),
});
export type LedgerPeriod = z.infer<typeof LedgerPeriod>;

/** An account of the chart of accounts. */
export const Account = z.object({
	/** the account's code, by which entries name it */
	key: Key,
	name: Text,
	kind: z.enum(['asset', 'liability', 'equity', 'revenue', 'expense', 'other']),
	/** whether entries may be posted to it */
	postable: z.boolean(),
	entity: Text.optional(),
	revision: Revision.optional(),
});
export type Account = z.infer<typeof Account>;

/** A value of an auxiliary dimension: a cost centre, profit centre, project, source of funds. */
export const DimensionValue = z.object({
	/** `{dimension}/{code}` */
	key: Key,
	/** `costCentre`, `profitCentre`, `project`, `sourceOfFunds` or a name of one's own */
	dimension: z.string().min(1).max(100),
	code: Key,
	name: Text,
	entity: Text.optional(),
	/** first and last day on which it may be used */
	validFrom: z.iso.date().optional(),
	validTo: z.iso.date().optional(),
	revision: Revision.optional(),
});
export type DimensionValue = z.infer<typeof DimensionValue>;
