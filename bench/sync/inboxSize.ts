import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Rows and megabytes of the state store in an n8n's user folder. */
export function inboxSize(userFolder: string): { rows: number; waiting: number; megabytes: number } {
	const file = join(userFolder, '.n8n', 'erp-bridge', 'state.sqlite');
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const row = database
			.prepare(`SELECT count(*) AS entries, coalesce(sum(state = 'waiting'), 0) AS waiting FROM inbox`)
			.get();
		return {
			rows: Number(row?.entries),
			waiting: Number(row?.waiting),
			megabytes: statSync(file).size / 1_048_576,
		};
	} finally {
		database.close();
	}
}
