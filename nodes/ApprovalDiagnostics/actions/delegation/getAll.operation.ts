import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { delegations } from '../../../../core/store/delegations';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';

export const description: INodeProperties[] = shownFor('delegation', 'getAll', [
	...returnAllProperties,
	{
		displayName: 'State',
		name: 'state',
		type: 'options',
		options: [
			{ name: 'All', value: 'all' },
			{ name: 'Ended', value: 'ended' },
			{ name: 'Granted', value: 'granted' },
		],
		default: 'granted',
	},
	stateStoreProperty,
]);

const Parameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().min(1).default(50),
	state: z.enum(['all', 'ended', 'granted']),
});

/** The delegations on record, the latest first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { returnAll, limit, state } = context.parameters(Parameters, index);
		const found = (await delegations(database)).filter((one) => state === 'all' || one.state === state);
		return returnAll ? found : found.slice(0, limit);
	});
}
