import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { addressOf, BrokerSettings, type ProtocolChoice } from '../../connectors/mqtt/broker';
import { Publisher } from '../../connectors/mqtt/publisher';
import { Outbox } from '../../core/events/outbox';
import { problems } from '../../core/model/problems';
import { ValidationError } from '../../core/ports/errors';
import type { Database } from '../../core/store/database';
import type { ProtocolChoice as ChosenProtocol } from './protocolProperty';

interface CredentialContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

const publishers = new WeakMap<Database, Map<string, Publisher>>();

/** The broker that the node's `mqtt` credential names, checked. */
export async function brokerOf(context: CredentialContext): Promise<BrokerSettings> {
	const parsed = BrokerSettings.safeParse(await context.getCredentials('mqtt'));
	if (parsed.success) return parsed.data;
	throw new ValidationError(`The MQTT credential is incomplete: ${problems(parsed.error)}`, {
		system: 'mqtt',
	});
}

/** The one publisher of this process for the broker and store; it goes on sending between executions. */
export async function publisherOf(
	context: CredentialContext,
	database: Database,
	protocol: ChosenProtocol,
): Promise<Publisher> {
	const broker = await brokerOf(context);
	const known = publishers.get(database) ?? new Map<string, Publisher>();
	publishers.set(database, known);
	const key = JSON.stringify([broker, protocol]);
	const publisher = known.get(key) ?? new Publisher(broker, versionOf(protocol), outboxOf(database, broker));
	known.set(key, publisher);
	return publisher;
}

export function outboxOf(database: Database, broker: BrokerSettings): Outbox {
	return new Outbox(database, `${addressOf(broker)} ${broker.username}`.trim());
}

export function versionOf(protocol: ChosenProtocol): ProtocolChoice {
	return protocol === 'auto' ? 'auto' : protocol === '5' ? 5 : 4;
}
