import { upsertOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Makes the item, or changes the one that has its code. */
export const { description, execute } = upsertOperation(item);
