import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { z } from 'zod/v4';

import { columnNames, comparedEntities, computedColumns } from '../../core/variance/documents';
import { contains } from '../Finance/bookFields';

const Given = z.object({
	side: z
		.array(
			z.object({
				name: z.string().catch(''),
				from: z.string().catch('system'),
				record: z.enum(comparedEntities).catch('salesOrder'),
			}),
		)
		.catch([]),
});

/** The columns of all sides: n8n does not say in which side somebody chooses. Those that every document has stand first. */
export async function searchColumns(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const sides = Given.safeParse(this.getCurrentNodeParameter('sides') ?? {});
	const columns = new Map<string, string[]>();
	for (const { name, from, record } of sides.data?.side ?? []) {
		if (from !== 'system') continue;
		for (const column of columnNames(record)) columns.set(column, [...(columns.get(column) ?? []), name]);
	}
	const results = [...columns].map(([column, of]): INodeListSearchItems => {
		const says = Object.hasOwn(computedColumns, column)
			? computedColumns[column as keyof typeof computedColumns]
			: of.join(', ');
		return { name: `${column} · ${says}`, value: column };
	});
	return { results: results.filter(({ name }) => contains(name, filter)) };
}
