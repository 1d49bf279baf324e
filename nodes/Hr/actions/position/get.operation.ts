import { getOperation } from '../../../shared/entityOperations';
import { position } from './position';

/** One position in canonical form. */
export const { description, execute } = getOperation(position);
