import { upsertOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Makes an item or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(item);
