import { createOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Makes an invoice; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(invoice);
