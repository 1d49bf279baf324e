import { getOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** One delivery in canonical form. */
export const { description, execute } = getOperation(delivery);
