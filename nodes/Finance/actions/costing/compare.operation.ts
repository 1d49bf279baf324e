import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { compareValuations } from '../../../../core/finance/costing/compareValuations';
import { movingAverage } from '../../../../core/finance/costing/movingAverage';
import { periodicAverage } from '../../../../core/finance/costing/periodicAverage';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty } from '../../bookFields';
import { entityWithCalendar } from '../depreciation/asset';
import { Currency, currencyProperty, itemsByKey, movementsOf } from './movements';

export const description: INodeProperties[] = shownFor('costing', 'compare', [
	entityProperty,
	currencyProperty,
]);

/** The outputs of the operation, in this order. */
export const outputs = ['By Period', 'By Movement'];

const Parameters = z.object({ entity: Entity, currency: Currency });

/**
 * Moving average against periodic weighted average over the same movements: one figure for each period, item and site, and beside it
 * the movements that make the difference, with the reason.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	if (context.items.length === 0) return outputs.map(() => []);
	const { entity, currency } = context.parameters(Parameters, 0);
	const movements = movementsOf(context);
	const books = await readBooks(await context.database());
	const { calendar } = entityWithCalendar(context, books, entity);
	const moving = movingAverage(movements, currency);
	const compared = compareValuations(moving, periodicAverage(movements, calendar, currency), calendar);
	const items = itemsByKey(movements);
	const named = ({ first, second, ...about }: { first: string; second: string }) =>
		({ ...about, movingAverage: first, periodicAverage: second }) as IDataObject;
	return [
		compared.periods.map(({ keys, ...period }) => ({
			json: named(period),
			pairedItem: keys.map((key) => ({ item: items.get(key) ?? 0 })),
		})),
		compared.movements.map((movement) => ({
			json: named(movement),
			pairedItem: { item: items.get(movement.key) ?? 0 },
		})),
	];
}
