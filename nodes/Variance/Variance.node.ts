import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { bookSearches } from '../Finance/bookFields';
import { route } from '../shared/operationContext';
import { stateStoreCredential } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';
import * as compare from './actions/compare.operation';
import * as accept from './actions/finding/accept.operation';
import * as getAll from './actions/finding/getAll.operation';
import * as withdrawAcceptance from './actions/finding/withdrawAcceptance.operation';
import { searchColumns } from './columnSearch';
import { connectionCredentials } from './connections';
import { findingStateStore, searchComparisons, searchFindings } from './findings';
import { databaseTest, postgresValue } from './postgres';

export class Variance implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Variance',
		name: 'variance',
		icon: { light: 'file:variance.svg', dark: 'file:variance.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Compare orders, deliveries, invoices and ledger, classify each difference, report it, and keep track of what is open',
		defaults: { name: 'Variance' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["resource"] === "comparison" ? ${JSON.stringify(
			compare.outputs.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })),
		)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [
			...connectionCredentials,
			{
				name: 'erpBridgePostgresApi',
				required: true,
				testedBy: 'databaseTest',
				displayOptions: { show: { '/connections': [postgresValue] } },
			},
			stateStoreCredential,
		],
		properties: [
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Comparison', value: 'comparison' },
					{ name: 'Finding', value: 'finding' },
				],
				default: 'comparison',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['comparison'] } },
				options: [
					{
						name: 'Compare',
						value: 'compare',
						description: 'Compare two to four sides of the same deals, and write the report',
						action: 'Compare orders deliveries invoices and ledger',
					},
				],
				default: 'compare',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['finding'] } },
				options: [
					{
						name: 'Accept',
						value: 'accept',
						description: 'Take a difference as it is: it counts for no alert until its figures change',
						action: 'Accept a finding',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List what is open, by class, owner, age and acceptance',
						action: 'Get many findings',
					},
					{
						name: 'Withdraw Acceptance',
						value: 'withdrawAcceptance',
						description: 'End an acceptance: the difference is open again',
						action: 'Withdraw the acceptance of a finding',
					},
				],
				default: 'getAll',
			},
			...compare.description,
			...accept.description,
			...getAll.description,
			...withdrawAcceptance.description,
			findingStateStore,
		],
	};

	methods = {
		credentialTest: { databaseTest },
		listSearch: {
			searchColumns,
			searchComparisons,
			searchFindings,
			searchLegalEntities: bookSearches.searchLegalEntities,
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			comparison: { compare },
			finding: {
				accept: accept.execute,
				getAll: getAll.execute,
				withdrawAcceptance: withdrawAcceptance.execute,
			},
		});
	}
}
