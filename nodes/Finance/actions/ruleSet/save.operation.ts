import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { readRuleSet, RuleSetName } from '../../../../core/finance/posting/ruleSet';
import { saveVersion } from '../../../../core/store/savedVersions';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { objectIn } from '../../documents';
import { definitionOf, dimensionRulesProperty, FormParameters, voucherRulesProperty } from './form';

export const description: INodeProperties[] = shownFor('ruleSet', 'save', [
	{
		displayName: 'Name',
		name: 'ruleSetName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. trading company',
		description: 'A rule set of this name is replaced by a new version, which takes effect at once',
	},
	{
		displayName: 'Rules From',
		name: 'rulesFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Form', value: 'form', description: 'Write the rules in the form' },
			{ name: 'JSON', value: 'json', description: 'As the operation Get gives them' },
		],
		default: 'form',
	},
	{ ...voucherRulesProperty, displayOptions: { show: { rulesFrom: ['form'] } } },
	{ ...dimensionRulesProperty, displayOptions: { show: { rulesFrom: ['form'] } } },
	{
		displayName: 'Rules',
		name: 'definition',
		type: 'json',
		default: '={{ $json.rules }}',
		required: true,
		displayOptions: { show: { rulesFrom: ['json'] } },
		description: 'The rules as JSON: "vouchers" and "dimensions", each a list',
	},
]);

const Parameters = FormParameters.extend({
	ruleSetName: RuleSetName,
	rulesFrom: z.enum(['form', 'json']),
	definition: z.union([z.string(), z.looseObject({})]).optional(),
});

/** Saves rules as those that hold from now on. Wrong ones are refused with every problem, and the former go on. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const parameters = context.parameters(Parameters, index);
		const { ruleSetName: name, rulesFrom, definition = '' } = parameters;
		const rules = readRuleSet(
			name,
			rulesFrom === 'form' ? definitionOf(parameters) : objectIn(context, 'Rules', definition),
		);
		const saved = await saveVersion(database, 'finance_rule_sets', name, JSON.stringify(rules), Date.now());
		const { version, savedAt, isNew } = saved;
		return [{ name, version, isNew, savedAt: new Date(savedAt).toISOString(), rules }];
	});
}
