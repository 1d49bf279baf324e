import { actOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Cancels a purchase order. Safe to repeat. */
export const { description, execute } = actOperation(purchaseOrder, 'cancel');
