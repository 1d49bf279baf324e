import type { INodeExecutionData } from 'n8n-workflow';

import { examine } from '../../../../connectors/rest/examination';
import { RestSystem } from '../../../../connectors/rest/restSystem';
import type { OperationContext } from '../../../shared/operationContext';

/** One item for each part of the system's description, or one for address and credential where there is no description. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const system = await context.connector('erp');
	return await context.forEachItem(async () => {
		if (system instanceof RestSystem) return await examine(system);
		await system.check();
		return [{ part: 'address and authentication', result: 'works', detail: system.system }];
	});
}
