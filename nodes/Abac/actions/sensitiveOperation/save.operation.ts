import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { publish } from '../../../../core/access/policies/publish';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { jsonIn } from '../../../shared/json';
import { PolicySetParameter, policySetProperty } from '../../policySets';
import { PublisherParameters, publisherProperties } from '../policy/change';

const example = {
	operations: [
		{
			id: 'price.change',
			name: { en: 'Price change', zh: '修改价格' },
			risk: 'high',
			resource: 'Price',
			requires: ['subject.department', 'subject.rank', 'request.amount'],
		},
	],
	attributes: [],
};

export const description: INodeProperties[] = shownFor('sensitiveOperation', 'save', [
	policySetProperty,
	{
		displayName: 'Catalogue',
		name: 'catalogue',
		type: 'json',
		default: JSON.stringify(example, null, 2),
		required: true,
		description:
			'All sensitive operations, and attributes beside the standard ones. Begin with what Policy: Get gives as "definition.catalogue".',
		hint: 'Risk: low, medium, high or critical. Policies must fit the new catalogue, or nothing is saved.',
	},
	...publisherProperties,
]);

const Parameters = z.object({ catalogue: z.unknown() });

/** Saves the catalogue as a new version of the policies: both hold together or not at all. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const { catalogue } = context.parameters(Parameters, index);
		const publisher = { ...context.parameters(PublisherParameters, index), at: Date.now() };
		const { version, isNew, definition } = await publish(
			database,
			policySet,
			{ kind: 'catalogue', catalogue: jsonIn(context, 'Catalogue', catalogue) },
			publisher,
		);
		return [{ policySet, version, isNew, operations: definition.catalogue.operations.length }];
	});
}
