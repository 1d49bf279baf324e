import type { MqttClient } from 'mqtt';

import type { OutgoingEvents } from '../../core/ports/eventTransport';
import { OutboxSender } from '../outbox/outboxSender';
import {
	clientOptions,
	ConnectionClosed,
	connectionError,
	createClient,
	negotiateVersion,
	type BrokerSettings,
	type ProtocolChoice,
	type ProtocolVersion,
} from './broker';

/** Entries sent and not confirmed at a time at most. */
const windowSize = 500;
const longestRetryMs = 500;
/**
 * A broker that dies loses what it confirmed and had not written to disk. So what was confirmed within this time is sent again
 * when a connection was lost, and when this process is new; receivers know a repeated event by its id.
 */
const resendWindowMs = 5 * 60_000;
/** Sent again once more after this: a subscriber whose session the broker lost has to come back first. */
const secondResendMs = 5_000;
const purgeMs = 60_000;

/**
 * Sends an outbox to its broker, oldest first over one connection, so that events of one record keep their order. Goes on in the background
 * until all is confirmed, whatever happens to the broker; the connection closes when it was idle for `idleMs`.
 */
export class Publisher extends OutboxSender {
	private client: MqttClient | undefined;
	private version: ProtocolVersion = 5;
	private resendTimer: NodeJS.Timeout | undefined;
	/** the broker may have lost what it confirmed */
	private doubtful = true;
	private purgedAt = 0;

	constructor(
		private readonly broker: BrokerSettings,
		private readonly protocol: ProtocolChoice,
		outbox: OutgoingEvents,
		idleMs = 60_000,
	) {
		super(outbox, { longestRetryMs, idleMs, unconfirmed: 'The broker has not confirmed it yet.' });
	}

	override async close(): Promise<void> {
		clearTimeout(this.resendTimer);
		await super.close();
	}

	protected async sendWaiting(): Promise<void> {
		const client = await this.connected();
		await this.resendWhenDoubtful();
		const refused: string[] = [];
		for (let position = 0; ; ) {
			const entries = await this.outbox.waitingAfter(position, windowSize);
			if (entries.length === 0) break;
			const results = await Promise.allSettled(
				entries.map(async (entry) => {
					await client.publishAsync(entry.topic, entry.payload, {
						qos: 1,
						...(this.version === 5
							? { properties: { contentType: 'application/cloudevents+json', payloadFormatIndicator: true } }
							: {}),
					});
					return entry.position;
				}),
			);
			const confirmed = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
			await this.confirm(confirmed);
			for (const result of results) if (result.status === 'rejected') refused.push(String(result.reason));
			if (!client.connected) break;
			position = entries.at(-1)?.position ?? position;
		}
		await this.purge();
		const [first] = refused;
		if (first !== undefined) throw new Error(`The broker did not take ${refused.length} events: ${first}`);
	}

	private async connected(): Promise<MqttClient> {
		if (this.client?.connected === true) return this.client;
		await this.disconnect();
		this.version = await negotiateVersion(this.broker, this.protocol);
		const client = createClient(this.broker, {
			...clientOptions(this.broker, this.version),
			clean: true,
			reconnectPeriod: 0,
		});
		this.client = client;
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('error', (error) => reject(connectionError(this.broker, error)));
			client.once('close', () => reject(connectionError(this.broker, new ConnectionClosed())));
			client.connect();
		});
		client.once('close', () => {
			if (this.client !== client) return;
			void this.disconnect();
			this.doubtful = true;
			if (!this.closed) this.flush();
		});
		return client;
	}

	private async resendWhenDoubtful(): Promise<void> {
		if (!this.doubtful) return;
		await this.outbox.reopen(Date.now() - resendWindowMs);
		this.doubtful = false;
		clearTimeout(this.resendTimer);
		this.resendTimer = setTimeout(() => {
			void this.outbox.reopen(Date.now() - resendWindowMs).then(
				() => this.flush(),
				() => (this.doubtful = true),
			);
		}, secondResendMs);
		this.resendTimer.unref();
	}

	private async purge(): Promise<void> {
		const now = Date.now();
		if (now - this.purgedAt < purgeMs) return;
		this.purgedAt = now;
		await this.outbox.purge(now - resendWindowMs);
	}

	protected async disconnect(): Promise<void> {
		const client = this.client;
		this.client = undefined;
		await client?.endAsync(true);
	}
}
