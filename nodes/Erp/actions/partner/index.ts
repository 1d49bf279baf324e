import * as create from './create.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as update from './update.operation';
import * as upsert from './upsert.operation';

/** What can be done with partners. */
export const partnerOperations = { get, getAll, create, update, upsert };
