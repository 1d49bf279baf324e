import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { Decimal } from '../../../../core/model/decimal';
import { Item } from '../../../../core/model/item';
import { problems } from '../../../../core/model/problems';
import { UnitCode } from '../../../../core/model/references';
import { convertUnit } from '../../../../core/model/unitConversion';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Json, objectOf } from '../../fields';

export const description: INodeProperties[] = shownFor('record', 'convertUnit', [
	{
		displayName: 'Item',
		name: 'item',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'The item with its code, baseUnit and units',
		hint: 'As the item operations of ERP and WMS and "Import Sheet" give it',
	},
	{
		displayName: 'Quantity',
		name: 'quantity',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2.5',
		description: 'An exact decimal, written as text',
	},
	{
		displayName: 'From Unit',
		name: 'fromUnit',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. XCT',
		description: 'UN/ECE code of the unit that the quantity is in',
	},
	{
		displayName: 'To Unit',
		name: 'toUnit',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. H87',
		description: 'UN/ECE code of the unit that is wanted',
	},
]);

const Parameters = z.object({
	item: Json,
	quantity: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), Decimal),
	fromUnit: UnitCode,
	toUnit: UnitCode,
});

/** A quantity in another unit of its item; what can't be converted exactly is refused. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { item, quantity, fromUnit, toUnit } = context.parameters(Parameters, index);
		const parsed = Item.safeParse(objectOf(item));
		if (!parsed.success)
			throw context.invalid(`The item of item ${index} is invalid: ${problems(parsed.error)}`);
		const from = { quantity, unit: fromUnit };
		return [{ item: parsed.data.code, from, to: convertUnit(parsed.data, from, toUnit) }];
	});
}
