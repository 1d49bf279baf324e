import { actOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** Posts a draft entry. Safe to repeat. */
export const { description, execute } = actOperation(journalEntryText, 'post');
