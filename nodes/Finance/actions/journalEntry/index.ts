import { searchJournalEntries } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import type { FinanceResource } from '../../resource';
import * as create from './create.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { journalEntryText } from './journalEntry';
import * as post from './post.operation';
import * as trialBalance from './trialBalance.operation';
import * as update from './update.operation';
import * as upsert from './upsert.operation';

const records = ledgerResource(
	journalEntryText,
	{ get, getAll, create, update, upsert, post },
	{ searchJournalEntries },
);

/** Entries of the general ledger, made as drafts and posted, and what they leave on the accounts. */
export const journalEntry: FinanceResource = {
	...records,
	operations: {
		...records.operations,
		trialBalance: {
			name: 'Trial Balance',
			description: 'What the given entries leave on each account, and which of them do not balance',
			action: 'Sum journal entries to a trial balance',
			asksFor: [],
			file: trialBalance,
		},
	},
};
