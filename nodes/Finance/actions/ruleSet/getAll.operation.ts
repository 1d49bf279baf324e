import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { allHolding } from '../../../../core/store/savedVersions';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = [];

/** Every rule set as it holds, by name. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async () =>
		(await allHolding(database, 'finance_rule_sets')).map(({ name, version, savedAt, definition }) => ({
			name,
			version,
			savedAt: new Date(savedAt).toISOString(),
			rules: JSON.parse(definition) as unknown,
		})),
	);
}
