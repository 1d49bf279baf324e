import { createHash } from 'node:crypto';

import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { Change, ChangeCursor, ChangePage } from '../../core/ports/systemConnector';
import type { Domain, TrytonSession } from './session';
import { datetimeOf, lastChange, Stamps, type Instant } from './values';

/*
 * Tryton stamps each row with the instant of its last change, and tells nobody. Three things make that hard to follow:
 * a record consists of rows of several tables (a sale of itself and its lines); SQLite stamps to the second, so a row may
 * change again under the stamp that was already seen; PostgreSQL stamps with the beginning of the transaction, so a row may
 * appear later with an earlier stamp. Hence the cursor: the newest stamp seen (`at`); every row seen within the overlap before
 * it (`seen`), so that only unseen ones are read; and the records whose second may not be over yet (`fresh`), which are
 * read again until it is, and reported again only if they differ.
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

/** A record as read, and how its row's number maps to it. */
export interface CapturedRecord<T> {
	id: number;
	change: Change<T>;
}

export interface Capture<T> {
	session: TrytonSession;
	/** the first is the table of the records themselves */
	sources: [ChangeSource, ...ChangeSource[]];
	/** Reads the records with these numbers, in bulk; those that no longer exist are absent. */
	read(ids: number[]): Promise<Array<CapturedRecord<T>>>;
	overlapSeconds?: number;
	pageSize?: number;
	/** milliseconds since 1970, used for spans only: the systems' clocks need not agree */
	now?: () => number;
}

const Cursor = z.object({
	at: z.string(),
	seen: z.record(z.string(), z.string()),
	fresh: z.record(z.string(), z.tuple([z.number(), z.string()])),
});
type Cursor = z.infer<typeof Cursor>;

/** One row of one table, as the mark and number that identify it, and the records that it belongs to. */
interface Row {
	row: string;
	at: Instant;
	owners: number[];
}

const defaultOverlapSeconds = 60;
const defaultPageSize = 100;
/** Rows a search; what is asked for is small (a number, an owner, two instants). */
const searchPage = 5_000;
/** A stamp this old by our own clock, measured from when we first saw it, has its second behind it. */
const settledAfterMs = 1_500;

/** The records that changed after the cursor, oldest change first, in pages with the cursor to go on from. */
export async function* captureChanges<T>(
	capture: Capture<T>,
	cursor?: ChangeCursor,
): AsyncGenerator<ChangePage<T>> {
	const { now = Date.now, pageSize = defaultPageSize } = capture;
	const overlapMs = Math.max(2, capture.overlapSeconds ?? defaultOverlapSeconds) * 1000;
	const start = cursor === undefined ? undefined : parseCursor(cursor, capture.session.system);
	const startedAt = now();
	const rows = await changedRows(capture, start, overlapMs);
	const position = new Position(start, overlapMs, rows);
	for (const records of pagesOf(position.pending(), pageSize)) {
		const readAt = now();
		const found = new Map(
			(await capture.read(records.map(({ id }) => id))).map((record) => [record.id, record]),
		);
		const changes: Array<Change<T>> = [];
		for (const record of records) {
			const captured = found.get(record.id);
			const fingerprint = captured === undefined ? '' : fingerprintOf(captured.change);
			const isNews = position.advance(record, fingerprint, readAt);
			if (captured !== undefined && isNews) changes.push(captured.change);
		}
		yield { changes, cursor: position.cursor(startedAt) };
	}
}

