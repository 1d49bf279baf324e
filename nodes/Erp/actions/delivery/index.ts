import * as cancel from './cancel.operation';
import * as confirm from './confirm.operation';
import * as create from './create.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as update from './update.operation';
import * as upsert from './upsert.operation';

/** What can be done with deliveries. */
export const deliveryOperations = { get, getAll, create, update, upsert, confirm, cancel };
