import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { idempotencyKeyOf, idempotencyProperty, linesOf, linesProperty, recordOf } from '../../records';

export const description: INodeProperties[] = shownFor('reservation', 'reserve', [
	{
		...recordLocator('reservation', 'orderKey', 'Order', 'searchReservations', 'SO-00000010'),
		default: { mode: 'id', value: '' },
		description: 'What the goods are held for; any text of your own where there is no order',
	},
	{ ...linesProperty, required: true },
	{
		displayName: 'Allow Partial Reservation',
		name: 'allowPartial',
		type: 'boolean',
		default: true,
		description:
			'Whether to reserve what is there and leave the rest on back order; when off, a line is reserved whole or not at all',
	},
	idempotencyProperty,
]);

const Parameters = z.object({
	orderKey: recordKey,
	lines: z.unknown(),
	allowPartial: z.boolean(),
	idempotencyKey: z.string(),
});

/** Makes the warehouse hold exactly the given lines, by hand. The order's next change in the ERP decides again. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { orderKey, lines, allowPartial, idempotencyKey } = context.parameters(Parameters, index);
		const wanted = linesOf(context, lines);
		if (wanted.length === 0)
			throw context.invalid(
				'Wrong parameter: lines: give at least one; to give all back, use "Release".',
				orderKey,
			);
		const held = (await warehouse.get('reservation', [orderKey])).get(orderKey);
		const outcomes = await warehouse.act('reservation', 'match', [
			{
				key: orderKey,
				idempotencyKey: idempotencyKeyOf(context, idempotencyKey, index),
				...(held === undefined ? {} : { expectedVersion: held.revision }),
				input: { sequence: held?.sequence ?? 0, allowPartial, lines: wanted },
			},
		]);
		return [recordOf(context, outcomes)];
	});
}
