import { upsertOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Makes an invoice or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(invoice);
