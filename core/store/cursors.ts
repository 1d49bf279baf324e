import type { Database } from './database';

/** How far an owner has read something; undefined when it has not begun. */
export async function readCursor(
	database: Database,
	owner: string,
	name: string,
): Promise<string | undefined> {
	const [rows = []] = await database.transaction([
		{ sql: 'SELECT value FROM cursors WHERE owner = $1 AND name = $2', parameters: [owner, name] },
	]);
	const [row] = rows;
	return row === undefined ? undefined : String(row.value);
}

export interface CursorMove {
	owner: string;
	name: string;
	/** where the cursor must still be; undefined: it must not exist yet */
	from: string | undefined;
	to: string;
	/** milliseconds since 1970 */
	at: number;
}

/**
 * Moves the cursor unless somebody else has moved it meanwhile; then it stays and the answer is false. True also when it
 * is at `to` already, so that a repeated move succeeds.
 */
export async function moveCursor(
	database: Database,
	{ owner, name, from, to, at }: CursorMove,
): Promise<boolean> {
	const [rows = []] = await database.transaction([
		from === undefined
			? {
					sql: `INSERT INTO cursors (owner, name, value, updated_at) VALUES ($1, $2, $3, $4)
						ON CONFLICT (owner, name) DO UPDATE SET updated_at = excluded.updated_at WHERE cursors.value = excluded.value
						RETURNING value`,
					parameters: [owner, name, to, at],
				}
			: {
					sql: `UPDATE cursors SET value = $3, updated_at = $4
						WHERE owner = $1 AND name = $2 AND value IN ($3, $5) RETURNING value`,
					parameters: [owner, name, to, at, from],
				},
	]);
	return rows.length > 0;
}
