import { searchAccounts } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { accountText } from './account';

/** The ledger's chart of accounts. */
export const account = ledgerResource(accountText, { get, getAll }, { searchAccounts });
