import { searchLedgerPeriods } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { ledgerPeriodText } from './ledgerPeriod';

/** Periods as the ledger system keeps them; the accounting calendar is another. */
export const ledgerPeriod = ledgerResource(ledgerPeriodText, { get, getAll }, { searchLedgerPeriods });
