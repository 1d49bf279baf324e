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
	private readonly countRows: Statement;

	constructor(
		database: ServiceDatabase,
		private readonly prefix: string,
	) {
		this.insert = database.prepare('INSERT INTO outbox (topic, payload) VALUES (?, ?)');
		this.select = database.prepare(
			'SELECT position, topic, payload FROM outbox WHERE position > ? ORDER BY position LIMIT ?',
		);
		this.purge = database.prepare('DELETE FROM outbox WHERE position <= ?');
		this.countRows = database.prepare('SELECT count(*) AS rows FROM outbox WHERE position > ?');
	}

	/** Part of a service's schema. AUTOINCREMENT: a position is never given twice, whatever was purged. */
	static readonly schema =
		'CREATE TABLE IF NOT EXISTS outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL);';

	append(event: BridgeEvent): void {
		this.insert.run(topicOf(this.prefix, event), JSON.stringify(event));
	}

	after(position: number, limit: number): OutboxRow[] {
		return this.select.all(position, limit) as unknown as OutboxRow[];
	}

	/** Forgets what the broker has confirmed. */
	removeUpTo(position: number): void {
		this.purge.run(position);
	}

	sizeAfter(position: number): number {
		return Number(this.countRows.get(position)?.rows ?? 0);
	}
}
