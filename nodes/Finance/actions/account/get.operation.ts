import { getOperation } from '../../../shared/entityOperations';
import { accountText } from './account';

/** One account in canonical form. */
export const { description, execute } = getOperation(accountText);
