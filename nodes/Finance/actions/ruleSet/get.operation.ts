import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { holdingRuleSet } from '../../../../core/finance/posting/ruleSet';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { RuleSetParameter, ruleSetProperty } from './ruleSet';

export const description: INodeProperties[] = shownFor('ruleSet', 'get', [
	ruleSetProperty,
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'An earlier version; 0 for the one that holds. To go back to one, save it again.',
	},
]);

const Parameters = RuleSetParameter.extend({ version: z.number().int().min(0) });

/** A rule set as it holds, or as it was in an earlier version. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { ruleSet, version } = context.parameters(Parameters, index);
		const { savedAt, ...found } = await holdingRuleSet(
			database,
			ruleSet,
			version === 0 ? undefined : version,
		);
		return [{ ...found, savedAt: new Date(savedAt).toISOString() }];
	});
}
