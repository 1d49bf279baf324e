import type { INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { getManyProperties, getManyRecords } from '../../records';

export const description: INodeProperties[] = shownFor('reservation', 'getAll', getManyProperties);

/** Many reservations, by ascending key. */
export const execute: Operation = async (context) => await getManyRecords(context, 'reservation');
