import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';

import type { IncomingMessage } from '../../core/ports/eventTransport';
import { PermissionError } from '../../core/ports/errors';
import {
	addressOf,
	clientOptions,
	connectionError,
	createClient,
	negotiateVersion,
	type BrokerSettings,
	type ProtocolChoice,
	type ProtocolVersion,
} from './broker';

export interface SubscriptionSettings {
	broker: BrokerSettings;
	/** of its own for each consumer: a broker throws out the older of two clients with one id */
	clientId: string;
	topics: string[];
	protocol: ProtocolChoice;
	/** how long the broker keeps messages for an absent consumer, in seconds (MQTT 5) */
	sessionExpirySeconds: number;
	/** messages unacknowledged at a time at most (MQTT 5 asks the broker to keep to it; here it is kept anyway) */
	receiveMaximum: number;
	/** acknowledge messages that the broker retained, and drop them */
	ignoreRetained: boolean;
	/** false for a test: nothing is kept for the consumer when it leaves */
	persistent: boolean;
	/** return at once and connect in the background; otherwise throw when the broker can't be reached */
	background: boolean;
}

export interface SubscriptionMemory {
	/** the topics that the broker's session was last subscribed to */
	load(): Promise<string[]>;
	save(topics: string[]): Promise<void>;
}

interface PendingMessage {
	packet: IPublishPacket;
	connection: number;
}

const largestPacketBytes = 8 * 1_048_576;
const firstRetryMs = 100;
const longestRetryMs = 500;

/**
 * A subscription at QoS 1 that acknowledges a message once `accept` has stored it, in the order of arrival. Messages that
 * come while a group is being stored form the next group. What can't be stored stays unacknowledged, so the broker
 * keeps it; above `receiveMaximum` the connection is no longer read.
 */
export class Subscription {
	private client: MqttClient | undefined;
	private connection = 0;
	private pending: PendingMessage[] = [];
	private resume: Array<() => void> = [];
	private flushing: Promise<void> | undefined;
	private closed = false;

	constructor(
		private readonly settings: SubscriptionSettings,
		/** `moreComing` tells whether other messages wait to be stored */
		private readonly accept: (messages: IncomingMessage[], moreComing: () => boolean) => Promise<void>,
		private readonly memory: SubscriptionMemory,
		private readonly report: (problem: string) => void,
	) {}

	/** Resolves once subscribed. Throws when broker or credential are wrong (see `background`). */
	async open(): Promise<void> {
		if (this.settings.background) {
			void this.connectWhenPossible();
			return;
		}
		await this.connect(await negotiateVersion(this.settings.broker, this.settings.protocol));
	}

	/** Leaves the broker, which goes on collecting for a persistent session. What was received is stored first. */
	async close(): Promise<void> {
		this.closed = true;
		await this.flushing;
		await this.client?.endAsync();
		for (const go of this.resume.splice(0)) go();
	}

	private async connectWhenPossible(): Promise<void> {
		for (let wait = firstRetryMs; !this.closed; wait = Math.min(longestRetryMs, wait * 2)) {
			try {
				return await this.connect(await negotiateVersion(this.settings.broker, this.settings.protocol));
			} catch (error) {
				this.report(error instanceof Error ? error.message : String(error));
				await delay(wait);
			}
		}
	}

