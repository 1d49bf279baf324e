import { getOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** One employee in canonical form. */
export const { description, execute } = getOperation(employee);
