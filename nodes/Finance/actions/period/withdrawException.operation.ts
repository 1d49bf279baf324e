import type {
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { changeBooks } from '../../../../core/store/fiscalBooks';
import { fromStateStore, recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { booksOf, By, byProperty, contains, Reason, reasonProperty } from '../../bookFields';

export const description: INodeProperties[] = shownFor('period', 'withdrawException', [
	{
		...fromStateStore(recordLocator('exception', 'exception', 'Exception', 'searchExceptions', 'EX-12')),
		description: 'The exception to end before its time; Grant Exception and Audit tell its key',
	},
	byProperty,
	reasonProperty,
]);

const Parameters = z.object({ exception: recordKey, by: By, reason: Reason });

/** Ends an exception at once, for all its modules. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { exception, by, reason } = context.parameters(Parameters, index);
		const at = new Date().toISOString();
		return await changeBooks(database, ({ exceptions }) => {
			const found = exceptions.filter(({ id }) => id === exception);
			const [first] = found;
			if (first === undefined)
				throw context.invalid(
					`There is no exception "${exception}" in this state store. Pick it from the list, or find its key with Audit.`,
					exception,
				);
			const { entity, period, withdrawnAt } = first;
			const modules = found.map(({ module }) => module);
			const result = [
				{
					exception,
					entity,
					period,
					modules,
					withdrawnAt: withdrawnAt ?? at,
					changed: withdrawnAt === undefined,
				},
			];
			if (withdrawnAt !== undefined) return { result };
			return { act: { kind: 'withdrawal', exception, by, at, reason }, result };
		});
	});
}

/** The exceptions that still hold, the newest first. */
export async function searchExceptions(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { exceptions } = await booksOf(this);
	const now = Date.now();
	const holding = new Map(
		exceptions
			.filter(({ until, withdrawnAt }) => withdrawnAt === undefined && Date.parse(until) > now)
			.map(({ id, person, role, entity, period, until }) => [
				id,
				`${id} · ${person ?? role} · ${period} of ${entity} · until ${until}`,
			]),
	);
	const results = [...holding]
		.map(([value, name]) => ({ name, value }))
		.filter(({ name }) => contains(name, filter))
		.reverse();
	return { results };
}
