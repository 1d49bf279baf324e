import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

export const campaignProperty: INodeProperties = {
	displayName: 'Campaign',
	name: 'campaign',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 2026-W13',
	description: 'What the review is called. The same name again goes on with the same review.',
};

export const CampaignName = z.string().trim().min(1, 'must not be empty').max(200);
