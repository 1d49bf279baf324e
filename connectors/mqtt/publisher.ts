import type { MqttClient } from 'mqtt';

import type { OutgoingEvent, OutgoingEvents } from '../../core/ports/eventTransport';
import {
	clientOptions,
	connectionError,
	ConnectionClosed,
	createClient,
	negotiateVersion,
	type BrokerSettings,
	type ProtocolChoice,
	type ProtocolVersion,
} from './broker';

export interface PublishOutcome {
	/** false: stored safely and sent as soon as the broker takes it */
	confirmed: boolean;
	/** why the broker has not confirmed it yet */
	reason?: string;
}

interface Confirmation {
	promise: Promise<void>;
	settle: () => void;
}

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
export class Publisher {
	private client: MqttClient | undefined;
	private version: ProtocolVersion = 5;
	private flushing: Promise<void> | undefined;
	private again = false;
	private closed = false;
	private lastProblem: string | undefined;
	private idleTimer: NodeJS.Timeout | undefined;
	private resendTimer: NodeJS.Timeout | undefined;
	/** the broker may have lost what it confirmed */
	private doubtful = true;
	private purgedAt = 0;
	private readonly confirmations = new Map<number, Confirmation>();

	constructor(
		private readonly broker: BrokerSettings,
		private readonly protocol: ProtocolChoice,
		private readonly outbox: OutgoingEvents,
		private readonly idleMs = 60_000,
	) {}

	/** Stores the events, sends them, and waits up to `patienceMs` for the broker's confirmation of each. */
	async publish(events: OutgoingEvent[], patienceMs: number): Promise<PublishOutcome[]> {
		const positions = await this.outbox.add(events, Date.now());
		const confirmed = new Set<number>();
		const waits = positions.map(async (position) => {
			await this.confirmationOf(position).promise;
			confirmed.add(position);
		});
		this.flush();
		await settledWithin(Promise.all(waits), patienceMs);
		for (const position of positions) this.confirmations.delete(position);
		const reason = this.lastProblem ?? 'The broker has not confirmed it yet.';
		return positions.map((position) =>
			confirmed.has(position) ? { confirmed: true } : { confirmed: false, reason },
		);
	}

	/** Sends what waits, without waiting for it. */
	flush(): void {
		clearTimeout(this.idleTimer);
		this.again = true;
		this.flushing ??= this.drain().finally(() => {
			this.flushing = undefined;
			this.idleTimer = setTimeout(() => void this.disconnect(), this.idleMs);
			this.idleTimer.unref();
		});
	}

	async close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.idleTimer);
		clearTimeout(this.resendTimer);
		await this.disconnect();
		await this.flushing;
	}

	private async drain(): Promise<void> {
		for (let wait = 100; !this.closed; wait = Math.min(longestRetryMs, wait * 2)) {
			try {
				while (this.again && !this.closed) {
					this.again = false;
					await this.sendAll();
				}
				this.lastProblem = undefined;
				return;
			} catch (error) {
				this.again = true;
				this.lastProblem = error instanceof Error ? error.message : String(error);
				await this.disconnect();
				if (!this.closed) await new Promise((resolve) => setTimeout(resolve, wait).unref());
			}
		}
	}

	private async sendAll(): Promise<void> {
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
			if (confirmed.length > 0) await this.outbox.confirm(confirmed, Date.now());
			for (const done of confirmed) this.confirmations.get(done)?.settle();
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

	private async disconnect(): Promise<void> {
		const client = this.client;
		this.client = undefined;
		await client?.endAsync(true);
	}

	private confirmationOf(position: number): Confirmation {
		const known = this.confirmations.get(position);
		if (known !== undefined) return known;
		const { promise, resolve } = Promise.withResolvers<void>();
		const confirmation = { promise, settle: resolve };
		this.confirmations.set(position, confirmation);
		return confirmation;
	}
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([promise, timeout]);
	clearTimeout(timer);
}
