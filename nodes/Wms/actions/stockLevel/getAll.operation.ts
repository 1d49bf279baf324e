import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { returnAllProperties, shownFor } from '../../../shared/fields';
import { collect } from '../../../shared/getMany';
import { conditionsProperty, fieldsToReturnProperty, selectionOf } from '../../../shared/recordFields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('stockLevel', 'getAll', [
	...returnAllProperties,
	conditionsProperty,
	fieldsToReturnProperty,
]);

const Parameters = z.object({ returnAll: z.boolean(), limit: z.number().int().positive().optional() });

/** The stock of all items, by item code. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { returnAll, limit } = context.parameters(Parameters, index);
		const selection = await selectionOf(context, warehouse, 'stockLevel', index);
		return await collect(warehouse, 'stockLevel', returnAll ? undefined : limit, {}, selection);
	});
}
