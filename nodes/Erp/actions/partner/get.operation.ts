import { getOperation } from '../../../shared/entityOperations';
import { partner } from './partner';

/** One partner in canonical form. */
export const { description, execute } = getOperation(partner);
