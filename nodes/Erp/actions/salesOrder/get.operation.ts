import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { NotFoundError } from '../../../../core/ports/errors';
import { recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('salesOrder', 'get', [
	recordLocator('sales order', 'order', 'Order', 'searchSalesOrders', 'SO-00000010'),
]);

const Parameters = z.object({ order: z.string().min(1) });

/** One sales order in canonical form. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const erp = await context.connector('erp');
	return await context.forEachItem(async (index) => {
		const { order } = context.parameters(Parameters, index);
		const found = (await erp.get('salesOrder', [order])).get(order);
		if (found !== undefined) return [found];
		throw new NotFoundError(`${erp.system} has no sales order "${order}".`, {
			system: erp.system,
			entity: 'salesOrder',
			key: order,
			hint: 'Pick the order from the list, or give its key and not its number.',
		});
	});
}
