import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { accessBooks } from '../../../../core/store/accessGrants';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('exception', 'getAll', returnAllProperties);

const Parameters = z.object({ returnAll: z.boolean(), limit: z.number().int().min(1).optional() });

/** The exceptions of the system, each with whether it still holds. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { system } = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { returnAll, limit = 50 } = context.parameters(Parameters, index);
		const { exceptions } = await accessBooks(database, system);
		const shown = returnAll ? exceptions : exceptions.slice(0, limit);
		return shown.map((one) => ({ system, ...one, expired: Date.parse(one.until) <= Date.now() }));
	});
}
