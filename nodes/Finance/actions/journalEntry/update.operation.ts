import { updateOperation } from '../../../shared/entityOperations';
import { journalEntryText } from './journalEntry';

/** Changes the fields that are given of a draft entry. */
export const { description, execute } = updateOperation(journalEntryText);
