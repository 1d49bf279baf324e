import { actOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Confirms a purchase order. Safe to repeat. */
export const { description, execute } = actOperation(purchaseOrder, 'confirm');
