import { searchDimensionValues } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { dimensionValueText } from './dimensionValue';

/** Cost centres, profit centres, projects and sources of funds that the ledger knows. */
export const dimensionValue = ledgerResource(dimensionValueText, { get, getAll }, { searchDimensionValues });
