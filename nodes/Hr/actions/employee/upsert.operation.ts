import { upsertOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** Enters an employee or changes the one with this number. Safe to repeat. */
export const { description, execute } = upsertOperation(employee);
