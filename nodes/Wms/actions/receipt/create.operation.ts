import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { Key } from '../../../../core/model/references';
import { recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { idempotencyKeyOf, idempotencyProperty, linesOf, linesProperty, recordOf } from '../../records';

export const description: INodeProperties[] = shownFor('receipt', 'create', [
	{
		...recordLocator('purchase order', 'orderKey', 'Purchase Order', 'searchPurchaseOrders', 'PO-00000001'),
		default: { mode: 'id', value: '' },
		required: false,
		description:
			'The order that brings the goods, where there is one; the list comes from the same system used as ERP',
	},
	{ ...linesProperty, required: true },
	idempotencyProperty,
]);

const Parameters = z.object({
	orderKey: z.union([z.literal(''), Key]).default(''),
	lines: z.unknown(),
	idempotencyKey: z.string(),
});

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
