import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import { recordFieldMethods } from '../shared/recordFields';
import { recordFormOf } from '../shared/recordForm';
import { stateStoreCredential } from '../shared/stateStore';
import { credentialsProperty, systemCredentials } from '../shared/systems';
import { account } from './actions/account';
import { asset } from './actions/asset';
import { calendar } from './actions/calendar';
import { costing } from './actions/costing';
import { depreciation } from './actions/depreciation';
import { dimension } from './actions/dimension';
import { dimensionValue } from './actions/dimensionValue';
import { journalEntry } from './actions/journalEntry';
import { journalEntryText } from './actions/journalEntry/journalEntry';
import { ledgerPeriod } from './actions/ledgerPeriod';
import { period } from './actions/period';
import { ruleSet } from './actions/ruleSet';
import { voucher } from './actions/voucher';
import { executablesOf, outputsOf, propertiesOf, type FinanceResource } from './resource';

const resources: FinanceResource[] = [
	account,
	asset,
	calendar,
	costing,
	depreciation,
	dimension,
	dimensionValue,
	journalEntry,
	ledgerPeriod,
	period,
	ruleSet,
	voucher,
];

export class Finance implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Finance',
		name: 'finance',
		icon: { light: 'file:finance.svg', dark: 'file:finance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Keep one accounting calendar with period locks, and make the books follow the business',
		defaults: { name: 'Finance' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsOf(resources),
		credentials: [...systemCredentials, stateStoreCredential],
		properties: [credentialsProperty, ...propertiesOf(resources, period.value)],
	};

	methods = {
		listSearch: Object.assign({}, ...resources.map(({ listSearch }) => listSearch)) as NonNullable<
			FinanceResource['listSearch']
		>,
		loadOptions: Object.assign(
			recordFieldMethods('finance'),
			...resources.map(({ loadOptions }) => loadOptions),
		) as NonNullable<FinanceResource['loadOptions']>,
		resourceMapping: { loadRecordForm: recordFormOf([journalEntryText]) },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, executablesOf(resources));
	}
}
