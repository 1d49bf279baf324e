import type { INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { Operation } from '../../../shared/operationContext';
import { getManyProperties, getManyRecords } from '../../records';

export const description: INodeProperties[] = shownFor('movement', 'getAll', getManyProperties);

/** Every change of the stock on hand, oldest first. */
export const execute: Operation = async (context) => await getManyRecords(context, 'movement');
