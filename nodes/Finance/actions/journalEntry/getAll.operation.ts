import { getManyOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** Journal entries in canonical form, by key. */
export const { description, execute } = getManyOperation(journalEntryText);
