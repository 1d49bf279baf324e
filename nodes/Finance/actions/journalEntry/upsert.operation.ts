import { upsertOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** Makes a draft entry or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(journalEntryText);
