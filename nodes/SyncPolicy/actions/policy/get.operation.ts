import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { holdingPolicy } from '../../../../core/sync/policy/holdingPolicy';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicyParameter, policyProperty } from '../../../shared/syncPolicies';

export const description: INodeProperties[] = shownFor('policy', 'get', [
	policyProperty,
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'An earlier version; 0 for the one that holds. To go back to one, save it again.',
	},
]);

const Parameters = PolicyParameter.extend({ version: z.number().int().min(0) });

/** A policy as it holds, or as it was in an earlier version. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policy: name, version } = context.parameters(Parameters, index);
		const { savedAt, ...found } = await holdingPolicy(database, name, version === 0 ? undefined : version);
		return [{ ...found, savedAt: new Date(savedAt).toISOString() }];
	});
}
