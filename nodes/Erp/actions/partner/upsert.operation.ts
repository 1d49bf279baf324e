import { upsertOperation } from '../../../shared/entityOperations';
import { partner } from './partner';

/** Makes a partner or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(partner);
