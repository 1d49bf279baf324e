import type { INodeProperties } from 'n8n-workflow';

import { recordLocator, shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { actOnRecord } from '../../records';

export const description: INodeProperties[] = shownFor('shipment', 'cancel', [
	recordLocator('shipment', 'key', 'Shipment', 'searchShipments', 'SH-00000001'),
]);

/** Gives the goods back to the order's reservation. A shipment that has left is refused. */
export const execute: Operation = async (context) => await actOnRecord(context, 'shipment', 'cancel');
