import type { FinanceResource } from '../../resource';
import * as get from './get.operation';
import * as save from './save.operation';
import { loadTimeZones } from '../../../shared/timeZones';

/** Fiscal calendars and the legal entities that keep books by them. */
export const calendar: FinanceResource = {
	value: 'calendar',
	name: 'Accounting Calendar',
	defaultOperation: 'save',
	operations: {
		get: {
			name: 'Get',
			description: 'The calendars and legal entities as they hold, or an earlier version',
			action: 'Get the accounting calendar',
			asksFor: ['stateStore'],
			file: get,
		},
		save: {
			name: 'Save',
			description: 'Say how each legal entity divides its time; takes effect at once',
			action: 'Save the accounting calendar',
			asksFor: ['stateStore'],
			file: save,
		},
	},
	loadOptions: { loadTimeZones },
};
