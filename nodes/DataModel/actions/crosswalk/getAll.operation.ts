import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { aliasesOf } from '../../../../core/crosswalk/aliases';
import { listLinks } from '../../../../core/crosswalk/linkList';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, Kind, kindProperty, System } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'getAll', [
	kindProperty,
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Code',
				name: 'code',
				type: 'string',
				default: '',
				description: 'Only links of this code; needs System',
			},
			{
				displayName: 'System',
				name: 'system',
				type: 'string',
				default: '',
				placeholder: 'e.g. sandbox-erp',
				description: 'Only links of this system',
			},
		],
	},
]);

const Parameters = z.object({
	kind: Kind,
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: z.object({
		system: System.or(z.literal('')).optional(),
		code: Code.or(z.literal('')).optional(),
	}),
});

const unlimited = 1_000_000;

/** The links that are kept, by system and code, each with the codes that were merged into its two. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { kind, returnAll, limit = 50, filters } = context.parameters(Parameters, index);
		const system = filters.system === '' ? undefined : filters.system;
		const code = filters.code === '' ? undefined : filters.code;
		if (code !== undefined && system === undefined)
			throw context.invalid(`The filter Code "${code}" needs the filter System.`, code);
		const links = await listLinks(database, {
			kind,
			...(system === undefined ? {} : { system }),
			...(code === undefined ? {} : { code }),
			limit: returnAll ? unlimited : limit,
		});
		const codes = links.flatMap(({ from, to }) => [from, to]);
		const merged = await aliasesOf(database, kind, codes);
		return links.map(({ from, to, origin, createdAt }, position) => ({
			kind,
			system: from.system,
			code: from.code,
			otherSystem: to.system,
			otherCode: to.code,
			mergedCodes: merged[2 * position] ?? [],
			otherMergedCodes: merged[2 * position + 1] ?? [],
			origin,
			createdAt,
		}));
	});
}
