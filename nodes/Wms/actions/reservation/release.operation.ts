import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('reservation', 'release', [
	recordLocator('reservation', 'orderKey', 'Order', 'searchReservations', 'SO-00000010'),
]);

const Parameters = z.object({ orderKey: recordKey });

/** Gives back all that is held for an order. The order's next change reserves again. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { orderKey } = context.parameters(Parameters, index);
		const held = (await warehouse.get('reservation', [orderKey])).get(orderKey);
		if (held === undefined || held.lines.length === 0)
			return [{ order: orderKey, changed: false, lines: [] }];
		const [outcome] = await warehouse.act('reservation', 'match', [
			{
				key: orderKey,
				idempotencyKey: `release/${orderKey}/${held.revision}`,
				expectedVersion: held.revision,
				input: { sequence: held.sequence, allowPartial: true, lines: [] },
			},
		]);
		if (outcome === undefined || 'error' in outcome)
			throw outcome?.error ?? context.invalid('The system did not answer.');
		return [{ ...outcome.value, changed: true }];
	});
}