	private async connect(version: ProtocolVersion): Promise<void> {
		const { broker, clientId, persistent } = this.settings;
		const client = createClient(broker, {
			...clientOptions(broker, version),
			clientId,
			clean: !persistent,
			...(version === 5
				? {
						properties: {
							sessionExpiryInterval: persistent ? this.settings.sessionExpirySeconds : 0,
							receiveMaximum: this.settings.receiveMaximum,
							maximumPacketSize: largestPacketBytes,
						},
					}
				: {}),
		});
		this.client = client;
		client.handleMessage = (packet, settled) => this.receive(packet, settled);
		client.on('close', () => {
			// What was received is stored all the same: a broker that died may not have it any more.
			this.connection += 1;
			for (const go of this.resume.splice(0)) go();
		});
		let first = true;
		await new Promise<void>((resolve, reject) => {
			client.on('connect', (connack) => {
				this.subscribe(client, version, connack, first).then(resolve, (error: unknown) => {
					this.report(error instanceof Error ? error.message : String(error));
					reject(error as Error);
				});
				first = false;
			});
			client.on('error', (error) => {
				const problem = connectionError(broker, error);
				this.report(problem.message);
				if (!this.settings.background) reject(problem);
			});
			client.connect();
		}).catch(async (error: unknown) => {
			await client.endAsync(true);
			throw error;
		});
	}

	private async subscribe(
		client: MqttClient,
		version: ProtocolVersion,
		connack: IConnackPacket,
		first: boolean,
	): Promise<void> {
		const { topics, persistent } = this.settings;
		const previous = persistent && connack.sessionPresent ? (first ? await this.memory.load() : topics) : [];
		const obsolete = previous.filter((topic) => !topics.includes(topic));
		const missing = topics.filter((topic) => !previous.includes(topic));
		if (obsolete.length > 0) await client.unsubscribeAsync(obsolete);
		if (missing.length > 0) {
			const granted = await client.subscribeAsync(missing, { qos: 1, ...(version === 5 ? { rh: 1 } : {}) });
			const refused = granted.filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
			if (refused.length > 0) {
				const subject = { system: addressOf(this.settings.broker) };
				throw new PermissionError(
					`The MQTT broker ${subject.system} refuses the subscription to ${refused.join(', ')}. Check the broker's access list for this user.`,
					subject,
				);
			}
		}
		if (persistent && (obsolete.length > 0 || missing.length > 0)) await this.memory.save(topics);
	}

	/**
	 * MQTT.js sends PUBACK when `settled` is called without an error and reads the next packet either way. Calling it with one
	 * leaves the acknowledgement to us, which lets messages be stored in groups while the connection stays alive.
	 */
	private receive(packet: IPublishPacket, settled: (error?: Error) => void): void {
		if (this.closed) return settled(notAcknowledgedYet);
		this.pending.push({ packet, connection: this.connection });
		this.flushing ??= this.flush()
			.catch(() => undefined /* reported by store(); the messages stay with the broker */)
			.finally(() => {
				this.flushing = undefined;
			});
		if (this.pending.length < this.settings.receiveMaximum) settled(notAcknowledgedYet);
		else this.resume.push(() => settled(notAcknowledgedYet));
	}

	private async flush(): Promise<void> {
		await Promise.resolve();
		while (this.pending.length > 0) {
			const group = this.pending;
			this.pending = [];
			for (const go of this.resume.splice(0)) go();
			await this.store(group);
			for (const { packet, connection } of group) this.acknowledge(packet, connection);
		}
	}

	private async store(group: PendingMessage[]): Promise<void> {
		const messages = group
			.filter(({ packet }) => !(packet.retain && this.settings.ignoreRetained))
			.map(({ packet }) => ({ topic: packet.topic, payload: packet.payload }));
		if (messages.length === 0) return;
		for (let wait = firstRetryMs; ; wait = Math.min(longestRetryMs, wait * 2)) {
			try {
				return await this.accept(messages, () => this.pending.length > 0);
			} catch (error) {
				this.report(`Messages could not be stored and stay with the broker: ${String(error)}`);
				if (this.closed) throw error;
				await delay(wait);
			}
		}
	}

	private acknowledge({ qos, messageId }: IPublishPacket, connection: number): void {
		if (qos === 0 || messageId === undefined || connection !== this.connection || this.client === undefined)
			return;
		this.client['_sendPacket']({ cmd: 'puback', messageId, reasonCode: 0 });
	}
}

const notAcknowledgedYet = new Error('acknowledged once stored');

async function delay(milliseconds: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
