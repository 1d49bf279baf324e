import { getManyOperation } from '../../../shared/entityOperations';
import { department } from './department';

/** Departments in canonical form, by key. */
export const { description, execute } = getManyOperation(department);
