import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { planLocks, type LockOrder } from '../../../../core/finance/calendar/booksChange';
import { changeBooks } from '../../../../core/store/fiscalBooks';
import type { OperationContext } from '../../../shared/operationContext';
import {
	By,
	byProperty,
	Entity,
	entityProperty,
	Modules,
	modulesProperty,
	Period,
	periodProperty,
	Reason,
	reasonProperty,
	unlessRefused,
} from '../../bookFields';

/** What closing, locking and reopening ask for. */
export const lockProperties: INodeProperties[] = [
	entityProperty,
	periodProperty,
	modulesProperty,
	byProperty,
	reasonProperty,
];

const Parameters = z.object({ entity: Entity, period: Period, modules: Modules, by: By, reason: Reason });

/**
 * Changes the locks of one period, for all chosen modules or for none. Two who do so at once act one after the other, each on the books as
 * the other has left them.
 */
export async function changeLocks(
	context: OperationContext,
	action: LockOrder['action'],
	rolesOf: (index: number) => string[] = () => [],
): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { entity, period: key, modules, by, reason } = context.parameters(Parameters, index);
		const at = new Date().toISOString();
		const order = { action, entity, period: key, modules, roles: rolesOf(index), by, at, reason };
		return await changeBooks(database, (books) => {
			const { period, changes, unchanged, states } = unlessRefused(context, planLocks(books, order), key);
			const changed = changes.map(({ module }) => module);
			return {
				...(changes.length === 0 ? {} : { act: { kind: 'locks' as const, changes } }),
				result: [{ entity, period, action, changed, unchanged, states }],
			};
		});
	});
}
