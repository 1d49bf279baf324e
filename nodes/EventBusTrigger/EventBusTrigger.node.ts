import { createHash, randomUUID } from 'node:crypto';

import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { Subscription, type SubscriptionSettings } from '../../connectors/mqtt/subscription';
import { parseEvent } from '../../core/events/event';
import { problems } from '../../core/model/problems';
import { Inbox } from '../../core/events/inbox';
import type { IncomingMessage } from '../../core/ports/eventTransport';
import type { Database } from '../../core/store/database';
import { moveCursor, readCursor } from '../../core/store/cursors';
import {
	ProxyChoice,
	proxyProperty,
	WebSocketPath,
	viaProxyCredential,
	webSocketPathProperty,
} from '../shared/brokerRoute';
import { brokerTest } from '../shared/brokerTest';
import { DeliveryOptions, deliveryProperties, dispatchOptions } from '../shared/deliveryOptions';
import { deliver } from '../shared/eventDelivery';
import { ProtocolChoice, protocolProperty } from '../shared/protocolProperty';
import { brokerOf, versionOf } from '../shared/publishers';
import { proxyTest } from '../shared/receiverTest';
import { stateStore, stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';

const Parameters = z.object({
	topics: z.array(z.string().trim().min(1, 'must not be empty')).min(1, 'needs at least one topic'),
	stateStore: z.string(),
	options: DeliveryOptions.extend({
		protocol: ProtocolChoice,
		proxy: ProxyChoice,
		receiveMaximum: z.number().int().min(1).max(65_535).default(1_000),
		retained: z.enum(['process', 'ignore']).default('process'),
		sessionExpiryHours: z.number().min(0).max(1_000_000).default(168),
		sharedGroup: z
			.string()
			.regex(/^[^/+#]*$/, 'must not hold /, + or #')
			.default(''),
		webSocketPath: WebSocketPath,
	}),
});

export class EventBusTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Event Bus Trigger',
		name: 'eventBusTrigger',
		icon: { light: 'file:eventBusTrigger.svg', dark: 'file:eventBusTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["topics"].join(", ") }}',
		description:
			'Starts the workflow on business events from MQTT: stored first, then acknowledged, then handed over in order per record',
		defaults: { name: 'Event Bus Trigger' },
		eventTriggerDescription: '',
		activationMessage: 'Events are now stored as they come and handed to this workflow in order per record.',
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Click "Execute step" and change a record in the source system to see one event here. Publish the workflow to process all events; what comes while it is unpublished waits with the broker.',
				active:
					'Events are being processed. Under load one execution carries many events: each is an item of its own.',
			},
			activationHint: 'Once the workflow is published, no event is lost while n8n or a system is away.',
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'mqtt', required: true, testedBy: 'brokerTest' },
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
				displayName: 'Topics',
				name: 'topics',
				type: 'string',
				typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Topic' },
				default: ['erp/+/salesOrder/#'],
				required: true,
				noDataExpression: true,
				placeholder: 'erp/sandbox-erp/salesOrder/#',
				description:
					'Which events to take. Topics are prefix/system/entity/change/key; + stands for one level, # for the rest.',
			},
			stateStoreProperty,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					...deliveryProperties,
					protocolProperty,
					proxyProperty,
					{
						displayName: 'Receive Maximum',
						name: 'receiveMaximum',
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 65_535 },
						default: 1_000,
						description: 'How many messages the broker may send before the first of them is acknowledged',
					},
					{
						displayName: 'Retained Messages',
						name: 'retained',
						type: 'options',
						options: [
							{ name: 'Ignore', value: 'ignore' },
							{
								name: 'Process',
								value: 'process',
								description: 'Once; an event that is known already is ignored',
							},
						],
						default: 'process',
					},
					{
						displayName: 'Session Expiry (Hours)',
						name: 'sessionExpiryHours',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 168,
						description: 'How long the broker keeps events for this workflow while n8n is away (MQTT 5)',
					},
					{
						displayName: 'Shared Subscription Group',
						name: 'sharedGroup',
						type: 'string',
						default: '',
						description:
							'Consumers of one group divide the events among themselves. There is then no order per record: leave empty when order matters.',
					},
					webSocketPathProperty,
				],
			},
		],
	};

	methods = { credentialTest: { brokerTest, proxyTest } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const parsed = Parameters.safeParse({
			topics: this.getNodeParameter('topics'),
			stateStore: this.getNodeParameter('stateStore'),
			options: this.getNodeParameter('options'),
		});
		if (!parsed.success) {
			throw new NodeOperationError(this.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
		}
		const { topics, stateStore: storeChoice, options } = parsed.data;
		const consumer = `${this.getWorkflow().id ?? 'unsaved'}/${this.getNode().id}`;
		const report = (problem: string) => this.logger.warn(`${this.getNode().name}: ${problem}`);
		const settings: SubscriptionSettings = {
			broker: await brokerOf(this, options),
			clientId: clientIdOf(`${this.getInstanceId()} ${consumer}`),
			topics:
				options.sharedGroup === '' ? topics : topics.map((topic) => `$share/${options.sharedGroup}/${topic}`),
			protocol: versionOf(options.protocol),
			sessionExpirySeconds: Math.round(options.sessionExpiryHours * 3_600),
			receiveMaximum: options.receiveMaximum,
			ignoreRetained: options.retained === 'ignore',
			persistent: true,
			background: this.getActivationMode() === 'init',
		};
		if (this.getMode() === 'manual') return listenOnce(this, settings, report);

		const database = await stateStore(this, storeChoice);
		const inbox = new Inbox(database, consumer);
		const delivery = deliver(this, inbox, dispatchOptions(options));
		const subscription = new Subscription(
			settings,
			async (messages, moreComing) =>
				delivery.dispatcher.offer(await inbox.accept(messages, Date.now()), moreComing()),
			sessionMemory(database, settings.clientId),
			report,
		);
		const closeFunction = async () => {
			await subscription.close();
			await delivery.close();
		};
		try {
			await subscription.open();
		} catch (error) {
			await closeFunction();
			throw new NodeOperationError(this.getNode(), error as Error);
		}
		return { closeFunction };
	}
}

