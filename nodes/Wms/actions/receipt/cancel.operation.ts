import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { actOnRecord } from '../../records';

export const description: INodeProperties[] = shownFor('receipt', 'cancel', [
	recordLocator('receipt', 'key', 'Receipt', 'searchReceipts', 'RC-00000001'),
]);

/** Nothing is expected any more. A receipt that has brought goods is refused. */
export const execute: Operation = async (context) => await actOnRecord(context, 'receipt', 'cancel');
