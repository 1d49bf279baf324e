import { getOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** One journal entry in canonical form. */
export const { description, execute } = getOperation(journalEntryText);
