import { topicOf, type BridgeEvent } from '../../../core/events/event';
import type { ServiceDatabase, Statement } from '../database';

export interface OutboxRow {
	position: number;
	topic: string;
	payload: string;
}

/** An event that the broker has confirmed. */
export interface SentEvent {
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
	private readonly selectNewest: Statement;
	private readonly selectReplaced: Statement;
	private readonly selectHistory: Statement;
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
			'INSERT INTO sent_event (position, record, topic, payload, sent_at) VALUES (?, ?, ?, ?, ?)',
		);
		this.selectNewest = database.prepare(
			`SELECT record, topic, payload FROM sent_event
			WHERE position IN (SELECT max(position) FROM sent_event WHERE sent_at >= ? GROUP BY record) ORDER BY record`,
		);
		this.selectReplaced = database.prepare(
			'SELECT record FROM sent_event WHERE sent_at >= ? GROUP BY record HAVING count(*) > 1 ORDER BY max(position)',
		);
		this.selectHistory = database.prepare(
			'SELECT topic, payload FROM sent_event WHERE record = ? ORDER BY position',
		);
		this.forget = database.prepare('DELETE FROM sent_event WHERE sent_at < ?');
		this.countRows = database.prepare('SELECT count(*) AS rows FROM outbox WHERE position > ?');
	}

	/** Part of a service's schema. AUTOINCREMENT: a position is never given twice, whatever was purged. */
	static readonly schema = `
CREATE TABLE IF NOT EXISTS outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent_event (position INTEGER PRIMARY KEY, record TEXT NOT NULL, topic TEXT NOT NULL, payload TEXT NOT NULL, sent_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sent_event_by_record ON sent_event (record, position);
CREATE INDEX IF NOT EXISTS sent_event_by_time ON sent_event (sent_at);`;

	append(event: BridgeEvent): void {
		this.insert.run(topicOf(this.prefix, event), JSON.stringify(event));
	}

	after(position: number, limit: number): OutboxRow[] {
		return this.select.all(position, limit) as unknown as OutboxRow[];
	}

	/** What the broker has confirmed leaves the outbox and is kept aside for a while. */
	removeUpTo(position: number, now: number): void {
		this.database.transaction(() => {
			for (const row of this.selectUpTo.all(position) as unknown as OutboxRow[])
				this.keep.run(row.position, recordOf(row.topic), row.topic, row.payload, now);
			this.purge.run(position);
		});
	}

	/** The newest event of each record that was confirmed since the instant, where no newer one waits. */
	newestSentSince(instant: number): SentEvent[] {
		const waiting = this.waitingRecords();
		return (this.selectNewest.all(instant) as unknown as Array<SentEvent & { record: string }>).filter(
			({ record }) => !waiting.has(record),
		);
	}

	/** The records with several events confirmed since the instant: all but the last told of a state that was soon replaced. */
	recordsReplacedSince(instant: number): string[] {
		return this.selectReplaced.all(instant).map(({ record }) => String(record));
	}

	/** All that was kept aside of a record, in order. */
	historyOf(record: string): SentEvent[] {
		return this.selectHistory.all(record) as unknown as SentEvent[];
	}

	/** The records of which a newer event waits. */
	waitingRecords(): Set<string> {
		return new Set(this.selectTopics.all().map(({ topic }) => recordOf(String(topic))));
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
