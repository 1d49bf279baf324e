import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { listDeadLetters } from '../../../../core/events/deadLetters';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('deadLetter', 'getAll', [
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Consumer',
				name: 'consumer',
				type: 'string',
				default: '',
				placeholder: 'e.g. workflow ID/node ID',
				description:
					'Only dead letters of this trigger node, written as in the field "consumer" of a dead letter',
			},
		],
	},
]);

const Parameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: z.object({ consumer: z.string().optional() }),
});

const unlimited = 1_000_000;

/** Events that could not be delivered, newest first, each with its reason and the message as it came. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { returnAll, limit = 50, filters } = context.parameters(Parameters, index);
		return await listDeadLetters(database, { ...filters, limit: returnAll ? unlimited : limit });
	});
}
