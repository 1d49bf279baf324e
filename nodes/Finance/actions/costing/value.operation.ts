import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { movingAverage } from '../../../../core/finance/costing/movingAverage';
import { periodicAverage } from '../../../../core/finance/costing/periodicAverage';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty } from '../../bookFields';
import { entityWithCalendar } from '../depreciation/asset';
import { Currency, currencyProperty, itemsByKey, movementsOf } from './movements';

export const description: INodeProperties[] = shownFor('costing', 'value', [
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Moving Average',
				value: 'movingAverage',
				description: 'Each issue goes at the average of its moment',
			},
			{
				name: 'Periodic Weighted Average',
				value: 'periodicAverage',
				description: 'Everything that leaves in a fiscal period goes at one cost',
			},
		],
		default: 'movingAverage',
	},
	{ ...entityProperty, displayOptions: { show: { method: ['periodicAverage'] } } },
	currencyProperty,
]);

const Parameters = z.object({
	method: z.enum(['movingAverage', 'periodicAverage']),
	entity: Entity.optional(),
	currency: Currency,
});

/** What each movement costs, in the order in which it happened by item and site, whatever the order of the items. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	if (context.items.length === 0) return [];
	const { method, entity = '', currency } = context.parameters(Parameters, 0);
	const movements = movementsOf(context);
	const items = itemsByKey(movements);
	const valued =
		method === 'movingAverage'
			? movingAverage(movements, currency)
			: periodicAverage(
					movements,
					entityWithCalendar(context, await readBooks(await context.database()), entity).calendar,
					currency,
				);
	return valued.map((json) => ({
		json: json as unknown as IDataObject,
		pairedItem: { item: items.get(json.key) ?? 0 },
	}));
}
