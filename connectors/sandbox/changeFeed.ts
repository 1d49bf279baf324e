import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { Change, ChangeCursor, ChangePage } from '../../core/ports/systemConnector';

/**
 * How far back a new round looks. A change may become visible after a later-dated one, because its transaction took
 * longer or its clock was behind.
 */
const overlapMs = 2_000;

/** Most changes remembered for not reporting them again. Beyond that some are reported twice, none is missed. */
const mostRemembered = 2_000;

const Cursor = z.object({
	changedAt: z.iso.datetime(),
	id: z.string(),
	/** key and version of what was reported within the overlap window */
	seen: z.array(z.string()),
});

interface Position {
	changedAt: string;
	id: string;
}

/**
 * Walks a feed ordered by (changed-at, id) from a little before the cursor to its end. `read` returns what comes
 * after a position, the oldest change first, `pageSize` at most.
 */
export async function* walkChanges<T>(
	cursor: ChangeCursor | undefined,
	pageSize: number,
	read: (after: Position | undefined, limit: number) => Promise<Array<Change<T> & { version: number }>>,
	system: string,
): AsyncIterable<ChangePage<T>> {
	const start = cursor === undefined ? undefined : parseCursor(cursor, system);
	const seen = new Map((start?.seen ?? []).map((entry) => [entry, Date.parse(start?.changedAt ?? '')]));
	let furthest: Position | undefined = start;
	let position: Position | undefined = start && {
		changedAt: new Date(Date.parse(start.changedAt) - overlapMs).toISOString(),
		id: '',
	};
	for (;;) {
		const page = await read(position, pageSize);
		const last = page.at(-1);
		if (!last) return;
		position = { changedAt: last.changedAt, id: last.key };
		if (furthest === undefined || isAfter(position, furthest)) furthest = position;
		const news = page.filter(({ key, version }) => !seen.has(`${key}@${version}`));
		for (const { key, version, changedAt } of page) seen.set(`${key}@${version}`, Date.parse(changedAt));
		forget(seen, Date.parse(furthest.changedAt) - overlapMs);
		if (news.length > 0) {
			yield { changes: news, cursor: JSON.stringify({ ...furthest, seen: [...seen.keys()] }) };
		}
		if (page.length < pageSize) return;
	}
}

function forget(seen: Map<string, number>, before: number): void {
	for (const [entry, changedAt] of seen) if (changedAt < before) seen.delete(entry);
	for (const entry of seen.keys()) {
		if (seen.size <= mostRemembered) return;
		seen.delete(entry);
	}
}

function isAfter(a: Position, b: Position): boolean {
	return a.changedAt > b.changedAt || (a.changedAt === b.changedAt && a.id > b.id);
}

function parseCursor(cursor: ChangeCursor, system: string): z.infer<typeof Cursor> {
	try {
		return Cursor.parse(JSON.parse(cursor));
	} catch (cause) {
		throw new ValidationError('The position in the changes cannot be read.', {
			system,
			hint: 'It was not made by this connector; begin again without one.',
			cause,
		});
	}
}
