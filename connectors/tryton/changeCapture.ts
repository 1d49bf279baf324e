import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { Change, ChangeCursor, ChangePage } from '../../core/ports/systemConnector';
import { changedAfter } from './criteria';
import type { Domain, TrytonSession } from './session';
import { lastChange, Stamps, type Instant } from './values';

/*
 * Tryton stamps each row with the instant (microseconds) at which the transaction that last changed it began, and tells nobody. Two things
 * make that hard to follow: a record consists of rows of several tables (a sale of itself and its lines), and a row may appear
 * late, with an earlier stamp than others that are already known. Hence the cursor: the newest stamp seen (`at`), and every
 * row seen within the overlap before it (`seen`), so that each look asks for all rows since the overlap began, and reads the
 * records of those that are not among the seen ones. Rows that share a stamp are thus told apart, and none is skipped.
 *
 * Rows that were deleted leave no trace in Tryton: a line is deleted through its sale, whose own row then changes; a sale can
 * only be deleted after it was cancelled.
 */

/** A table whose rows make up the records. */
export interface ChangeSource {
	/** short mark of the table in cursors */
	mark: string;
	model: string;
	/** field that holds the record's own number, or numbers; `id` for the table of the records themselves */
	owner: string;
	domain?: Domain;
}

/** Where rows are searched. */
export type Rows = Pick<TrytonSession, 'system' | 'search'>;

/** A record as read, and how its row's number maps to it. */
export interface CapturedRecord<T> {
	id: number;
	change: Change<T>;
}

export interface Capture<T> {
	session: Rows;
	/** the first is the table of the records themselves */
	sources: [ChangeSource, ...ChangeSource[]];
	/**
	 * Reads the records with these numbers, in bulk; those that no longer exist are absent. `stamps` is when the newest row of each
	 * changed.
	 */
	read(ids: number[], stamps: Map<number, Instant>): Promise<Array<CapturedRecord<T>>>;
	overlapSeconds?: number;
	pageSize?: number;
	/** our own clock, milliseconds since 1970; it need not agree with Tryton's */
	now?: () => number;
}

const Cursor = z.object({
	at: z.string(),
	seen: z.record(z.string(), z.string()),
});
type Cursor = z.infer<typeof Cursor>;

/** One row of one table as part of one record. A row of many records (a template of its products) counts once for each. */
interface Row {
	/** identifies it in cursors */
	row: string;
	at: Instant;
	owner: number;
}

const defaultOverlapSeconds = 60;
const defaultPageSize = 100;
/** Rows a search; what is asked for is small (a number, an owner, two instants). */
const searchPage = 5_000;

/** The records that changed after the cursor, oldest change first, in pages with the cursor to go on from. */
export async function* captureChanges<T>(
	capture: Capture<T>,
	cursor?: ChangeCursor,
): AsyncGenerator<ChangePage<T>> {
	const { now = Date.now, pageSize = defaultPageSize } = capture;
	const overlapMs = (capture.overlapSeconds ?? defaultOverlapSeconds) * 1000;
	const start = cursor === undefined ? undefined : parseCursor(cursor, capture.session.system);
	const startedAt = now();
	const rows = await changedRows(capture, start, overlapMs);
	const position = new Position(start, overlapMs);
	for (const records of pagesOf(position.pending(rows), pageSize)) {
		const stamps = new Map(records.map(({ id, at }) => [id, at]));
		const found = new Map(
			(await capture.read([...stamps.keys()], stamps)).map((record) => [record.id, record]),
		);
		const changes = records.flatMap(({ id }) => found.get(id)?.change ?? []);
		yield { changes, cursor: position.after(records, startedAt) };
	}
}

/** All rows stamped since the overlap began; without a cursor all records, and what else changed about when the last one did. */
async function changedRows<T>(
	{ session, sources: [records, ...parts] }: Capture<T>,
	start: Cursor | undefined,
	overlapMs: number,
): Promise<Row[]> {
	const since = start === undefined ? undefined : earlier(start.at, overlapMs);
	const rows = await rowsSince(session, records, since);
	const newest = rows.reduce((latest, { at }) => (at > latest ? at : latest), '');
	for (const part of parts)
		rows.push(...(await rowsSince(session, part, since ?? earlier(newest, overlapMs))));
	return rows;
}

