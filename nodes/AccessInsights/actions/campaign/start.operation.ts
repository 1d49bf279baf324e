import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { startCampaign } from '../../../../core/access/review/campaign';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { rightsOf } from '../../rights';
import { CampaignName, campaignProperty } from './fields';

export const description: INodeProperties[] = shownFor('campaign', 'start', [
	campaignProperty,
	{
		displayName: 'Due After Days',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 7,
	},
	{
		displayName: 'Fallback Reviewer',
		name: 'fallbackReviewer',
		type: 'string',
		default: '',
		placeholder: 'e.g. E1001',
		description: 'Who is asked where the holder has no manager, or is their own',
		hint: 'Each input item is a right: system, account, right, and where known person, name, post, manager',
	},
]);

const Parameters = z.object({
	campaign: CampaignName,
	days: z.number().int().min(1).max(365),
	fallbackReviewer: z.string().trim(),
});

/** Puts each right before a reviewer, with the token that stands in the link. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { campaign: name, days, fallbackReviewer } = context.parameters(Parameters, 0);
	const items = await startCampaign(await context.database(), rightsOf(context), {
		name,
		days,
		fallbackReviewer,
		at: Date.now(),
	});
	const pairedItem = context.items.map((_, item) => ({ item }));
	return items.map((item) => ({ json: { ...item }, pairedItem }));
}
