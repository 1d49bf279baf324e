import { updateOperation } from '../../../shared/entityOperations';
import { employee } from './employee';

/** Changes the fields that are given of an employee. */
export const { description, execute } = updateOperation(employee);
