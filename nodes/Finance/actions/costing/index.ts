import { bookSearches } from '../../bookFields';
import type { FinanceResource } from '../../resource';
import * as compare from './compare.operation';
import * as value from './value.operation';

/** What goods cost: by the moving average, by the periodic weighted average, and why the two differ. */
export const costing: FinanceResource = {
	value: 'costing',
	name: 'Costing',
	defaultOperation: 'compare',
	operations: {
		compare: {
			name: 'Compare',
			description: 'Moving against periodic average: one figure a period, and the movements behind it',
			action: 'Compare costings of movements',
			asksFor: ['stateStore'],
			file: compare,
		},
		value: {
			name: 'Value',
			description: 'What each stock movement costs, by one of the two methods',
			action: 'Value stock movements',
			asksFor: ['stateStore'],
			file: value,
		},
	},
	listSearch: bookSearches,
};
