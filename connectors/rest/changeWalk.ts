import { createHash } from 'node:crypto';

import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor } from '../../core/ports/systemConnector';

/** Most changes remembered for not reporting them again. Beyond that some are reported twice, none is missed. */
const mostRemembered = 2_000;

const Cursor = z.object({
	changedAt: z.iso.datetime(),
	id: z.string(),
	seen: z.array(z.string()),
	/** identifiers in the list when it was last compared, and when that was; where deletions are noticed so */
	known: z.array(z.string()).optional(),
	comparedAt: z.number().optional(),
});
export type Cursor = z.infer<typeof Cursor>;

/** A record as the system gave it, with its identifier and the instant of its last change (ISO 8601, UTC, milliseconds). */
export interface DatedRecord {
	id: string;
	changedAt: string;
	native: unknown;
}

export function readCursor(cursor: ChangeCursor | undefined, system: string): Cursor | undefined {
	if (cursor === undefined) return undefined;
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

/**
 * The records that are news after the cursor, by (changed-at, id) and in portions, each with the cursor after it. What was
 * reported within the overlap is known by its content, so that records which share a timestamp are neither skipped nor,
 * as a rule, repeated. A timestamp ahead of every clock, from a clock that was put right later, must not hold back what comes
 * after it: the cursor never passes `now`, milliseconds since 1970, the beginning of the look.
 */
export function* newsAfter(
	start: Cursor | undefined,
	records: DatedRecord[],
	overlapMs: number,
	now: number,
	portion = 500,
): Iterable<{ news: DatedRecord[]; cursor: Cursor }> {
	const since = start === undefined ? '' : earlier(start.changedAt, overlapMs);
	const known = new Set(start?.seen ?? []);
	const news = records
		.filter((record) => record.changedAt >= since && !known.has(markOf(record)))
		.sort((a, b) => order(a.changedAt, b.changedAt) || order(a.id, b.id));
	const seen = new Map((start?.seen ?? []).map((mark) => [mark, start?.changedAt ?? '']));
	let furthest = start === undefined ? undefined : { changedAt: start.changedAt, id: start.id };
	for (let index = 0; index < news.length; index += portion) {
		const part = news.slice(index, index + portion);
		for (const record of part) {
			const { changedAt, id } = record;
			seen.set(markOf(record), changedAt);
			if (furthest === undefined || (order(changedAt, furthest.changedAt) || order(id, furthest.id)) > 0)
				furthest = { changedAt, id };
		}
		if (furthest === undefined) return;
		const position = notAfter({ ...furthest, seen: [] }, now);
		forget(seen, earlier(position.changedAt, overlapMs));
		yield { news: part, cursor: { ...position, seen: [...seen.keys()] } };
	}
}

/** The cursor, moved back to the instant when it is ahead of it. */
export function notAfter<C extends Cursor | undefined>(cursor: C, now: number): C {
	return cursor === undefined || Date.parse(cursor.changedAt) <= now
		? cursor
		: { ...cursor, changedAt: new Date(now).toISOString() };
}

/** The instant so much earlier, not before 1970. */
export function earlier(instant: string, milliseconds: number): string {
	const time = Date.parse(instant);
	return new Date(Math.max(0, (Number.isNaN(time) ? 0 : time) - milliseconds)).toISOString();
}

function markOf({ id, changedAt, native }: DatedRecord): string {
	return createHash('sha256')
		.update(JSON.stringify([id, changedAt, native]))
		.digest('base64url')
		.slice(0, 22);
}

function forget(seen: Map<string, string>, before: string): void {
	for (const [mark, changedAt] of seen) if (changedAt < before) seen.delete(mark);
	for (const mark of seen.keys()) {
		if (seen.size <= mostRemembered) return;
		seen.delete(mark);
	}
}

function order(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
