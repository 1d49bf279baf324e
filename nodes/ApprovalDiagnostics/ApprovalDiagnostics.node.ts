import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { searchPolicySets } from '../Abac/policySets';
import { ldapTest } from '../shared/ldapDirectory';
import { route } from '../shared/operationContext';
import { stateStoreCredential } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';
import * as end from './actions/delegation/end.operation';
import * as getAll from './actions/delegation/getAll.operation';
import * as grant from './actions/delegation/grant.operation';
import * as diagnose from './actions/document/diagnose.operation';
import * as diagnoseMany from './actions/document/diagnoseMany.operation';
import * as checkHealth from './actions/organisation/checkHealth.operation';
import * as proposeLinks from './actions/organisation/proposeLinks.operation';
import * as repairMapping from './actions/organisation/repairMapping.operation';
import * as synchronise from './actions/organisation/synchronise.operation';
import {
	approvalCredentials,
	approvalSystemProperty,
	hrSourceCredentials,
	hrSourceProperty,
	searchWaiting,
} from './approvalSystems';

export class ApprovalDiagnostics implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Approval Diagnostics',
		name: 'approvalDiagnostics',
		icon: { light: 'file:approvalDiagnostics.svg', dark: 'file:approvalDiagnostics.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Find out why orders wait for approval: the flow, the organisation sync, the notification or the authorisation',
		defaults: { name: 'Approval Diagnostics' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["operation"] === "diagnoseMany" ? ${JSON.stringify(
			diagnoseMany.outputs.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })),
		)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [
			...approvalCredentials,
			...hrSourceCredentials,
			{
				...stateStoreCredential,
				displayOptions: {
					show: { ...stateStoreCredential.displayOptions?.show, '/resource': ['delegation'] },
				},
			},
		],
		properties: [
			approvalSystemProperty,
			hrSourceProperty,
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Delegation', value: 'delegation' },
					{ name: 'Document', value: 'document' },
					{ name: 'Organisation', value: 'organisation' },
				],
				default: 'document',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['document'] } },
				options: [
					{
						name: 'Diagnose',
						value: 'diagnose',
						description: 'Why one document waits: four checks, the root cause, and what to do',
						action: 'Diagnose a document',
					},
					{
						name: 'Diagnose Many',
						value: 'diagnoseMany',
						description: 'All documents that wait, by root cause, with what each holds up',
						action: 'Diagnose many documents',
					},
				],
				default: 'diagnose',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['delegation'] } },
				options: [
					{
						name: 'End',
						value: 'end',
						description: 'Undo what has expired, or one delegation before its time',
						action: 'End delegations',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List who decides for whom, until when and why',
						action: 'Get many delegations',
					},
					{
						name: 'Grant',
						value: 'grant',
						description: 'Name a deputy for a position within a policy, until it expires by itself',
						action: 'Grant a delegation',
					},
				],
				default: 'grant',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['organisation'] } },
				options: [
					{
						name: 'Check Health',
						value: 'checkHealth',
						description: 'Account for every employee and approving position, and for the interface itself',
						action: 'Check the health of the organisation',
					},
					{
						name: 'Propose Links',
						value: 'proposeLinks',
						description: 'Positions and people of HR that lead nowhere, and what they could be',
						action: 'Propose links of the organisation',
					},
					{
						name: 'Repair Mapping',
						value: 'repairMapping',
						description: 'Link positions and people, write those only, and tell them what waits',
						action: 'Repair a position mapping',
					},
					{
						name: 'Synchronise',
						value: 'synchronise',
						description: 'Write people and who holds which position from HR',
						action: 'Synchronise the organisation',
					},
				],
				default: 'synchronise',
			},
			...diagnose.description,
			...diagnoseMany.description,
			...grant.description,
			...end.description,
			...getAll.description,
			...checkHealth.description,
			...proposeLinks.description,
			...repairMapping.description,
			...synchronise.description,
		],
	};

	methods = { credentialTest: { ldapTest }, listSearch: { searchPolicySets, searchWaiting } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			delegation: { end: end.execute, getAll: getAll.execute, grant: grant.execute },
			document: { diagnose: diagnose.execute, diagnoseMany },
			organisation: {
				checkHealth: checkHealth.execute,
				proposeLinks: proposeLinks.execute,
				repairMapping: repairMapping.execute,
				synchronise: synchronise.execute,
			},
		});
	}
}
