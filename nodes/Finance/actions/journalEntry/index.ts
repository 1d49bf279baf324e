import { searchJournalEntries } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import * as create from './create.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { journalEntryText } from './journalEntry';
import * as post from './post.operation';
import * as update from './update.operation';
import * as upsert from './upsert.operation';

/** Entries of the general ledger, made as drafts and posted. */
export const journalEntry = ledgerResource(
	journalEntryText,
	{ get, getAll, create, update, upsert, post },
	{ searchJournalEntries },
);
