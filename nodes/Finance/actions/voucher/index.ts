import { bookSearches } from '../../bookFields';
import type { FinanceResource } from '../../resource';
import { searchRuleSets } from '../ruleSet/ruleSet';
import * as create from './create.operation';
import * as draft from './draft.operation';
import * as find from './find.operation';

/** Journal entries of business documents. */
export const voucher: FinanceResource = {
	value: 'voucher',
	name: 'Voucher',
	defaultOperation: 'draft',
	operations: {
		create: {
			name: 'Create in Ledger',
			description: 'Make drafted entries in the ledger, each once, where no lock forbids their day',
			action: 'Create vouchers in the ledger',
			asksFor: ['system', 'stateStore'],
			file: create,
		},
		draft: {
			name: 'Draft',
			description: 'The journal entry of each document by the rules of a rule set; books nothing',
			action: 'Draft vouchers of documents',
			asksFor: ['stateStore'],
			file: draft,
		},
		find: {
			name: 'Find in Ledger',
			description: 'Part documents that have an entry in the ledger from those that have none; books nothing',
			action: 'Find vouchers in the ledger',
			asksFor: ['system', 'stateStore'],
			file: find,
		},
	},
	listSearch: { ...bookSearches, searchRuleSets },
};
