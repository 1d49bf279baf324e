import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { NotFoundError } from '../../../../core/ports/errors';
import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('reservation', 'get', [
	recordLocator('reservation', 'orderKey', 'Order', 'searchReservations', 'SO-00000010'),
]);

const Parameters = z.object({ orderKey: recordKey });

/** What the warehouse holds for an order, and what is on back order. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { orderKey } = context.parameters(Parameters, index);
		const held = (await warehouse.get('reservation', [orderKey])).get(orderKey);
		if (held !== undefined) return [held];
		throw new NotFoundError(`${warehouse.system} holds no reservation for order "${orderKey}".`, {
			system: warehouse.system,
			entity: 'reservation',
			key: orderKey,
			hint: 'Check the order key, or match the order first.',
		});
	});
}
