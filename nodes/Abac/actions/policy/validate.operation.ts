import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { changed } from '../../../../core/access/policies/change';
import { holdingDefinition } from '../../../../core/access/policies/publish';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';
import { ChangeParameters, changeOf, changeProperties } from './change';
import { shownPolicies } from './shown';

export const description: INodeProperties[] = shownFor('policy', 'validate', [
	policySetProperty,
	...changeProperties,
]);

/** What publishing would say of a change, with every problem and its place. Nothing is published. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const change = changeOf(context, context.parameters(ChangeParameters, index));
		const held = await holdingDefinition(database, policySet);
		const { problems, warnings, needs, definition } = await changed(held.definition, change);
		return [
			{
				policySet,
				valid: problems.length === 0,
				problems,
				warnings,
				requiredAttributes: needs.required,
				policies: shownPolicies(definition),
			},
		];
	});
}
