import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import { stateStoreCredential } from '../shared/stateStore';
import { credentialsProperty, systemCredentials } from '../shared/systems';
import { calendar } from './actions/calendar';
import { costing } from './actions/costing';
import { depreciation } from './actions/depreciation';
import { dimension } from './actions/dimension';
import { period } from './actions/period';
import { ruleSet } from './actions/ruleSet';
import { voucher } from './actions/voucher';
import { executablesOf, outputsOf, propertiesOf, type FinanceResource } from './resource';

const resources: FinanceResource[] = [calendar, costing, depreciation, dimension, period, ruleSet, voucher];

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
		loadOptions: Object.assign({}, ...resources.map(({ loadOptions }) => loadOptions)) as NonNullable<
			FinanceResource['loadOptions']
		>,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, executablesOf(resources));
	}
}
