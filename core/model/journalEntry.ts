import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { documentLines } from './documentLines';
import { NativeFields } from './native';
import { CurrencyCode, Dimensions, Key, PartnerReference, Revision, SystemName, Text } from './references';

export const JournalEntryState = z.enum(['draft', 'posted']);
export type JournalEntryState = z.infer<typeof JournalEntryState>;

const Amount = Decimal.refine((value) => !value.startsWith('-'), 'must not be negative');

export const JournalEntryLine = z.object({
	line: Key,
	/** the account's code */
	account: Key,
	/** one of the two is zero */
	debit: Amount,
	credit: Amount,
	partner: PartnerReference.optional(),
	description: Text.optional(),
	dimensions: Dimensions.optional(),
});
export type JournalEntryLine = z.infer<typeof JournalEntryLine>;

/** An entry in the general ledger, in one currency. Only a draft may be changed. */
export const JournalEntry = z.object({
	key: Key,
	number: Text.optional(),
	state: JournalEntryState,
	/** legal entity whose books it is in */
	entity: Text.optional(),
	/** day in the books */
	date: z.iso.date(),
	/** key of the ledger's own period */
	period: Key.optional(),
	/** code of the journal */
	journal: Text.optional(),
	currency: CurrencyCode,
	description: Text.optional(),
	/** the business document that it books */
	document: z.object({ type: Text, system: SystemName, key: Key }).optional(),
	revision: Revision.optional(),
	lines: documentLines(JournalEntryLine),
	native: NativeFields.optional(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** What is given to make a draft entry. A line without `line` is a new one. */
export const JournalEntryDraft = JournalEntry.omit({
	key: true,
	number: true,
	state: true,
	period: true,
	revision: true,
}).extend({ lines: documentLines(JournalEntryLine.partial({ line: true })) });
export type JournalEntryDraft = z.infer<typeof JournalEntryDraft>;
