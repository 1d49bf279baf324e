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
import * as decide from './actions/campaign/decide.operation';
import * as getAll from './actions/campaign/getAll.operation';
import * as remind from './actions/campaign/remind.operation';
import * as start from './actions/campaign/start.operation';
import * as create from './actions/graph/create.operation';
import * as check from './actions/review/check.operation';

const named = (displayNames: string[]) =>
	JSON.stringify(displayNames.map((displayName) => ({ type: NodeConnectionTypes.Main, displayName })));

export class AccessInsights implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Access Insights',
		name: 'accessInsights',
		icon: { light: 'file:accessInsights.svg', dark: 'file:accessInsights.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Show who acts unlike their peers, review who holds too much, and have managers keep or revoke each right',
		defaults: { name: 'Access Insights' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["operation"] === "create" ? ${named(create.outputs)} : $parameter["operation"] === "check" ? ${named(check.outputs)} : ["${NodeConnectionTypes.Main}"] }}`,
		credentials: [
			// Fields that the editor hides are not there, so a credential shows only where its field does.
			...hrSystemCredentials.map(({ displayOptions, ...credential }) => ({
				...credential,
				displayOptions: {
					show:
						displayOptions?.show?.['/restAuthentication'] === undefined
							? { ...displayOptions?.show, '/resource': ['graph'], '/peopleFrom': ['hr'] }
							: {
									'/resource': ['graph'],
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
					{ name: 'Behaviour Graph', value: 'graph' },
					{ name: 'Review', value: 'review' },
					{ name: 'Review Campaign', value: 'campaign' },
				],
				default: 'graph',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['graph'] } },
				options: [
					{
						name: 'Create',
						value: 'create',
						description: 'Find who acts unlike their peers, and draw the Abnormal Operation Behaviour Graph',
						action: 'Create a behaviour graph',
					},
				],
				default: 'create',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['review'] } },
				options: [
					{
						name: 'Check',
						value: 'check',
						description:
							'Find super administrators, duties to keep apart, unused rights, drift from the post and policies that permit too much',
						action: 'Check who holds which rights',
					},
				],
				default: 'check',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['campaign'] } },
				options: [
					{
						name: 'Decide',
						value: 'decide',
						description: 'Keep or revoke one right under review',
						action: 'Decide on a right under review',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List the rights of a review with what was decided',
						action: 'Get many rights under review',
					},
					{
						name: 'Remind',
						value: 'remind',
						description: 'List the open rights whose reviewers are to be reminded now',
						action: 'Remind the reviewers of a campaign',
					},
					{
						name: 'Start',
						value: 'start',
						description: 'Put each right before the manager of who holds it',
						action: 'Start a review campaign',
					},
				],
				default: 'start',
			},
			...create.description,
			...check.description,
			...start.description,
			...decide.description,
			...getAll.description,
			...remind.description,
			stateStoreProperty,
		],
	};

	methods = { loadOptions: { loadTimeZones } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			campaign: {
				decide: decide.execute,
				getAll: getAll.execute,
				remind: remind.execute,
				start: start.execute,
			},
			graph: { create },
			review: { check },
		});
	}
}
