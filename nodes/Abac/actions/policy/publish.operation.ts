import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { publish } from '../../../../core/access/policies/publish';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';
import {
	ChangeParameters,
	changeOf,
	changeProperties,
	PublisherParameters,
	publisherProperties,
} from './change';
import { shownPolicies } from './shown';

export const description: INodeProperties[] = shownFor('policy', 'publish', [
	policySetProperty,
	...changeProperties,
	...publisherProperties,
]);

/** Lets a change hold from the next decision on, in every workflow. What does not validate never goes live. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const change = changeOf(context, context.parameters(ChangeParameters, index));
		const publisher = { ...context.parameters(PublisherParameters, index), at: Date.now() };
		const { version, isNew, warnings, definition } = await publish(database, policySet, change, publisher);
		return [{ policySet, version, isNew, warnings, policies: shownPolicies(definition) }];
	});
}
