import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { RuleSetName } from '../../../../core/finance/posting/ruleSet';
import { allHolding } from '../../../../core/store/savedVersions';
import { fromStateStore } from '../../../shared/fields';
import { stateStore } from '../../../shared/stateStore';

export const ruleSetProperty: INodeProperties = fromStateStore({
	displayName: 'Rule Set',
	name: 'ruleSet',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The rules, as Rule Set: Save has saved them. Their newest version holds.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a rule set...',
			typeOptions: { searchListMethod: 'searchRuleSets', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. trading company' },
	],
});

export const RuleSetParameter = z.object({ ruleSet: RuleSetName });

/** The rule sets in the node's state store. */
export async function searchRuleSets(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const choice = String(this.getCurrentNodeParameter('stateStore') ?? 'sqlite');
	const all = await allHolding(await stateStore(this, choice), 'finance_rule_sets');
	const results = all
		.filter(({ name }) => name.toLowerCase().includes(wanted))
		.map(({ name, version }) => ({ name, value: name, description: `Version ${version}` }));
	return { results };
}
