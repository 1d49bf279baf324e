import { getManyOperation } from '../../../shared/entityOperations';
import { accountText } from './account';

/** Accounts in canonical form, by key. */
export const { description, execute } = getManyOperation(accountText);
