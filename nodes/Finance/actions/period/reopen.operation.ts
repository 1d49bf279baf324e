import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { changeLocks, lockProperties } from './lockChange';

export const description: INodeProperties[] = shownFor('period', 'reopen', lockProperties);

/** Opens a closed period again, unless it was locked. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await changeLocks(context, 'reopen');
}
