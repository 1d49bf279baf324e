import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { searchSyncPolicies } from '../shared/syncPolicies';
import { credentialsProperty, systemCredentials } from '../shared/systems';
import * as apply from './actions/change/apply.operation';
import * as getAllPolicies from './actions/policy/getAll.operation';
import * as getPolicy from './actions/policy/get.operation';
import * as savePolicy from './actions/policy/save.operation';
import * as getRecord from './actions/record/get.operation';
import * as invalidateRecord from './actions/record/invalidate.operation';
import * as getReport from './actions/traffic/getReport.operation';

export class SyncPolicy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sync Policy',
		name: 'syncPolicy',
		icon: { light: 'file:syncPolicy.svg', dark: 'file:syncPolicy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Push the changes that matter, read the rest on demand, and see the traffic that this saves',
		defaults: { name: 'Sync Policy' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["resource"] === "change" ? ${JSON.stringify(
			apply.outputs.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })),
		)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [
			...systemCredentials.map((credential) => ({
				...credential,
				displayOptions: {
					show: {
						...credential.displayOptions?.show,
						'/resource': ['record'],
						'/operation': ['get'],
					},
				},
			})),
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
					{ name: 'Change', value: 'change' },
					{ name: 'Policy', value: 'policy' },
					{ name: 'Record', value: 'record' },
					{ name: 'Traffic', value: 'traffic' },
				],
				default: 'policy',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['change'] } },
				options: [
					{
						name: 'Apply',
						value: 'apply',
						description: 'Part the changes that have something to push from those that have not',
						action: 'Apply a policy to changes',
					},
				],
				default: 'apply',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['policy'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						description: 'A policy as it holds, or an earlier version',
						action: 'Get a policy',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List the policies',
						action: 'Get many policies',
					},
					{
						name: 'Save',
						value: 'save',
						description: 'Say what is pushed and what is read on demand; takes effect at once',
						action: 'Save a policy',
					},
				],
				default: 'save',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['record'] } },
				options: [
					{
						name: 'Get on Demand',
						value: 'get',
						description: 'Read a record from the cache, or from its system when it is not kept',
						action: 'Get a record on demand',
					},
					{
						name: 'Invalidate',
						value: 'invalidate',
						description: 'Forget records that were read on demand',
						action: 'Invalidate records',
					},
				],
				default: 'get',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['traffic'] } },
				options: [
					{
						name: 'Get Report',
						value: 'getReport',
						description: 'What was sent and asked for, and what did not have to be',
						action: 'Get a traffic report',
					},
				],
				default: 'getReport',
			},
			...savePolicy.description,
			...getPolicy.description,
			...getAllPolicies.description,
			...apply.description,
			...getRecord.description,
			...invalidateRecord.description,
			...getReport.description,
			stateStoreProperty,
		],
	};

	methods = { listSearch: { searchSyncPolicies } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			change: { apply },
			policy: {
				get: getPolicy.execute,
				getAll: getAllPolicies.execute,
				save: savePolicy.execute,
			},
			record: { get: getRecord.execute, invalidate: invalidateRecord.execute },
			traffic: { getReport: getReport.execute },
		});
	}
}
