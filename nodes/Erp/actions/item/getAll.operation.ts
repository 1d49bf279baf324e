import { getManyOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Items in canonical form, by key. */
export const { description, execute } = getManyOperation(item);
