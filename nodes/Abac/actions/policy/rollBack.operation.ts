import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { rollBack } from '../../../../core/access/policies/publish';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';
import { PublisherParameters, publisherProperties } from './change';

export const description: INodeProperties[] = shownFor('policy', 'rollBack', [
	policySetProperty,
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'The version to bring back; 0 for the one before the one that holds',
	},
	...publisherProperties,
]);

const Parameters = z.object({ version: z.number().int().min(0) });

/** Brings an earlier version back, as a new one, from the next decision on. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const { version } = context.parameters(Parameters, index);
		const publisher = { ...context.parameters(PublisherParameters, index), at: Date.now() };
		const done = await rollBack(database, policySet, version === 0 ? undefined : version, publisher);
		return [{ policySet, ...done }];
	});
}
