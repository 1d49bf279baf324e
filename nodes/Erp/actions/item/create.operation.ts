import { createOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Makes an item; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(item);
