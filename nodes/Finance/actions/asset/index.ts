import { searchAssets } from '../../../shared/financeSearches';
import { ledgerResource } from '../../ledgerResource';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import { assetText } from './asset';

/** Cards of fixed assets, with their depreciation rules. */
export const asset = ledgerResource(assetText, { get, getAll }, { searchAssets });
