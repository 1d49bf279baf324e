import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { getRecord } from '../../records';

export const description: INodeProperties[] = shownFor('shipment', 'get', [
	recordLocator('shipment', 'key', 'Shipment', 'searchShipments', 'SH-00000001'),
]);

/** One shipment as the warehouse now has it. */
export const execute: Operation = async (context) => await getRecord(context, 'shipment');
