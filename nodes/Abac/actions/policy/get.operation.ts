import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { versionNamed } from '../../../../core/access/decisions/livePolicies';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicySetParameter, policySetProperty } from '../../policySets';
import { shownPolicies } from './shown';

export const description: INodeProperties[] = shownFor('policy', 'get', [
	policySetProperty,
	{
		displayName: 'Version',
		name: 'version',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'An earlier version; 0 for the one that holds',
	},
]);

const Parameters = z.object({ version: z.number().int().min(0) });

/** The policies of one version, as text and in the form, with who published them and why. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policySet } = context.parameters(PolicySetParameter, index);
		const { version } = context.parameters(Parameters, index);
		const found = await versionNamed(database, policySet, version === 0 ? undefined : version);
		const { publishedAt, publishedBy, reason, restoredVersion, parsed } = found;
		return [
			{
				policySet,
				version: found.version,
				publishedAt: new Date(publishedAt).toISOString(),
				publishedBy,
				reason,
				...(restoredVersion === undefined ? {} : { restoredVersion }),
				policies: shownPolicies(parsed),
				definition: parsed,
			},
		];
	});
}
