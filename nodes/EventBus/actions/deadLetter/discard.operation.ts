import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { discardDeadLetters } from '../../../../core/events/deadLetters';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('deadLetter', 'discard', [
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

/** Gives dead letters up for good; their messages are deleted. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { position } = context.parameters(Parameters, index);
		const discarded = await discardDeadLetters(database, [position], Date.now());
		if (discarded.length === 0)
			throw context.invalid(`There is no dead letter ${position}.`, String(position));
		return [{ position, status: 'discarded' }];
	});
}
