import type { Database, Row, Statement } from './database';
import { chunked, forEachIn } from './statements';

/** Whose records: of one entity in one system, as one reader (a credential) may see them. */
export interface ReadScope {
	system: string;
	entity: string;
	reader: string;
}

/** What is kept of a record that was read on demand, and who is reading it now. */
export interface KeptRecord {
	key: string;
	/** JSON; absent until it was read for the first time */
	record?: string;
	/** milliseconds since 1970; 0 when it was never read */
	fetchedAt: number;
	/** who is reading it now; others wait for that */
	lease?: string;
	/** milliseconds since 1970; after that its holder counts as dead */
	leaseUntil: number;
	/** the lease whose reading ended last, well or not */
	settled?: string;
	/** why the last reading failed, in JSON */
	failure?: string;
}

/** Records kept in one store; the longest ago read go first. */
const mostKeptRecords = 10_000;
/** Rows that one eviction removes at most. */
const evictedAtOnce = 1_000;

export async function keptRecords(
	database: Database,
	{ system, entity, reader }: ReadScope,
	keys: string[],
): Promise<Map<string, KeptRecord>> {
	const results = await database.transaction(
		forEachIn(
			keys,
			[system, entity, reader],
			(list) =>
				`SELECT * FROM on_demand WHERE system = $1 AND entity = $2 AND reader = $3 AND key IN ${list}`,
		),
	);
	return new Map(results.flat().map((row) => [String(row.key), keptOf(row)]));
}

export interface LeaseRequest {
	/** a new name for every reading */
	lease: string;
	/** until when it holds without being renewed, milliseconds since 1970 */
	until: number;
	now: number;
	/** a record read after this instant needs no reading */
	freshAfter: number;
}

/** Takes the reading of records upon itself; returns those that nobody else is reading and that are not fresh. */
export async function takeLeases(
	database: Database,
	{ system, entity, reader }: ReadScope,
	keys: string[],
	{ lease, until, now, freshAfter }: LeaseRequest,
): Promise<string[]> {
	const results = await database.transaction(
		chunked([...new Set(keys)].sort(), 1_000).map((some): Statement => {
			const values = some.map((_, index) => `($1, $2, $${index + 8}, $3, 0, $4, $5)`);
			return {
				sql: `INSERT INTO on_demand (system, entity, key, reader, fetched_at, lease, lease_until)
					VALUES ${values.join(', ')}
					ON CONFLICT (system, entity, key, reader) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
					WHERE (on_demand.lease IS NULL OR on_demand.lease_until <= $6 OR on_demand.lease = excluded.lease)
						AND (on_demand.record IS NULL OR on_demand.fetched_at <= $7) RETURNING key`,
				parameters: [system, entity, reader, lease, until, now, freshAfter, ...some],
			};
		}),
	);
	return results.flat().map(({ key }) => String(key));
}

/** The reading goes on: its holder is alive. */
export async function renewLeases(
	database: Database,
	{ system, entity, reader }: ReadScope,
	keys: string[],
	lease: string,
	until: number,
): Promise<void> {
	await database.transaction(
		forEachIn(
			[...keys].sort(),
			[system, entity, reader, lease, until],
			(list) => `UPDATE on_demand SET lease_until = $5
				WHERE system = $1 AND entity = $2 AND reader = $3 AND lease = $4 AND key IN ${list}`,
		),
	);
}

/**
 * Keeps what was read, ends the lease, and lets the longest ago read records go. Returns the keys that were kept: a record
 * that was forgotten or read by somebody else meanwhile is not.
 */
export async function keepRecords(
	database: Database,
	{ system, entity, reader }: ReadScope,
	lease: string,
	records: Array<{ key: string; record: string }>,
	at: number,
	most = mostKeptRecords,
): Promise<string[]> {
	const keeping = records
		.toSorted((a, b) => (a.key < b.key ? -1 : 1))
		.map(({ key, record }) => ({
			sql: `UPDATE on_demand SET record = $6, fetched_at = $5, lease = NULL, settled = $4, failure = NULL
				WHERE system = $1 AND entity = $2 AND reader = $3 AND key = $7 AND (lease = $4 OR (settled = $4 AND lease IS NULL))
				RETURNING key`,
			parameters: [system, entity, reader, lease, at, record, key],
		}));
	const results = await database.transaction([
		...keeping,
		{
			sql: `DELETE FROM on_demand WHERE (system, entity, key, reader) IN
				(SELECT system, entity, key, reader FROM on_demand WHERE lease IS NULL OR lease_until < $1
				ORDER BY fetched_at DESC, system, entity, key, reader LIMIT $2 OFFSET $3)`,
			parameters: [at, evictedAtOnce, most],
		},
	]);
	return results
		.slice(0, keeping.length)
		.flat()
		.map(({ key }) => String(key));
}

/** The reading failed: the lease ends, and those who wait for it find why. What was kept before stays. */
export async function failReading(
	database: Database,
	{ system, entity, reader }: ReadScope,
	lease: string,
	keys: string[],
	failure: string,
): Promise<void> {
	await database.transaction(
		forEachIn(
			[...keys].sort(),
			[system, entity, reader, lease, failure],
			(list) => `UPDATE on_demand SET lease = NULL, settled = $4, failure = $5
				WHERE system = $1 AND entity = $2 AND reader = $3 AND lease = $4 AND key IN ${list}`,
		),
	);
}

/**
 * The statements that forget records whoever reads them, because they changed. A reading that is under way loses its lease,
 * so that an older state is not kept.
 */
export function forgetting(records: Iterable<{ system: string; entity: string; key: string }>): Statement[] {
	const keysBy = new Map<string, { system: string; entity: string; keys: Set<string> }>();
	for (const { system, entity, key } of records) {
		const name = JSON.stringify([system, entity]);
		const group = keysBy.get(name) ?? { system, entity, keys: new Set<string>() };
		keysBy.set(name, group);
		group.keys.add(key);
	}
	return [...keysBy]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.flatMap(([, { system, entity, keys }]) =>
			forEachIn(
				[...keys].sort(),
				[system, entity],
				(list) => `DELETE FROM on_demand WHERE system = $1 AND entity = $2 AND key IN ${list} RETURNING key`,
			),
		);
}

/** Forgets every record of an entity; returns how many there were. */
export async function forgetAll(database: Database, system: string, entity: string): Promise<number> {
	const [rows = []] = await database.transaction([
		{
			sql: 'DELETE FROM on_demand WHERE system = $1 AND entity = $2 RETURNING key',
			parameters: [system, entity],
		},
	]);
	return rows.length;
}

function keptOf(row: Row): KeptRecord {
	return {
		key: String(row.key),
		fetchedAt: Number(row.fetched_at),
		leaseUntil: Number(row.lease_until),
		...(row.record === null ? {} : { record: String(row.record) }),
		...(row.lease === null ? {} : { lease: String(row.lease) }),
		...(row.settled === null ? {} : { settled: String(row.settled) }),
		...(row.failure === null ? {} : { failure: String(row.failure) }),
	};
}
