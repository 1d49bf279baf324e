import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { idempotencyKeyOf, idempotencyProperty, linesOf, linesProperty, recordOf } from '../../records';

export const description: INodeProperties[] = shownFor('shipment', 'create', [
	recordLocator('reservation', 'orderKey', 'Order', 'searchReservations', 'SO-00000010'),
	{
		...linesProperty,
		description: `${linesProperty.description}. Empty: all that the order has reserved.`,
	},
	idempotencyProperty,
]);

const Parameters = z.object({ orderKey: recordKey, lines: z.unknown(), idempotencyKey: z.string() });

/** Makes a shipment of goods that the order has reserved. It leaves with "Ship". */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { orderKey, lines, idempotencyKey } = context.parameters(Parameters, index);
		if (warehouse.create === undefined)
			throw context.invalid(`${warehouse.system} takes no new shipments from here.`, orderKey);
		const outcomes = await warehouse.create('shipment', [
			{
				idempotencyKey: idempotencyKeyOf(context, idempotencyKey, index),
				draft: { order: orderKey, lines: linesOf(context, lines) },
			},
		]);
		return [recordOf(context, outcomes)];
	});
}
