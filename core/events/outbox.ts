import type { OutboxEntry, OutgoingEvent, OutgoingEvents } from '../ports/eventTransport';
import type { Database } from '../store/database';
import { forEachIn, insertRows } from '../store/statements';

export interface OutboxState {
	broker: string;
	/** events that the broker has not confirmed */
	waiting: number;
	/** ISO 8601 instant of the oldest; absent when none waits */
	oldest?: string;
}

/**
 * Events that were given to us to publish and that the broker has not confirmed, in the order given. An event is stored
 * before it is sent, so neither a broker nor an n8n that goes away loses it; sent twice, it is recognised by its id.
 */
export class Outbox implements OutgoingEvents {
	constructor(
		private readonly database: Database,
		/** which broker, and as whom; never holds a secret */
		readonly broker: string,
	) {}

	/** Stores events; returns the positions of all of them, also of those that already waited. */
	async add(events: OutgoingEvent[], now: number): Promise<number[]> {
		const rows = new Map(events.map(({ topic, event }) => [`${event.source} ${event.id}`, { topic, event }]));
		const results = await this.database.transaction(
			insertRows({
				table: 'outbox',
				columns: ['broker', 'event_id', 'topic', 'payload', 'created_at'],
				rows: [...rows].map(([id, { topic, event }]) => [this.broker, id, topic, JSON.stringify(event), now]),
				suffix:
					'ON CONFLICT (broker, event_id) DO UPDATE SET topic = excluded.topic, confirmed_at = NULL RETURNING position, event_id',
			}),
		);
		const positions = new Map(results.flat().map((row) => [String(row.event_id), Number(row.position)]));
		return events.map(({ event }) => positions.get(`${event.source} ${event.id}`) ?? 0);
	}

	/** The next entries after `position`, in the order given. */
	async waitingAfter(position: number, limit: number): Promise<OutboxEntry[]> {
		const [rows = []] = await this.database.transaction([
			{
				sql: `SELECT position, topic, payload FROM outbox
					WHERE broker = $1 AND confirmed_at IS NULL AND position > $2 ORDER BY position LIMIT $3`,
				parameters: [this.broker, position, limit],
			},
		]);
		return rows.map((row) => ({
			position: Number(row.position),
			topic: String(row.topic),
			payload: String(row.payload),
		}));
	}

	/** The broker has them. They stay until they are purged: a broker that dies may lose what it had not written. */
	async confirm(positions: number[], now: number): Promise<void> {
		await this.database.transaction(
			forEachIn(positions, [now], (list) => `UPDATE outbox SET confirmed_at = $1 WHERE position IN ${list}`),
		);
	}

	async reopen(confirmedSince: number): Promise<void> {
		await this.database.transaction([
			{
				sql: 'UPDATE outbox SET confirmed_at = NULL WHERE broker = $1 AND confirmed_at >= $2',
				parameters: [this.broker, confirmedSince],
			},
		]);
	}

	async purge(confirmedBefore: number): Promise<void> {
		await this.database.transaction([
			{
				sql: 'DELETE FROM outbox WHERE broker = $1 AND confirmed_at < $2',
				parameters: [this.broker, confirmedBefore],
			},
		]);
	}

	async state(): Promise<OutboxState> {
		const [rows = []] = await this.database.transaction([
			{
				sql: `SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest FROM outbox
					WHERE broker = $1 AND confirmed_at IS NULL`,
				parameters: [this.broker],
			},
		]);
		const waiting = Number(rows[0]?.waiting ?? 0);
		const oldest = rows[0]?.oldest ?? null;
		return {
			broker: this.broker,
			waiting,
			...(oldest === null ? {} : { oldest: new Date(Number(oldest)).toISOString() }),
		};
	}
}
