import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { checkGtin } from '../../../../core/model/gtin';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('identifier', 'checkGtin', [
	{
		displayName: 'GTIN',
		name: 'gtin',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 6291041500213',
		description: 'The number with its check digit; spaces and hyphens do not count',
	},
]);

const Parameters = z.object({ gtin: z.coerce.string() });

/** Whether each number is a GTIN, which kind, and what its check digit should be. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => [checkGtin(context.parameters(Parameters, index).gtin)]);
}
