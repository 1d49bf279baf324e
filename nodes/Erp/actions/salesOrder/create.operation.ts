import { createOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Makes a sales order; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(salesOrder);
