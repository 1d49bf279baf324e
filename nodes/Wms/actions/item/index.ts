import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as upsert from './upsert.operation';

/** What can be done with items. */
export const itemOperations = { get, getAll, upsert };
