import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { dueReminders } from '../../../../core/access/review/campaign';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { CampaignName, campaignProperty } from './fields';

export const description: INodeProperties[] = shownFor('campaign', 'remind', [
	campaignProperty,
	{
		displayName: 'After Days',
		name: 'afterDays',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 2,
		description: 'Since the reviewer was last written to',
	},
	{
		displayName: 'At Most',
		name: 'most',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 3,
		description: 'How often a reviewer is reminded of the same right',
	},
]);

const Parameters = z.object({
	campaign: CampaignName,
	afterDays: z.number().min(0),
	most: z.number().int().min(1),
});

/** The open rights whose reviewers are to be written to again. Each comes once for each reminder that is due. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { campaign, ...rule } = context.parameters(Parameters, index);
		return await dueReminders(database, campaign, { ...rule, at: Date.now() });
	});
}
