import { bookSearches } from '../../bookFields';
import type { FinanceResource } from '../../resource';
import * as draftEntries from './draftEntries.operation';
import * as schedule from './schedule.operation';

/** What fixed assets lose, by the rules on their cards. */
export const depreciation: FinanceResource = {
	value: 'depreciation',
	name: 'Depreciation',
	defaultOperation: 'draftEntries',
	operations: {
		draftEntries: {
			name: 'Draft Entries',
			description: 'The entry of each asset for a period: depreciation, revaluation, disposal; books nothing',
			action: 'Draft depreciation entries',
			asksFor: ['stateStore'],
			file: draftEntries,
		},
		schedule: {
			name: 'Schedule',
			description: 'What each asset loses in each period of its life',
			action: 'Schedule the depreciation of assets',
			asksFor: ['stateStore'],
			file: schedule,
		},
	},
	listSearch: bookSearches,
};
