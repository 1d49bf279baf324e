import { actOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Confirms a sales order. Safe to repeat. */
export const { description, execute } = actOperation(salesOrder, 'confirm');
