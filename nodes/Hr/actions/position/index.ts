import * as get from './get.operation';
import * as getAll from './getAll.operation';

/** What can be done with positions. */
export const positionOperations = { get, getAll };
