import { getManyOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Invoices in canonical form, by key. */
export const { description, execute } = getManyOperation(invoice);