async function rowsSince(
	session: Rows,
	{ mark, model, owner, domain = [] }: ChangeSource,
	since: Instant | undefined,
): Promise<Row[]> {
	const rows: Row[] = [];
	const stamped = since ? [changedAfter(since)] : [];
	for (let last = 0; ; ) {
		const page = await session.search(model, StampedRow, [['id', '>', last], ...stamped, ...domain], {
			related: [owner],
			order: [['id', 'ASC']],
			limit: searchPage,
			context: { active_test: false },
		});
		for (const found of page) {
			const at = lastChange(found);
			for (const id of Owners.parse(found[owner])) {
				rows.push({ row: owner === 'id' ? `${mark}${id}` : `${mark}${found.id}.${id}`, at, owner: id });
			}
		}
		const final = page.at(-1);
		if (final === undefined || page.length < searchPage) return rows;
		last = final.id;
	}
}

/** The stamps, and the field that names the owner. */
const StampedRow = z.looseObject(Stamps.shape);

/** A number, a list of numbers, or `model,number`; null where the row belongs to no record. */
const Owners = z.union([
	z
		.number()
		.int()
		.transform((id) => [id]),
	z.array(z.number().int()),
	z.string().transform((reference) => [Number(reference.split(',')[1])]),
	z.null().transform((): number[] => []),
]);

interface PendingRecord {
	id: number;
	/** the newest of its unseen rows */
	at: Instant;
	rows: Row[];
}

class Position {
	private at: Instant;
	private readonly seen: Map<string, Instant>;

	constructor(
		start: Cursor | undefined,
		private readonly overlapMs: number,
	) {
		this.at = start?.at ?? '';
		this.seen = new Map(Object.entries(start?.seen ?? {}));
	}

	/** The records with an unseen row; oldest change first. */
	pending(rows: Row[]): PendingRecord[] {
		const records = new Map<number, PendingRecord>();
		for (const row of rows) {
			if (this.seen.get(row.row) === row.at) continue;
			const record = records.get(row.owner) ?? { id: row.owner, at: row.at, rows: [] };
			if (row.at > record.at) record.at = row.at;
			record.rows.push(row);
			records.set(row.owner, record);
		}
		return [...records.values()].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
	}

	/**
	 * The cursor once these records are safe. A stamp ahead of every clock, from an import or a clock that was put right, must
	 * not hold back what comes after it: the position never passes the instant at which this look began.
	 */
	after(records: PendingRecord[], startedAt: number): ChangeCursor {
		for (const { at, rows } of records) {
			for (const { row, at: stamp } of rows) this.seen.set(row, stamp);
			if (at > this.at) this.at = at;
		}
		const limit = inMicroseconds(startedAt);
		const at = this.at > limit ? limit : this.at;
		const from = earlier(at, this.overlapMs);
		for (const [row, stamp] of this.seen) if (stamp < from) this.seen.delete(row);
		return JSON.stringify({ at, seen: Object.fromEntries(this.seen) } satisfies Cursor);
	}
}

function parseCursor(text: string, system: string): Cursor {
	try {
		return Cursor.parse(JSON.parse(text));
	} catch (cause) {
		throw new ValidationError(`The position in the changes of ${system} is unreadable.`, {
			system,
			hint: 'Reset the position; everything is then read again, and nothing is lost.',
			cause,
		});
	}
}

function earlier(instant: string, milliseconds: number): string {
	if (instant === '') return '';
	return inMicroseconds(Date.parse(instant) - milliseconds);
}

/** In the notation of `Instant`, so that text order is time order. */
function inMicroseconds(milliseconds: number): Instant {
	return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function* pagesOf<T>(records: T[], size: number): Generator<T[]> {
	for (let start = 0; start < records.length; start += size) yield records.slice(start, start + size);
}
