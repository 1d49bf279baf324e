import { getOperation } from '../../../shared/entityOperations';
import { invoice } from './invoice';

/** One invoice in canonical form. */
export const { description, execute } = getOperation(invoice);
