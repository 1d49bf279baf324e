import { createHash } from 'node:crypto';

import type { IncomingMessage } from '../ports/eventTransport';
import type { Database, Row, Statement } from '../store/database';
import { forgetting } from '../store/onDemandRecords';
import { forEachIn, insertRows } from '../store/statements';
import { describeEvent, orderingKey, parseEvent, type BridgeEvent } from './event';

/** An event that waits in the inbox. `position` is its place in the order of arrival. */
export interface InboxEntry {
	position: number;
	event: BridgeEvent;
	orderingKey: string;
	attempts: number;
	/** milliseconds since 1970 */
	receivedAt: number;
	/** size of the stored text */
	bytes: number;
}

export interface DeadLetter {
	position: number;
	consumer: string;
	topic: string;
	/** absent when the message had none that could be read */
	eventId?: string;
	reason: string;
	attempts: number;
	receivedAt: string;
	diedAt: string;
	/** the message as it came */
	payload: string;
}

/** Messages above this are not even parsed; they become dead letters. 1 MiB. */
export const largestMessageBytes = 1_048_576;

/**
 * The durable list of what one consumer was given and has not finished. An event enters once, whatever the number of
 * deliveries, and leaves when it is done or becomes a dead letter; a finished event's id is remembered for the
 * retention time, so that a late duplicate is recognised.
 */
export class Inbox {
	constructor(
		private readonly database: Database,
		readonly consumer: string,
	) {}

	/**
	 * Stores messages durably; resolves when they may be acknowledged. What is no valid event becomes a dead letter with
	 * its reason. `extra` statements are applied in the same transaction. What was read on demand of a record that has changed
	 * is forgotten. Returns the new entries in order of arrival.
	 */
	async accept(messages: IncomingMessage[], now: number, extra: Statement[] = []): Promise<InboxEntry[]> {
		const accepted = messages.map((message) => this.read(message));
		const byId = new Map(accepted.map((entry) => [entry.id, entry]));
		const distinct = [...byId.values()];
		const inserts = this.insertion(distinct, now);
		const changed = distinct.flatMap(({ event }) => {
			if (event === undefined) return [];
			const { system, entity } = describeEvent(event);
			return [{ system, entity, key: event.subject }];
		});
		const results = await this.database.transaction([...inserts, ...extra, ...forgetting(changed)]);
		return results
			.slice(0, inserts.length)
			.flat()
			.flatMap((row): InboxEntry[] => {
				const entry = byId.get(text(row.event_id));
				if (entry?.event === undefined) return [];
				return [
					{
						position: number(row.position),
						event: entry.event,
						orderingKey: entry.orderingKey,
						attempts: 0,
						receivedAt: now,
						bytes: entry.payload.length,
					},
				];
			})
			.sort((a, b) => a.position - b.position);
	}

	/** The next waiting entries after `position`, in order of arrival. */
	async waitingAfter(position: number, limit: number): Promise<InboxEntry[]> {
		const [rows = []] = await this.database.transaction([
			{
				sql: `SELECT position, payload, attempts, received_at FROM inbox
					WHERE consumer = $1 AND state = 'waiting' AND position > $2 ORDER BY position LIMIT $3`,
				parameters: [this.consumer, position, limit],
			},
		]);
		return rows.map((row) => {
			const payload = text(row.payload);
			const event = JSON.parse(payload) as BridgeEvent;
			return {
				position: number(row.position),
				event,
				orderingKey: orderingKey(event),
				attempts: number(row.attempts),
				receivedAt: number(row.received_at),
				bytes: payload.length,
			};
		});
	}

	/** Done: the payload goes, the id stays for the retention time. */
	async finish(positions: number[], now: number): Promise<void> {
		await this.database.transaction(
			forEachIn(
				positions,
				[now],
				(list) => `UPDATE inbox SET state = 'done', payload = NULL, finished_at = $1
					WHERE position IN ${list} AND state = 'waiting'`,
			),
		);
	}

