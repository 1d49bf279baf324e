import { topicOf, type BridgeEvent } from '../../../core/events/event';
import type { ServiceDatabase, Statement } from '../database';

export interface OutboxRow {
	position: number;
	topic: string;
	payload: string;
}

/** Events written in the transaction of the change that they tell of, in the order of commits. */
export class Outbox {
	private readonly insert: Statement;
	private readonly select: Statement;
	private readonly purge: Statement;
	private readonly selectUpTo: Statement;
	private readonly selectTopics: Statement;
	private readonly keep: Statement;
	private readonly selectSent: Statement;
	private readonly forget: Statement;
	private readonly countRows: Statement;

	constructor(
		private readonly database: ServiceDatabase,
		private readonly prefix: string,
	) {
		this.insert = database.prepare('INSERT INTO outbox (topic, payload) VALUES (?, ?)');
		this.select = database.prepare(
			'SELECT position, topic, payload FROM outbox WHERE position > ? ORDER BY position LIMIT ?',
		);
		this.purge = database.prepare('DELETE FROM outbox WHERE position <= ?');
		this.selectUpTo = database.prepare(
			'SELECT position, topic, payload FROM outbox WHERE position <= ? ORDER BY position',
		);
		this.selectTopics = database.prepare('SELECT topic FROM outbox');
		this.keep = database.prepare(
			'INSERT OR REPLACE INTO sent (record, topic, payload, sent_at) VALUES (?, ?, ?, ?)',
		);
		this.selectSent = database.prepare(
			'SELECT record, topic, payload FROM sent WHERE sent_at >= ? ORDER BY record',
		);
		this.forget = database.prepare('DELETE FROM sent WHERE sent_at < ?');
		this.countRows = database.prepare('SELECT count(*) AS rows FROM outbox WHERE position > ?');
	}

	/** Part of a service's schema. AUTOINCREMENT: a position is never given twice, whatever was purged. */
	static readonly schema = `
CREATE TABLE IF NOT EXISTS outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent (record TEXT PRIMARY KEY, topic TEXT NOT NULL, payload TEXT NOT NULL, sent_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sent_by_time ON sent (sent_at);`;

	append(event: BridgeEvent): void {
		this.insert.run(topicOf(this.prefix, event), JSON.stringify(event));
	}

	after(position: number, limit: number): OutboxRow[] {
		return this.select.all(position, limit) as unknown as OutboxRow[];
	}

	/** What the broker has confirmed leaves the outbox; the newest event of each record is kept aside for a while. */
	removeUpTo(position: number, now: number): void {
		this.database.transaction(() => {
			for (const { topic, payload } of this.selectUpTo.all(position) as unknown as OutboxRow[])
				this.keep.run(recordOf(topic), topic, payload, now);
			this.purge.run(position);
		});
	}

	/** The newest event of each record that was confirmed since the instant, where no newer one waits. */
	newestSentSince(instant: number): Array<{ topic: string; payload: string }> {
		const waiting = new Set(this.selectTopics.all().map(({ topic }) => recordOf(String(topic))));
		return this.selectSent
			.all(instant)
			.filter(({ record }) => !waiting.has(String(record)))
			.map(({ topic, payload }) => ({ topic: String(topic), payload: String(payload) }));
	}

	/** Forgets what was kept aside before the instant. */
	forgetSentBefore(instant: number): void {
		this.forget.run(instant);
	}

	sizeAfter(position: number): number {
		return Number(this.countRows.get(position)?.rows ?? 0);
	}
}

/** The topic without its last level but one, which says what kind of change it was. */
function recordOf(topic: string): string {
	return topic.split('/').toSpliced(-2, 1).join('/');
}
