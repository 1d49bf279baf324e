import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { removeOldRecords } from '../../../../core/store/decisionLog';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

const day = 86_400_000;

export const description: INodeProperties[] = shownFor('log', 'removeOld', [
	{
		displayName: 'Older Than (Days)',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 365,
		description:
			'Records that are older are removed for good; the chain of those that stay can be verified as before',
	},
]);

const Parameters = z.object({ days: z.number().min(1) });

/** Removes what the log need not keep any longer. Run it by a schedule. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { days } = context.parameters(Parameters, index);
		const before = Date.now() - days * day;
		const removed = await removeOldRecords(database, before);
		return [{ removed, before: new Date(before).toISOString() }];
	});
}
