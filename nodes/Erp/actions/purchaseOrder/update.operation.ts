import { updateOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Changes the fields that are given of a purchase order. */
export const { description, execute } = updateOperation(purchaseOrder);
