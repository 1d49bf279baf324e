import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { ldapTest } from '../shared/ldapDirectory';
import { route } from '../shared/operationContext';
import { credentialsProperty } from '../shared/systems';
import * as diagnose from './actions/document/diagnose.operation';
import * as diagnoseMany from './actions/document/diagnoseMany.operation';
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
		credentials: [...approvalCredentials, ...hrSourceCredentials],
		properties: [
			approvalSystemProperty,
			hrSourceProperty,
			credentialsProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Document', value: 'document' }],
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
			...diagnose.description,
			...diagnoseMany.description,
		],
	};

	methods = { credentialTest: { ldapTest }, listSearch: { searchWaiting } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, { document: { diagnose: diagnose.execute, diagnoseMany } });
	}
}
