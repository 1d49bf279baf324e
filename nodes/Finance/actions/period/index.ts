import { bookSearches } from '../../bookFields';
import type { FinanceResource } from '../../resource';
import * as checkPosting from './checkPosting.operation';

/** Fiscal periods and their locks. */
export const period: FinanceResource = {
	value: 'period',
	name: 'Period',
	defaultOperation: 'checkPosting',
	operations: {
		checkPosting: {
			name: 'Check Posting',
			description: 'Part what may be posted on its day from what a lock forbids',
			action: 'Check whether something may be posted',
			asksFor: ['stateStore'],
			file: checkPosting,
		},
	},
	listSearch: bookSearches,
};
