import { updateOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** Changes the fields that are given of an invoice. */
export const { description, execute } = updateOperation(invoice);
