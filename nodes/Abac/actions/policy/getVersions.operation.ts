import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { publishedVersions } from '../../../../core/store/accessPolicies';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';

export const description: INodeProperties[] = shownFor('policy', 'getVersions', [
	policySetProperty,
	...returnAllProperties,
]);

const Parameters = z.object({ returnAll: z.boolean(), limit: z.number().int().min(1).optional() });

/** Who published what, when and why; newest first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const { returnAll, limit } = context.parameters(Parameters, index);
		const versions = await publishedVersions(database, policySet, returnAll ? undefined : limit);
		return versions.map(({ name, publishedAt, digest: _digest, ...version }, place) => ({
			policySet: name,
			...version,
			publishedAt: new Date(publishedAt).toISOString(),
			holds: place === 0,
		}));
	});
}
