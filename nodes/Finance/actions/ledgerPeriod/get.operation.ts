import { getOperation } from '../../../shared/entityOperations';
import { ledgerPeriodText } from './ledgerPeriod';

/** One ledger period in canonical form. */
export const { description, execute } = getOperation(ledgerPeriodText);
