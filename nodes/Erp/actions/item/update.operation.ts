import { updateOperation } from '../../../shared/entityOperations';
import { item } from './item';

/** Changes the fields that are given of an item. */
export const { description, execute } = updateOperation(item);
