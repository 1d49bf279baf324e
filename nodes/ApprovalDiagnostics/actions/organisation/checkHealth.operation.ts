import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { healthOf } from '../../organisation';

export const description: INodeProperties[] = shownFor('organisation', 'checkHealth', [
	{
		displayName: 'Stale After (Hours)',
		name: 'staleAfterHours',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 24,
		description: 'A sync that has not run for so long raises the alarm',
	},
]);

const Parameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	staleAfterHours: z.number().min(0),
});

/** Every employee and approving position accounted for, and whether the interface itself needs somebody. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { staleAfterHours, ...given } = context.parameters(Parameters, index);
		return [await healthOf(context, given, staleAfterHours)];
	});
}
