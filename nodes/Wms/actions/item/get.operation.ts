import { getOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** One item in canonical form. */
export const { description, execute } = getOperation(item);
