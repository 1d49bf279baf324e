import { actOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Cancels a sales order. Safe to repeat. */
export const { description, execute } = actOperation(salesOrder, 'cancel');
