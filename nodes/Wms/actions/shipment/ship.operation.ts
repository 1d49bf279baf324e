import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { actOnRecord } from '../../records';

export const description: INodeProperties[] = shownFor('shipment', 'ship', [
	recordLocator('shipment', 'key', 'Shipment', 'searchShipments', 'SH-00000001'),
]);

/** Books the goods issue: stock and reservation fall together. A shipment that has left stays as it is. */
export const execute: Operation = async (context) => await actOnRecord(context, 'shipment', 'ship');
