import type { FinanceResource } from '../../resource';
import { searchRuleSets } from '../ruleSet/ruleSet';
import * as check from './check.operation';

/** Cost centre, profit centre, project, source of funds on business documents. */
export const dimension: FinanceResource = {
	value: 'dimension',
	name: 'Dimension',
	defaultOperation: 'check',
	operations: {
		check: {
			name: 'Check',
			description:
				'Fill the dimensions that rules can fill, and part complete documents from incomplete ones',
			action: 'Check the dimensions of documents',
			asksFor: ['system', 'stateStore'],
			file: check,
		},
	},
	listSearch: { searchRuleSets },
};
