import { getManyOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Many items, by ascending code. */
export const { description, execute } = getManyOperation(item);
