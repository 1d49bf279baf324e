import type { Database, Statement } from './database';
import { forEachIn, insertRows } from './statements';

/** A record as a system shows it now. */
export interface SeenRecord {
	key: string;
	/** the same for the same content, such as a hash; a deleted record has one of its own */
	fingerprint: string;
	/** the system's own version number of the record, where it keeps one */
	version?: number;
}

/** A change that has not been announced yet. */
export interface CapturedChange {
	key: string;
	/** rises with every change of this record; the first is 1 or the system's own version */
	sequence: number;
	/** true when nobody was told of this record before */
	isNew: boolean;
}

/**
 * Remembers what the records look like now and returns those whose present state was not announced yet, in the order
 * given, with their sequence. A sequence rises only when the fingerprint differs; it becomes the system's own version
 * where that is greater. Until `announcement` is applied, the same changes are returned again with the same sequences, so
 * nothing is lost when the caller dies in between.
 */
export async function capture(
	database: Database,
	system: string,
	entity: string,
	records: SeenRecord[],
	at: number,
): Promise<CapturedChange[]> {
	if (records.length === 0) return [];
	// Of a record that is given twice the last state counts; one statement may not touch a row twice.
	const latest = [...new Map(records.map((record) => [record.key, record])).values()];
	const upserts = insertRows({
		table: 'captured',
		columns: ['system', 'entity', 'key', 'sequence', 'announced', 'fingerprint', 'updated_at'],
		rows: inKeyOrder(latest).map(({ key, fingerprint, version }) => [
			system,
			entity,
			key,
			Math.max(1, version ?? 1),
			0,
			fingerprint,
			at,
		]),
		suffix: `ON CONFLICT (system, entity, key) DO UPDATE SET
			sequence = CASE WHEN excluded.sequence > captured.sequence THEN excluded.sequence ELSE captured.sequence + 1 END,
			fingerprint = excluded.fingerprint, updated_at = excluded.updated_at
			WHERE captured.fingerprint <> excluded.fingerprint`,
	});
	const reads = forEachIn(
		latest.map(({ key }) => key),
		[system, entity],
		(keys) => `SELECT key, sequence, announced FROM captured
			WHERE system = $1 AND entity = $2 AND key IN ${keys} AND sequence > announced`,
	);
	const results = await database.transaction([...upserts, ...reads]);
	const rows = new Map(
		results
			.slice(upserts.length)
			.flat()
			.map((row) => [row.key, row]),
	);
	return latest.flatMap(({ key }): CapturedChange[] => {
		const row = rows.get(key);
		if (row === undefined) return [];
		return [{ key, sequence: Number(row.sequence), isNew: row.announced === 0 }];
	});
}

/**
 * The statements that mark changes as announced. Apply them together with what announces them (the outbox rows), or after
 * it. A change that came meanwhile stays unannounced.
 */
export function announcement(
	system: string,
	entity: string,
	changes: Array<{ key: string; sequence: number }>,
	at: number,
): Statement[] {
	const newest = new Map<string, number>();
	for (const { key, sequence } of changes) newest.set(key, Math.max(sequence, newest.get(key) ?? 0));
	return insertRows({
		table: 'captured',
		columns: ['system', 'entity', 'key', 'sequence', 'announced', 'fingerprint', 'updated_at'],
		rows: inKeyOrder([...newest].map(([key, sequence]) => ({ key, sequence }))).map(({ key, sequence }) => [
			system,
			entity,
			key,
			sequence,
			sequence,
			unknownFingerprint,
			at,
		]),
		suffix: `ON CONFLICT (system, entity, key) DO UPDATE SET announced = excluded.announced
			WHERE captured.announced < excluded.announced`,
	});
}

/** Of a record whose row has gone, the sequence is kept; whatever is seen next is a change. */
const unknownFingerprint = '';

/** Rows locked in one order everywhere cannot deadlock. */
function inKeyOrder<T extends { key: string }>(records: T[]): T[] {
	return records.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
