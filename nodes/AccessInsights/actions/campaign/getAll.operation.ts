import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { reviewItems } from '../../../../core/access/review/campaign';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { CampaignName, campaignProperty } from './fields';

export const description: INodeProperties[] = shownFor('campaign', 'getAll', [
	campaignProperty,
	{
		displayName: 'Decision',
		name: 'only',
		type: 'options',
		options: [
			{ name: 'Any', value: 'any' },
			{ name: 'Keep', value: 'keep' },
			{ name: 'Open', value: 'open' },
			{ name: 'Overdue', value: 'overdue' },
			{ name: 'Revoke', value: 'revoke' },
		],
		default: 'any',
	},
	...returnAllProperties,
]);

const Parameters = z.object({
	campaign: CampaignName,
	only: z.enum(['any', 'keep', 'open', 'overdue', 'revoke']),
	returnAll: z.boolean(),
	limit: z.number().int().min(1).optional(),
});

/** The rights of a review with what was decided of each. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { campaign, only, returnAll, limit = 50 } = context.parameters(Parameters, index);
		const items = (await reviewItems(database, campaign, Date.now())).filter(({ decision, isOverdue }) => {
			if (only === 'any') return true;
			if (only === 'overdue') return isOverdue;
			return only === 'open' ? decision === undefined : decision === only;
		});
		return returnAll ? items : items.slice(0, limit);
	});
}
