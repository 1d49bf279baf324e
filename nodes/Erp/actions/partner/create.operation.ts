import { createOperation } from '../../../shared/entityOperations';
import { partner } from './partner';

/** Makes a partner; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(partner);
