import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export interface InboxRow {
	position: number;
	eventId: string;
	state: 'waiting' | 'dead' | 'done';
	topic: string;
	reason: string | null;
	attempts: number;
}

/** Reads n8n's state store from outside, as an operator with the sqlite3 program would; works while n8n is stopped too. */
export class InboxView {
	readonly file: string;

	constructor(userFolder: string) {
		this.file = join(userFolder, '.n8n', 'erp-bridge', 'state.sqlite');
	}

	rows(where = '1 = 1', ...parameters: SQLInputValue[]): InboxRow[] {
		return this.read((database) =>
			database
				.prepare(
					`SELECT position, event_id AS eventId, state, topic, reason, attempts FROM inbox WHERE ${where} ORDER BY position`,
				)
				.all(...parameters),
		) as unknown as InboxRow[];
	}

	count(state: InboxRow['state']): number {
		const [row] = this.read((database) =>
			database.prepare('SELECT count(*) AS rows FROM inbox WHERE state = ?').all(state),
		);
		return Number(row?.['rows'] ?? 0);
	}

	/** Whether a trigger that captures changes of the system has looked at it. */
	hasLooked(system: string): boolean {
		return (
			this.read((database) =>
				database.prepare("SELECT name FROM cursors WHERE name LIKE ? || '/%'").all(system),
			).length > 0
		);
	}

	/** Every reason why an event waits for another try, as far as recorded. */
	reasonsOfWaiting(): string[] {
		return this.rows("state = 'waiting' AND reason IS NOT NULL").map(({ reason }) => String(reason));
	}

	private read<T>(query: (database: DatabaseSync) => T[]): T[] {
		if (!existsSync(this.file)) return [];
		const database = new DatabaseSync(this.file, { timeout: 30_000 });
		try {
			const [table] = database.prepare("SELECT name FROM sqlite_master WHERE name = 'inbox'").all();
			return table === undefined ? [] : query(database);
		} finally {
			database.close();
		}
	}
}
