import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { actOnRecord } from '../../records';

export const description: INodeProperties[] = shownFor('receipt', 'receive', [
	recordLocator('receipt', 'key', 'Receipt', 'searchReceipts', 'RC-00000001'),
]);

/** Takes in all that is still expected: stock rises, back orders are filled. What was received already stays as it is. */
export const execute: Operation = async (context) => await actOnRecord(context, 'receipt', 'receive');
