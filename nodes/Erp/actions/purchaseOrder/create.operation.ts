import { createOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Makes a purchase order; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(purchaseOrder);
