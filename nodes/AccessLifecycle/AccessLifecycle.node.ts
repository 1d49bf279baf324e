import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { ldapTest } from '../shared/ldapDirectory';
import { route } from '../shared/operationContext';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { accessSystemCredentials, accessSystemProperty, credentialsProperty } from '../shared/systems';
import * as addException from './actions/exception/add.operation';
import * as getAllExceptions from './actions/exception/getAll.operation';
import * as withdrawException from './actions/exception/withdraw.operation';
import * as getAllGrants from './actions/grant/getAll.operation';
import * as grantRight from './actions/grant/grant.operation';
import * as reconcile from './actions/grant/reconcile.operation';
import * as revoke from './actions/grant/revoke.operation';
import * as carryOut from './actions/plan/carryOut.operation';
import * as preview from './actions/plan/preview.operation';
import { loadRights, searchAccounts, searchExceptions, searchRights } from './locators';

export class AccessLifecycle implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Access Lifecycle',
		name: 'accessLifecycle',
		icon: { light: 'file:accessLifecycle.svg', dark: 'file:accessLifecycle.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Give joiners the rights of their post, take those of movers in time and those of leavers at once, and find what fits nobody',
		defaults: { name: 'Access Lifecycle' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["operation"] === "carryOut" ? ${JSON.stringify(
			carryOut.outputs.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })),
		)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [...accessSystemCredentials, stateStoreCredential],
		properties: [
			accessSystemProperty,
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Exception', value: 'exception' },
					{ name: 'Grant', value: 'grant' },
					{ name: 'Plan', value: 'plan' },
				],
				default: 'plan',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['exception'] } },
				options: [
					{
						name: 'Add',
						value: 'add',
						description: 'Let somebody keep rights until an end',
						action: 'Add an exception',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List exceptions, and whether they still hold',
						action: 'Get many exceptions',
					},
					{
						name: 'Withdraw',
						value: 'withdraw',
						description: 'End an exception at once',
						action: 'Withdraw an exception',
					},
				],
				default: 'getAll',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['grant'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'Who holds what right, why, since and until when',
						action: 'Get many grants',
					},
					{
						name: 'Grant',
						value: 'grant',
						description: 'Give a right until an instant',
						action: 'Grant a right',
					},
					{
						name: 'Reconcile',
						value: 'reconcile',
						description: 'Find orphan accounts, leavers still active and rights outside the process',
						action: 'Reconcile the grants of a system',
					},
					{
						name: 'Revoke',
						value: 'revoke',
						description: 'Take a right at once',
						action: 'Revoke a right',
					},
				],
				default: 'getAll',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['plan'] } },
				options: [
					{
						name: 'Carry Out',
						value: 'carryOut',
						description: 'Take and give what is due, and keep the deadlines of the rest',
						action: 'Carry out the plan',
					},
					{
						name: 'Preview',
						value: 'preview',
						description: 'A dry run: what would be taken and given, when and why',
						action: 'Preview the plan',
					},
				],
				default: 'preview',
			},
			...getAllGrants.description,
			...grantRight.description,
			...revoke.description,
			...reconcile.description,
			...preview.description,
			...carryOut.description,
			...addException.description,
			...withdrawException.description,
			...getAllExceptions.description,
			stateStoreProperty,
		],
	};

	methods = {
		credentialTest: { ldapTest },
		listSearch: { searchAccounts, searchRights, searchExceptions },
		loadOptions: { loadRights },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			exception: {
				add: addException.execute,
				getAll: getAllExceptions.execute,
				withdraw: withdrawException.execute,
			},
			grant: {
				getAll: getAllGrants.execute,
				grant: grantRight.execute,
				reconcile: reconcile.execute,
				revoke: revoke.execute,
			},
			plan: { carryOut, preview: preview.execute },
		});
	}
}
