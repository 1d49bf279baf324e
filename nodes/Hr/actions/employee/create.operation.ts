import { createOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** Enters an employee; the same idempotency key enters one at most. */
export const { description, execute } = createOperation(employee);
