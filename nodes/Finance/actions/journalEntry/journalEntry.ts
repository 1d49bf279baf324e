import { JournalEntryDraft } from '../../../../core/model/journalEntry';
import type { EntityText } from '../../../shared/entityText';

export const journalEntryText: EntityText<'journalEntry'> = {
	entity: 'journalEntry',
	role: 'finance',
	name: 'journal entry',
	plural: 'journal entries',
	title: 'Journal Entry',
	parameter: 'journalEntry',
	searchMethod: 'searchJournalEntries',
	example: 'JE-00000001',
	states: ['draft', 'posted'],
	Draft: JournalEntryDraft,
	draftExample: {
		date: '2026-01-31',
		currency: 'CNY',
		description: 'Rent of January',
		lines: [
			{ account: '6602', debit: '18500', credit: '0', dimensions: { costCentre: 'CC-300' } },
			{ account: '1002', debit: '0', credit: '18500' },
		],
	},
};
