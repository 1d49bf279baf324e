import { getManyOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** Employees in canonical form, by key. */
export const { description, execute } = getManyOperation(employee);
