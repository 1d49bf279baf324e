import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { allPolicies } from '../../../../core/store/syncPolicies';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = [];

/** Every policy as it holds, by name. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async () =>
		(await allPolicies(database)).map(({ name, version, savedAt, definition }) => ({
			name,
			version,
			savedAt: new Date(savedAt).toISOString(),
			policy: JSON.parse(definition) as unknown,
		})),
	);
}
