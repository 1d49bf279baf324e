import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import {
	HttpPublisher,
	addressOf as receiverAddress,
	ReceiverSettings,
} from '../../connectors/https/publisher';
import { addressOf, BrokerSettings, schemeOf, type ProtocolChoice } from '../../connectors/mqtt/broker';
import { Publisher } from '../../connectors/mqtt/publisher';
import type { OutboxSender } from '../../connectors/outbox/outboxSender';
import { Outbox } from '../../core/events/outbox';
import { problems } from '../../core/model/problems';
import { ValidationError } from '../../core/ports/errors';
import type { Database } from '../../core/store/database';
import { environmentProxy, proxyOf, type ProxyChoice } from './brokerRoute';
import { postOf } from './eventPost';
import type { ProtocolChoice as ChosenProtocol } from './protocolProperty';

interface CredentialContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/** How a node gets to the broker, where its options say so. */
export interface BrokerRoute {
	proxy?: ProxyChoice;
	webSocketPath?: string;
}

export type Transport = 'mqtt' | 'https';

export interface PublishRoute extends BrokerRoute {
	protocol: ChosenProtocol;
	batchSize?: number;
}

const publishers = new WeakMap<Database, Map<string, OutboxSender>>();

/** The broker that the node's `mqtt` credential names, checked, and the way there. */
export async function brokerOf(context: CredentialContext, route: BrokerRoute = {}): Promise<BrokerSettings> {
	const { proxy = 'environment', webSocketPath } = route;
	const credential = await context.getCredentials('mqtt');
	const parsed = BrokerSettings.safeParse({
		...credential,
		...(webSocketPath === undefined ? {} : { path: webSocketPath }),
	});
	if (!parsed.success) {
		throw new ValidationError(`The MQTT credential is incomplete: ${problems(parsed.error)}`, {
			system: 'mqtt',
		});
	}
	const broker = parsed.data;
	if (proxy === 'credential') return { ...broker, proxy: await proxyOf(context) };
	const scheme = schemeOf(broker);
	if (proxy === 'none' || (scheme !== 'ws' && scheme !== 'wss')) return broker;
	const found = environmentProxy(scheme, broker, process.env);
	return found === undefined ? broker : { ...broker, proxy: found };
}

/** The receiver that the node's `erpBridgeWebhookApi` credential names, checked. */
export async function receiverOf(context: CredentialContext): Promise<ReceiverSettings> {
	const parsed = ReceiverSettings.safeParse(await context.getCredentials('erpBridgeWebhookApi'));
	if (parsed.success) return parsed.data;
	throw new ValidationError(`The credential for events over HTTPS is incomplete: ${problems(parsed.error)}`, {
		system: 'https',
	});
}

/** The one publisher of this process for the broker or receiver and store; it goes on sending between executions. */
export async function publisherOf(
	context: IExecuteFunctions,
	database: Database,
	transport: Transport,
	route: PublishRoute,
): Promise<{ publisher: OutboxSender; outbox: Outbox }> {
	if (transport === 'https') return await httpPublisherOf(context, database, route);
	const broker = await brokerOf(context, route);
	const outbox = new Outbox(database, `${addressOf(broker)} ${broker.username}`.trim());
	const publisher = kept(
		database,
		[broker, route.protocol],
		() => new Publisher(broker, versionOf(route.protocol), outbox),
	);
	return { publisher, outbox };
}

async function httpPublisherOf(
	context: IExecuteFunctions,
	database: Database,
	{ proxy = 'environment', batchSize }: PublishRoute,
): Promise<{ publisher: OutboxSender; outbox: Outbox }> {
	const receiver = await receiverOf(context);
	const through = proxy === 'credential' ? await proxyOf(context) : undefined;
	const outbox = new Outbox(database, receiverAddress(receiver));
	const publisher = kept(
		database,
		[receiver, through, batchSize],
		() => new HttpPublisher(receiver, postOf(context, through), outbox, batchSize),
	);
	return { publisher, outbox };
}

function kept(database: Database, identity: unknown[], create: () => OutboxSender): OutboxSender {
	const known = publishers.get(database) ?? new Map<string, OutboxSender>();
	publishers.set(database, known);
	const key = JSON.stringify(identity);
	const publisher = known.get(key) ?? create();
	known.set(key, publisher);
	return publisher;
}

export function versionOf(protocol: ChosenProtocol): ProtocolChoice {
	return protocol === 'auto' ? 'auto' : protocol === '5' ? 5 : 4;
}
