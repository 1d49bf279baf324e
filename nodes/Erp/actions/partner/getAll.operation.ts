import { getManyOperation } from '../../../shared/entityOperations';
import { partner } from './partner';

/** Partners in canonical form, by key. */
export const { description, execute } = getManyOperation(partner);
