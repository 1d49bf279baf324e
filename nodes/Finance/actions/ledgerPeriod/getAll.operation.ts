import { getManyOperation } from '../../../shared/entityOperations';
import { ledgerPeriodText } from './ledgerPeriod';

/** Ledger periods in canonical form, by key. */
export const { description, execute } = getManyOperation(ledgerPeriodText);
