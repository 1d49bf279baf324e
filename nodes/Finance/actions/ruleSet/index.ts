import type { FinanceResource } from '../../resource';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { searchRuleSets } from './ruleSet';
import * as save from './save.operation';

/** How documents become entries, and which dimensions they carry: written once, shared by workflows, kept in versions. */
export const ruleSet: FinanceResource = {
	value: 'ruleSet',
	name: 'Rule Set',
	defaultOperation: 'save',
	operations: {
		get: {
			name: 'Get',
			description: 'The rules as they hold, or an earlier version',
			action: 'Get a rule set',
			asksFor: ['stateStore'],
			file: get,
		},
		getAll: {
			name: 'Get Many',
			description: 'List the rule sets',
			action: 'Get many rule sets',
			asksFor: ['stateStore'],
			file: getAll,
		},
		save: {
			name: 'Save',
			description: 'Write the rules by which documents become entries and carry dimensions',
			action: 'Save a rule set',
			asksFor: ['stateStore'],
			file: save,
		},
	},
	listSearch: { searchRuleSets },
};