async function changedRows<T>(
	{ session, sources }: Capture<T>,
	start: Cursor | undefined,
	overlapMs: number,
): Promise<Row[]> {
	// Without a cursor every record is read anyway, with all its rows: the other tables need not be asked.
	const asked = start === undefined ? sources.slice(0, 1) : sources;
	const since = start === undefined ? undefined : datetimeOf(earlier(start.at, overlapMs));
	const rows: Row[] = [];
	for (const { mark, model, owner, domain = [] } of asked) {
		const changed =
			since === undefined ? [] : [['OR', ['write_date', '>=', since], ['create_date', '>=', since]]];
		for (let last = 0; ; ) {
			const page = await session.search(model, StampedRow, [['id', '>', last], ...changed, ...domain], {
				related: [owner],
				order: [['id', 'ASC']],
				limit: searchPage,
				context: { active_test: false },
			});
			for (const found of page) {
				rows.push({ row: `${mark}${found.id}`, at: lastChange(found), owners: Owners.parse(found[owner]) });
			}
			const final = page.at(-1);
			if (final === undefined || page.length < searchPage) break;
			last = final.id;
		}
	}
	return rows;
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
	/** the newest of its rows that are not settled */
	at: Instant;
	rows: Row[];
}

class Position {
	private at: Instant;
	private readonly seen: Map<string, Instant>;
	private readonly fresh: Map<number, [firstSeen: number, fingerprint: string]>;
	private readonly newest: Instant;

	constructor(
		start: Cursor | undefined,
		private readonly overlapMs: number,
		private readonly rows: Row[],
	) {
		this.at = start?.at ?? '';
		this.seen = new Map(Object.entries(start?.seen ?? {}));
		const present = new Set(rows.flatMap(({ owners }) => owners));
		this.fresh = new Map(
			Object.entries(start?.fresh ?? {})
				.map(([id, entry]): [number, [number, string]] => [Number(id), entry])
				.filter(([id]) => present.has(id)),
		);
		this.newest = rows.reduce((newest, { at }) => (at > newest ? at : newest), this.at);
	}

	/** The records with a row that is unseen, or that may have changed again within its second; oldest first. */
	pending(): PendingRecord[] {
		const records = new Map<number, PendingRecord>();
		for (const row of this.rows) {
			for (const id of row.owners) {
				if (this.seen.get(row.row) === row.at && !this.fresh.has(id)) continue;
				const record = records.get(id) ?? { id, at: row.at, rows: [] };
				if (row.at > record.at) record.at = row.at;
				record.rows.push(row);
				records.set(id, record);
			}
		}
		return [...records.values()].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
	}

	/** Notes that a record was read, and tells whether what was read is news. */
	advance({ id, at, rows }: PendingRecord, fingerprint: string, readAt: number): boolean {
		const known = this.fresh.get(id);
		const hasUnseen = rows.some((row) => this.seen.get(row.row) !== row.at);
		for (const { row, at: stamp } of rows) this.seen.set(row, stamp);
		if (at > this.at) this.at = at;
		const firstSeen = known === undefined || hasUnseen ? readAt : known[0];
		// A later stamp anywhere in the database proves that the second is over.
		const isSettled = readAt - firstSeen >= settledAfterMs || at < earlier(this.newest, 1000);
		if (isSettled) this.fresh.delete(id);
		else this.fresh.set(id, [firstSeen, fingerprint]);
		return known === undefined || known[1] !== fingerprint;
	}

	/**
	 * A stamp ahead of every clock, from an import or a clock that was put right, must not hold back what comes after it: the
	 * position never passes the instant at which this look began.
	 */
	cursor(startedAt: number): ChangeCursor {
		const limit = inMicroseconds(startedAt);
		const at = this.at > limit ? limit : this.at;
		const from = earlier(at, this.overlapMs);
		for (const [row, stamp] of this.seen) if (stamp < from) this.seen.delete(row);
		return JSON.stringify({
			at,
			seen: Object.fromEntries(this.seen),
			fresh: Object.fromEntries(this.fresh),
		} satisfies Cursor);
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

function fingerprintOf({ record, problem }: Change<unknown>): string {
	return createHash('sha256')
		.update(JSON.stringify([record, problem?.message]))
		.digest('base64')
		.slice(0, 16);
}

function* pagesOf<T>(records: T[], size: number): Generator<T[]> {
	for (let start = 0; start < records.length; start += size) yield records.slice(start, start + size);
}
