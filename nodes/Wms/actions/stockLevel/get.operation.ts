import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { NotFoundError } from '../../../../core/ports/errors';
import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('stockLevel', 'get', [
	recordLocator('item', 'item', 'Item', 'searchItems', 'W1-4100'),
]);

const Parameters = z.object({ item: recordKey });

/** On hand, reserved and available of one item, in its base unit. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const warehouse = await context.connector('wms');
	return await context.forEachItem(async (index) => {
		const { item } = context.parameters(Parameters, index);
		const level = (await warehouse.get('stockLevel', [item])).get(item);
		if (level !== undefined) return [level];
		throw new NotFoundError(`${warehouse.system} has no stock record for item "${item}".`, {
			system: warehouse.system,
			entity: 'stockLevel',
			key: item,
			hint: "Use the warehouse's own item code.",
		});
	});
}
