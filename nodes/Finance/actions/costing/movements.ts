import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { movementProblems, StockMovement } from '../../../../core/finance/costing/stockMovement';
import { isCurrency } from '../../../../core/model/money';
import { problems } from '../../../../core/model/problems';
import type { OperationContext } from '../../../shared/operationContext';

export const currencyProperty: INodeProperties = {
	displayName: 'Currency',
	name: 'currency',
	type: 'string',
	default: 'CNY',
	required: true,
	placeholder: 'e.g. CNY',
	description: 'Of the amounts; it decides to how many places they are rounded',
};
export const Currency = z.string().refine(isCurrency, 'is no currency of ISO 4217');

/**
 * Each input item as a movement. A single wrong one ends the node with all that are wrong: without it the others would be valued at
 * wrong costs.
 */
export function movementsOf(context: OperationContext): StockMovement[] {
	const read = context.items.map(({ json }, index) => {
		const parsed = StockMovement.safeParse(json);
		if (parsed.success) return parsed.data;
		const key = typeof json.key === 'string' ? json.key : `of item ${index}`;
		return context.invalid(`Movement ${key} is wrong: ${problems(parsed.error)}`, key);
	});
	const movements = read.filter((one): one is StockMovement => !(one instanceof Error));
	const wrong = [
		...read.filter((one) => one instanceof Error).map(({ message }) => message),
		...movementProblems(movements).map(({ key, field, message }) => `Movement ${key}: ${field}: ${message}.`),
	];
	if (wrong.length === 0) return movements;
	const shown = wrong.slice(0, 10).join(' ');
	const more = wrong.length > 10 ? ` And ${wrong.length - 10} more.` : '';
	throw context.invalid(`Nothing was valued. ${shown}${more}`);
}

/** Where each movement came in, by its key. */
export function itemsByKey(movements: StockMovement[]): Map<string, number> {
	return new Map(movements.map(({ key }, index) => [key, index]));
}
