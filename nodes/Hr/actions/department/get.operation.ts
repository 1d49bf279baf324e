import { getOperation } from '../../../shared/entityOperations';
import { department } from './department';

/** One department in canonical form. */
export const { description, execute } = getOperation(department);
