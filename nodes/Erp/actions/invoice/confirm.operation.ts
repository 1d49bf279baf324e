import { actOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Posts an invoice. Safe to repeat. */
export const { description, execute } = actOperation(invoice, 'confirm');