/** For "Execute step": the next event, with a client of its own, so that the published workflow misses nothing. */
function listenOnce(
	context: ITriggerFunctions,
	settings: SubscriptionSettings,
	report: (problem: string) => void,
): ITriggerResponse {
	const arrived = Promise.withResolvers<IncomingMessage>();
	const subscription = new Subscription(
		{ ...settings, clientId: clientIdOf(randomUUID()), persistent: false, background: false },
		async ([message]) => {
			if (message !== undefined) arrived.resolve(message);
		},
		{ load: async () => [], save: async () => undefined },
		report,
	);
	return {
		async manualTriggerFunction() {
			await subscription.open();
			const parsed = parseEvent((await arrived.promise).payload);
			const json = 'event' in parsed ? parsed.event : { refused: parsed.reason };
			context.emit([[{ json: json as unknown as IDataObject }]]);
			await subscription.close();
		},
		closeFunction: async () => await subscription.close(),
	};
}

/** 23 characters: what every broker must take (MQTT 3.1.1, 3.1.3.1). */
function clientIdOf(owner: string): string {
	return `erp-bridge-${createHash('sha256').update(owner).digest('hex').slice(0, 12)}`;
}

const Topics = z.array(z.string());

/** Remembers what the broker's session is subscribed to, so that a changed topic replaces the old one. */
function sessionMemory(database: Database, clientId: string) {
	let stored: string | undefined;
	return {
		async load(): Promise<string[]> {
			stored = await readCursor(database, 'mqtt-session', clientId);
			return stored === undefined ? [] : Topics.parse(JSON.parse(stored));
		},
		async save(topics: string[]): Promise<void> {
			const to = JSON.stringify(topics);
			stored ??= await readCursor(database, 'mqtt-session', clientId);
			await moveCursor(database, { owner: 'mqtt-session', name: clientId, from: stored, to, at: Date.now() });
			stored = to;
		},
	};
}
