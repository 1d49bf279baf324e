import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { route } from '../shared/operationContext';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty, hrSystemCredentials } from '../shared/systems';
import { loadTimeZones } from '../shared/timeZones';
import * as answerRequest from './actions/authzen/answer.operation';
import * as askDecisionPoint from './actions/authzen/ask.operation';
import * as decide from './actions/decision/decide.operation';
import * as explain from './actions/decision/explain.operation';
import * as filter from './actions/decision/filter.operation';
import * as getAllRecords from './actions/log/getAll.operation';
import * as removeOld from './actions/log/removeOld.operation';
import * as verify from './actions/log/verify.operation';
import * as getPolicies from './actions/policy/get.operation';
import * as getVersions from './actions/policy/getVersions.operation';
import * as publish from './actions/policy/publish.operation';
import * as rollBack from './actions/policy/rollBack.operation';
import * as simulate from './actions/policy/simulate.operation';
import * as validate from './actions/policy/validate.operation';
import * as getAllOperations from './actions/sensitiveOperation/getAll.operation';
import * as saveOperations from './actions/sensitiveOperation/save.operation';
import { loadSensitiveOperations, searchPolicySets, searchSensitiveOperations } from './policySets';

export class Abac implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ABAC',
		name: 'abac',
		icon: { light: 'file:abac.svg', dark: 'file:abac.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Decide by department, rank, place and time who may do what is sensitive, and log every decision',
		defaults: { name: 'ABAC' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ ["decide", "ask"].includes($parameter["operation"]) ? ${JSON.stringify(
			decide.outputs.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })),
		)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [
			// Fields that the editor hides are not there, so a credential shows only where its field does.
			...hrSystemCredentials.map(({ displayOptions, ...credential }) => ({
				...credential,
				displayOptions: {
					show:
						displayOptions?.show?.['/restAuthentication'] === undefined
							? { ...displayOptions?.show, '/resource': ['authzen', 'decision'], '/peopleFrom': ['hr'] }
							: {
									'/resource': ['authzen', 'decision'],
									'/restAuthentication': displayOptions.show['/restAuthentication'],
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
					{ name: 'AuthZEN', value: 'authzen' },
					{ name: 'Decision', value: 'decision' },
					{ name: 'Log', value: 'log' },
					{ name: 'Policy', value: 'policy' },
					{ name: 'Sensitive Operation', value: 'sensitiveOperation' },
				],
				default: 'decision',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['authzen'] } },
				options: [
					{
						name: 'Answer Request',
						value: 'answer',
						description: 'Be a decision point for other systems, by AuthZEN 1.0',
						action: 'Answer an access request',
					},
					{
						name: 'Ask Decision Point',
						value: 'ask',
						description: 'Let another decision point decide, by AuthZEN 1.0',
						action: 'Ask another decision point',
					},
				],
				default: 'answer',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['decision'] } },
				options: [
					{
						name: 'Decide',
						value: 'decide',
						description: 'Part what is permitted from what is denied',
						action: 'Decide on access',
					},
					{
						name: 'Explain',
						value: 'explain',
						description: 'Say why, and what would have to change for a permission',
						action: 'Explain a decision',
					},
					{
						name: 'Filter',
						value: 'filter',
						description: 'A list down to what the employee may see',
						action: 'Filter items by access',
					},
				],
				default: 'decide',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['log'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List decisions',
						action: 'Get many decisions from the log',
					},
					{
						name: 'Remove Old',
						value: 'removeOld',
						description: 'Remove decisions that need not be kept any longer',
						action: 'Remove old decisions from the log',
					},
					{
						name: 'Verify',
						value: 'verify',
						description: 'Find the first record that is not as it was written',
						action: 'Verify the log',
					},
				],
				default: 'verify',
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
						description: 'The policies that hold, or an earlier version',
						action: 'Get policies',
					},
					{
						name: 'Get Versions',
						value: 'getVersions',
						description: 'Who published what, when and why',
						action: 'Get the versions of policies',
					},
					{
						name: 'Publish',
						value: 'publish',
						description: 'Change a policy; it holds from the next decision on',
						action: 'Publish a policy',
					},
					{
						name: 'Roll Back',
						value: 'rollBack',
						description: 'Bring an earlier version back; it holds from the next decision on',
						action: 'Roll policies back',
					},
					{
						name: 'Simulate',
						value: 'simulate',
						description: 'Replay decisions against a change and show what flips',
						action: 'Simulate a change of policies',
					},
					{
						name: 'Validate',
						value: 'validate',
						description: 'Find what is wrong with a change, without publishing it',
						action: 'Validate a policy',
					},
				],
				default: 'publish',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['sensitiveOperation'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List what is sensitive, with risk and required attributes',
						action: 'Get many sensitive operations',
					},
					{
						name: 'Save',
						value: 'save',
						description: 'Edit the catalogue of sensitive operations',
						action: 'Save the sensitive operations',
					},
				],
				default: 'getAll',
			},
			...answerRequest.description,
			...askDecisionPoint.description,
			...decide.description,
			...explain.description,
			...filter.description,
			...publish.description,
			...validate.description,
			...simulate.description,
			...rollBack.description,
			...getPolicies.description,
			...getVersions.description,
			...getAllOperations.description,
			...saveOperations.description,
			...verify.description,
			...getAllRecords.description,
			...removeOld.description,
			stateStoreProperty,
		],
	};

	methods = {
		listSearch: { searchPolicySets, searchSensitiveOperations },
		loadOptions: { loadSensitiveOperations, loadTimeZones },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			authzen: { answer: answerRequest.execute, ask: askDecisionPoint },
			decision: { decide, explain: explain.execute, filter: filter.execute },
			log: { getAll: getAllRecords.execute, removeOld: removeOld.execute, verify: verify.execute },
			policy: {
				get: getPolicies.execute,
				getVersions: getVersions.execute,
				publish: publish.execute,
				rollBack: rollBack.execute,
				simulate: simulate.execute,
				validate: validate.execute,
			},
			sensitiveOperation: { getAll: getAllOperations.execute, save: saveOperations.execute },
		});
	}
}
