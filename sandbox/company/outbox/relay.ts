import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

import { connect, type MqttClient } from 'mqtt';

import type { Outbox, OutboxRow } from './outbox';

export interface BrokerAddress {
	/** such as `mqtt://127.0.0.1:1883` */
	url: string;
	username?: string;
	password?: string;
}

export interface RelayState {
	connected: boolean;
	/** sent and not yet confirmed */
	inFlight: number;
	/** not yet confirmed, sent or not */
	waiting: number;
	/** confirmed since the start */
	confirmed: number;
	lastError?: string;
}

interface InFlight {
	position: number;
	confirmed: boolean;
}

const window = 200;
const shortestPauseMs = 20;
const longestPauseMs = 400;

/** Confirmed rows are removed together. Those of the last moment are sent again after a crash, which does no harm. */
const purgePauseMs = 20;

/**
 * A broker that dies loses what it confirmed and had not written to disk, and the sessions of those who listen. So after
 * each connection the newest event of each record that was confirmed lately is sent again, and some more times until
 * the listeners have come back. They know a repeated event by its id. States that a newer one had replaced by then hurry
 * nobody: they follow later and a few at a time, each record's in order.
 */
const doubtfulMs = 90_000;
const repetitionsMs = [0, 1_000, 5_000, 30_000];
const historyRepetitionsMs = [2_000, 35_000];
const historyWindow = 100;
const forgettingPauseMs = 5_000;

/**
 * Publishes the outbox at QoS 1. Many events are in flight at once over one connection, which keeps their order.
 * A row leaves the outbox once it and all before it are confirmed; after a cut connection everything from
 * the first unconfirmed row on is sent again, so of one record's events the last one sent is always the newest.
 */
export class Relay {
	private client?: MqttClient;
	private connected = false;
	private closed = false;
	private inFlight: InFlight[] = [];
	private lastSent = 0;
	private lastPurged = 0;
	private moreWaiting = false;
	private purging?: NodeJS.Timeout;
	private forgottenAt = 0;
	private repetitions: NodeJS.Timeout[] = [];
	private readonly onDrained: Array<() => void> = [];
	private pumpScheduled = false;
	private pauseMs = shortestPauseMs;
	private retry?: NodeJS.Timeout;
	private confirmed = 0;
	private lastError?: string;

	constructor(
		private readonly outbox: Outbox,
		private readonly broker: BrokerAddress,
		private readonly name: string,
	) {}

	start(): void {
		this.open();
	}

	/** Called after each commit that wrote events. */
	wake(): void {
		if (!this.connected || this.pumpScheduled) return;
		this.pumpScheduled = true;
		queueMicrotask(() => {
			this.pumpScheduled = false;
			if (!this.connected) return;
			if (this.inFlight.length < window) this.pump();
			else this.moreWaiting = true;
		});
	}

	state(): RelayState {
		return {
			connected: this.connected,
			inFlight: this.inFlight.length,
			waiting: this.outbox.sizeAfter(this.settledUpTo()),
			confirmed: this.confirmed,
			...(this.lastError === undefined ? {} : { lastError: this.lastError }),
		};
	}

	/** Resolves once the broker has confirmed everything that is in the outbox. */
	drained(): Promise<void> {
		if (this.state().waiting === 0) return Promise.resolve();
		return new Promise((resolve) => this.onDrained.push(resolve));
	}

	/** Stops; what is unconfirmed stays in the outbox. */
	async close(): Promise<void> {
		this.closed = true;
		this.connected = false;
		clearTimeout(this.retry);
		for (const repetition of this.repetitions) clearTimeout(repetition);
		this.purge();
		const { client } = this;
		this.client = undefined;
		if (client) await client.endAsync(true).catch(() => undefined);
	}

