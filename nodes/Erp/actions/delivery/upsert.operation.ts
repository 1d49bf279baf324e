import { upsertOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Makes a delivery or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(delivery);
