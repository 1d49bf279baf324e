import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { getRecord } from '../../records';

export const description: INodeProperties[] = shownFor('receipt', 'get', [
	recordLocator('receipt', 'key', 'Receipt', 'searchReceipts', 'RC-00000001'),
]);

/** One receipt as the warehouse now has it. */
export const execute: Operation = async (context) => await getRecord(context, 'receipt');
