import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { replayDeadLetters } from '../../../../core/events/deadLetters';
import { wakeConsumers } from '../../../shared/eventDelivery';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('deadLetter', 'replay', [
	{
		displayName: 'Position',
		name: 'position',
		type: 'number',
		default: '={{ $json.position }}',
		required: true,
		description: 'The position of the dead letter, as Get Many gives it',
	},
]);

const Parameters = z.object({ position: z.coerce.number().int().positive() });

/** Hands dead letters to their trigger again. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const results = await context.forEachItem(async (index) => {
		const { position } = context.parameters(Parameters, index);
		const [outcome] = await replayDeadLetters(database, [position]);
		if (outcome?.refused !== undefined) throw context.invalid(outcome.refused, String(position));
		return [{ position, status: 'waiting' }];
	});
	wakeConsumers();
	return results;
}