	/** One attempt more, on record for whoever looks. */
	async recordAttempt(positions: number[], reason: string, nextAttemptAt: number): Promise<void> {
		await this.database.transaction(
			forEachIn(
				positions,
				[reason, nextAttemptAt],
				(list) => `UPDATE inbox SET attempts = attempts + 1, reason = $1, next_attempt_at = $2
					WHERE position IN ${list} AND state = 'waiting'`,
			),
		);
	}

	/** To the dead letters, with the reason; the payload stays until somebody replays or discards it. */
	async bury(position: number, reason: string, now: number): Promise<void> {
		await this.database.transaction([
			{
				sql: `UPDATE inbox SET state = 'dead', reason = $1, finished_at = $2, attempts = attempts + 1
					WHERE position = $3 AND state = 'waiting'`,
				parameters: [reason, now, position],
			},
		]);
	}

	/** Forgets what was finished before the instant; at most `limit` rows a call. Returns how many went. */
	async purgeFinishedBefore(instant: number, limit = 2_000): Promise<number> {
		const [rows = []] = await this.database.transaction([
			{
				sql: `DELETE FROM inbox WHERE position IN (SELECT position FROM inbox
					WHERE state = 'done' AND finished_at < $1 AND consumer = $2 ORDER BY finished_at LIMIT $3) RETURNING position`,
				parameters: [instant, this.consumer, limit],
			},
		]);
		return rows.length;
	}

	private read(message: IncomingMessage): ReadMessage {
		const payload = asText(message.payload);
		const size = typeof message.payload === 'string' ? Buffer.byteLength(payload) : message.payload.length;
		const parsed =
			message.refused !== undefined
				? { reason: message.refused }
				: size > largestMessageBytes
					? {
							reason: `The message has ${size} bytes; at most ${largestMessageBytes} are accepted. Send a claim check.`,
						}
					: parseEvent(message.payload);
		if ('event' in parsed) {
			const { event } = parsed;
			return {
				id: `${event.source} ${event.id}`,
				orderingKey: orderingKey(event),
				sequence: describeEvent(event).sequence,
				topic: message.topic,
				payload: JSON.stringify(event),
				event,
			};
		}
		const digest = createHash('sha256').update(message.topic).update('\n').update(payload).digest('hex');
		return {
			id: `invalid ${digest}`,
			orderingKey: '',
			sequence: 0,
			topic: message.topic,
			payload,
			reason:
				'subject' in parsed && parsed.subject !== undefined
					? `Record "${parsed.subject}": ${parsed.reason}`
					: parsed.reason,
		};
	}

	private insertion(entries: ReadMessage[], now: number): Statement[] {
		return insertRows({
			table: 'inbox',
			columns: [
				'consumer',
				'event_id',
				'ordering_key',
				'sequence',
				'topic',
				'payload',
				'state',
				'received_at',
				'finished_at',
				'reason',
				'attempts',
				'next_attempt_at',
			],
			rows: entries.map(({ id, orderingKey, sequence, topic, payload, reason }) => [
				this.consumer,
				id,
				orderingKey,
				sequence,
				topic,
				payload,
				reason === undefined ? 'waiting' : 'dead',
				now,
				reason === undefined ? null : now,
				reason ?? null,
				0,
				0,
			]),
			suffix: 'ON CONFLICT (consumer, event_id) DO NOTHING RETURNING position, event_id',
		});
	}
}

interface ReadMessage {
	id: string;
	orderingKey: string;
	sequence: number;
	topic: string;
	payload: string;
	event?: BridgeEvent;
	reason?: string;
}

/** Text for the store: PostgreSQL takes no NUL, so a message that is not text is kept as base64. */
function asText(payload: Uint8Array | string): string {
	const decoded = typeof payload === 'string' ? payload : decodeUtf8(payload);
	if (decoded !== undefined && !decoded.includes('\u0000')) return decoded;
	return `base64:${Buffer.from(payload).toString('base64')}`;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

function text(value: Row[string] | undefined): string {
	return String(value ?? '');
}

function number(value: Row[string] | undefined): number {
	return Number(value ?? 0);
}