	private open(): void {
		const client = connect(this.broker.url, {
			clientId: `${this.name}-relay-${randomBytes(4).toString('hex')}`,
			username: this.broker.username,
			password: this.broker.password,
			protocolVersion: 4,
			clean: true,
			keepalive: 5,
			connectTimeout: 5_000,
			// A new client for each connection: what to send again is decided here, by the outbox.
			reconnectPeriod: 0,
		});
		this.client = client;
		client.on('connect', () => {
			if (this.client !== client) return;
			(client.stream as Partial<Socket>).setNoDelay?.(true);
			this.connected = true;
			this.pauseMs = shortestPauseMs;
			this.lastError = undefined;
			this.lastSent = this.lastPurged;
			this.inFlight = [];
			this.pump();
			this.repetitions = [
				...repetitionsMs.map((pause) => setTimeout(() => this.repeatNewest(client), pause)),
				...historyRepetitionsMs.map((pause) => setTimeout(() => void this.repeatHistory(client), pause)),
			];
		});
		client.on('error', (error) => {
			this.lastError = error.message === '' ? (error as NodeJS.ErrnoException).code : error.message;
		});
		client.on('close', () => this.reopen(client));
	}

	private reopen(client: MqttClient): void {
		if (this.client !== client || this.closed) return;
		this.connected = false;
		this.client = undefined;
		for (const repetition of this.repetitions) clearTimeout(repetition);
		this.purge();
		client.end(true);
		this.retry = setTimeout(() => this.open(), this.pauseMs);
		this.pauseMs = Math.min(this.pauseMs * 2, longestPauseMs);
	}

	private pump(): void {
		const limit = window - this.inFlight.length;
		const rows = this.outbox.after(this.lastSent, limit);
		this.moreWaiting = rows.length === limit;
		for (const row of rows) this.send(row);
	}

	private send({ position, topic, payload }: OutboxRow): void {
		const { client } = this;
		if (!client) return;
		const message: InFlight = { position, confirmed: false };
		this.inFlight.push(message);
		this.lastSent = position;
		client.publish(topic, payload, { qos: 1 }, (error) => {
			// An error here means that the connection ended: reopen() starts from the first unconfirmed.
			if (error || this.client !== client) return;
			message.confirmed = true;
			this.confirmed += 1;
			this.settle();
		});
	}

	private repeatNewest(client: MqttClient): void {
		for (const { topic, payload } of this.outbox.newestSentSince(Date.now() - doubtfulMs))
			client.publish(topic, payload, { qos: 1 }, () => undefined);
	}

	/** A record's events go out in one go, so that none that is newer gets between them. */
	private async repeatHistory(client: MqttClient): Promise<void> {
		let inWindow = 0;
		let waiting = this.outbox.waitingRecords();
		for (const record of this.outbox.recordsReplacedSince(Date.now() - doubtfulMs)) {
			if (waiting.has(record)) continue;
			let confirmed: Promise<unknown> = Promise.resolve();
			for (const { topic, payload } of this.outbox.historyOf(record)) {
				confirmed = client.publishAsync(topic, payload, { qos: 1 }).catch(() => undefined);
				inWindow += 1;
			}
			if (inWindow < historyWindow) continue;
			inWindow = 0;
			await confirmed;
			if (this.client !== client) return;
			waiting = this.outbox.waitingRecords();
		}
	}

	private settle(): void {
		let settled = 0;
		while (this.inFlight[settled]?.confirmed === true) settled += 1;
		this.inFlight.splice(0, settled);
		if (settled > 0) this.purging ??= setTimeout(() => this.purge(), purgePauseMs);
		if (this.moreWaiting && this.inFlight.length <= window / 2) this.pump();
		if (this.onDrained.length > 0 && this.inFlight.length === 0 && this.state().waiting === 0) {
			for (const resolve of this.onDrained.splice(0)) resolve();
		}
	}

	private settledUpTo(): number {
		return (this.inFlight[0]?.position ?? this.lastSent + 1) - 1;
	}

	private purge(): void {
		clearTimeout(this.purging);
		this.purging = undefined;
		const upTo = this.settledUpTo();
		if (upTo <= this.lastPurged) return;
		const now = Date.now();
		this.outbox.removeUpTo(upTo, now);
		this.lastPurged = upTo;
		if (now - this.forgottenAt < forgettingPauseMs) return;
		this.outbox.forgetSentBefore(now - doubtfulMs);
		this.forgottenAt = now;
	}
}
