import { actOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Cancels an invoice. Safe to repeat. */
export const { description, execute } = actOperation(invoice, 'cancel');
