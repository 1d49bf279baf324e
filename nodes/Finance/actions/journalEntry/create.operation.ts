import { createOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** Makes a draft entry; the same idempotency key makes one at most. */
export const { description, execute } = createOperation(journalEntryText);
