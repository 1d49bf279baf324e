import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { changeLocks, lockProperties } from './lockChange';

export const description: INodeProperties[] = shownFor('period', 'lock', [
	{
		displayName:
			'A locked period stays locked: nobody posts into it any more, with no role and no exception. Earlier periods of the year are locked first.',
		name: 'lockNotice',
		type: 'notice',
		default: '',
	},
	...lockProperties,
]);

/** Closes a period for good. It moves forward only: earlier periods come first, and there is no way back. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await changeLocks(context, 'hardClose');
}
