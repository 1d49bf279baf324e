import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { viaProxyCredential } from '../shared/brokerRoute';
import { brokerTest } from '../shared/brokerTest';
import { route } from '../shared/operationContext';
import { proxyTest, receiverTest } from '../shared/receiverTest';
import { stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { getSyncPolicies } from '../shared/syncPolicies';
import { credentialsProperty } from '../shared/systems';
import * as discardDeadLetter from './actions/deadLetter/discard.operation';
import * as getAllDeadLetters from './actions/deadLetter/getAll.operation';
import * as replayDeadLetter from './actions/deadLetter/replay.operation';
import * as publishEvent from './actions/event/publish.operation';
import * as getOutbox from './actions/outbox/get.operation';

export class EventBus implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Event Bus',
		name: 'eventBus',
		icon: { light: 'file:eventBus.svg', dark: 'file:eventBus.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description: 'Publish business events over MQTT or HTTPS without losing one, and look after dead letters',
		defaults: { name: 'Event Bus' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// With slashes: the editor hides a field on which credentials depend by its plain name.
		credentials: [
			{
				name: 'mqtt',
				required: true,
				testedBy: 'brokerTest',
				displayOptions: { show: { '/resource': ['event', 'outbox'], '/transport': ['mqtt'] } },
			},
			{
				name: 'erpBridgeWebhookApi',
				required: true,
				testedBy: 'receiverTest',
				displayOptions: { show: { '/resource': ['event', 'outbox'], '/transport': ['https'] } },
			},
			{
				name: 'erpBridgeProxyApi',
				required: true,
				testedBy: 'proxyTest',
				displayOptions: { show: viaProxyCredential },
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
					{ name: 'Dead Letter', value: 'deadLetter' },
					{ name: 'Event', value: 'event' },
					{ name: 'Outbox', value: 'outbox' },
				],
				default: 'event',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['deadLetter'] } },
				options: [
					{
						name: 'Discard',
						value: 'discard',
						description: 'Give a dead letter up for good',
						action: 'Discard a dead letter',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'List events that could not be delivered, with the reason',
						action: 'Get many dead letters',
					},
					{
						name: 'Replay',
						value: 'replay',
						description: 'Hand a dead letter to its trigger again',
						action: 'Replay a dead letter',
					},
				],
				default: 'getAll',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['event'] } },
				options: [
					{
						name: 'Publish',
						value: 'publish',
						description: 'Publish events; they wait safely while the broker or receiver is away',
						action: 'Publish events',
					},
				],
				default: 'publish',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['outbox'] } },
				options: [
					{
						name: 'Get State',
						value: 'get',
						description: 'How many events wait for the broker or receiver, and since when',
						action: 'Get the state of the outbox',
					},
				],
				default: 'get',
			},
			...publishEvent.description,
			...getAllDeadLetters.description,
			...replayDeadLetter.description,
			...discardDeadLetter.description,
			...getOutbox.description,
			stateStoreProperty,
			...publishEvent.options,
			...getOutbox.options,
		],
	};

	methods = {
		credentialTest: { brokerTest, proxyTest, receiverTest },
		loadOptions: { getSyncPolicies },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, {
			event: { publish: publishEvent.execute },
			deadLetter: {
				getAll: getAllDeadLetters.execute,
				replay: replayDeadLetter.execute,
				discard: discardDeadLetter.execute,
			},
			outbox: { get: getOutbox.execute },
		});
	}
}
