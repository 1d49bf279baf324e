import { createOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Makes a delivery; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(delivery);
