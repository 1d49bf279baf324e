import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { dayOf, trafficOf } from '../../../../core/store/syncTraffic';
import { holdingPolicy } from '../../../../core/sync/policy/holdingPolicy';
import { trafficReport } from '../../../../core/sync/policy/trafficSummary';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { PolicyParameter, policyProperty } from '../../../shared/syncPolicies';

export const description: INodeProperties[] = shownFor('traffic', 'getReport', [
	policyProperty,
	{
		displayName: 'Days',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3_660 },
		default: 30,
		description: 'How many days to report on, today included (UTC)',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Chinese', value: 'zh-CN' },
			{ name: 'English', value: 'en' },
		],
		default: 'en',
		description: 'Language of the summary',
	},
]);

const Parameters = PolicyParameter.extend({
	days: z.number().int().min(1).max(3_660),
	language: z.enum(['en', 'zh-CN']),
});

const dayMs = 86_400_000;

/** What the policy saved: by entity, in total, and in words. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { policy: name, days, language } = context.parameters(Parameters, index);
		await holdingPolicy(database, name);
		const now = Date.now();
		const period = { from: dayOf(now - (days - 1) * dayMs), to: dayOf(now) };
		const traffic = await trafficOf(database, name, period);
		return [{ policy: name, ...period, ...trafficReport(name, traffic, language) }];
	});
}
