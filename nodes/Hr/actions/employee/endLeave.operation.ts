import { actOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** Takes an employee back from leave. */
export const { description, execute } = actOperation(employee, 'endLeave');
