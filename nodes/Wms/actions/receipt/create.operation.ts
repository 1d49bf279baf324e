import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { idempotencyKeyOf, idempotencyProperty, linesOf, linesProperty, recordOf } from '../../records';

export const description: INodeProperties[] = shownFor('receipt', 'create', [
	{
		displayName: 'Purchase Order',
		name: 'orderKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. PO-00000001',
		description: 'Key of the order that brings the goods, where there is one',
	},
	{ ...linesProperty, required: true },
	idempotencyProperty,
]);

const Parameters = z.object({ orderKey: z.string(), lines: z.unknown(), idempotencyKey: z.string() });

/** Announces goods that will arrive. They are taken in with "Receive". */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { orderKey, lines, idempotencyKey } = context.parameters(Parameters, index);
		if (warehouse.create === undefined)
			throw context.invalid(`${warehouse.system} takes no new receipts from here.`);
		const outcomes = await warehouse.create('receipt', [
			{
				idempotencyKey: idempotencyKeyOf(context, idempotencyKey, index),
				draft: { ...(orderKey === '' ? {} : { order: orderKey }), lines: linesOf(context, lines) },
			},
		]);
		return [recordOf(context, outcomes)];
	});
}
