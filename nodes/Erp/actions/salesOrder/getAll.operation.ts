import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { returnAllProperties, shownFor } from '../../../shared/fields';
import { collect } from '../../../shared/getMany';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('salesOrder', 'getAll', [
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Changed Since',
				name: 'changedSince',
				type: 'dateTime',
				default: '',
				description: 'Only orders that changed at or after this moment',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				description: 'Only orders whose number or customer contains this text',
			},
		],
	},
]);

const Parameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: z.object({ changedSince: z.string().optional(), search: z.string().optional() }),
});

/** Sales orders in canonical form, by key. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const erp = await context.connector('erp');
	return await context.forEachItem(async (index) => {
		const { returnAll, limit, filters } = context.parameters(Parameters, index);
		const { changedSince = '', search = '' } = filters;
		return await collect(erp, 'salesOrder', returnAll ? undefined : limit, {
			...(search === '' ? {} : { search }),
			...(changedSince === '' ? {} : { changedSince: instant(context, changedSince) }),
		});
	});
}

function instant(context: OperationContext, text: string): string {
	const moment = new Date(text);
	if (Number.isNaN(moment.getTime())) throw context.invalid(`Filter "Changed Since": "${text}" is no date.`);
	return moment.toISOString();
}
