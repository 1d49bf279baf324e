import type { Database, Row } from './database';
import { forEachIn, insertRows } from './statements';

/** Two systems disagree about one field group of one record, and a person has to choose. */
export interface Conflict {
	/** the system that would have to change */
	target: string;
	entity: string;
	/** the record's key in the target */
	key: string;
	fieldGroup: string;
	/** the side whose word counts: `erp` or `wms` */
	owner: string;
	/** the owner's record as it would be applied, in JSON */
	record: string;
	/** what both had when they last agreed */
	agreed?: string;
	ownerValue?: string;
	otherValue?: string;
	/** of the owner's record */
	sequence: number;
	/** milliseconds since 1970 */
	foundAt: number;
}

/** Lists conflicts; one that is listed already takes the new values and keeps the time at which it was found. */
export async function listConflicts(database: Database, conflicts: Conflict[]): Promise<void> {
	const latest = new Map(conflicts.map((one) => [JSON.stringify([one.target, one.entity, one.key]), one]));
	const rows = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
	await database.transaction(
		insertRows({
			table: 'conflicts',
			columns: [
				'target',
				'entity',
				'key',
				'field_group',
				'owner',
				'record',
				'agreed',
				'owner_value',
				'other_value',
				'sequence',
				'found_at',
			],
			rows: rows.map((one) => [
				one.target,
				one.entity,
				one.key,
				one.fieldGroup,
				one.owner,
				one.record,
				one.agreed ?? null,
				one.ownerValue ?? null,
				one.otherValue ?? null,
				one.sequence,
				one.foundAt,
			]),
			suffix: `ON CONFLICT (target, entity, key) DO UPDATE SET field_group = excluded.field_group,
				owner = excluded.owner, record = excluded.record, agreed = excluded.agreed, owner_value = excluded.owner_value,
				other_value = excluded.other_value, sequence = excluded.sequence`,
		}),
	);
}

/** Oldest first; of one target, or of all. */
export async function openConflicts(database: Database, target?: string, limit = 1_000): Promise<Conflict[]> {
	const [rows = []] = await database.transaction([
		target === undefined
			? {
					sql: 'SELECT * FROM conflicts ORDER BY found_at, target, entity, key LIMIT $1',
					parameters: [limit],
				}
			: {
					sql: 'SELECT * FROM conflicts WHERE target = $1 ORDER BY found_at, entity, key LIMIT $2',
					parameters: [target, limit],
				},
	]);
	return rows.map(conflictOf);
}

export async function conflictsOf(
	database: Database,
	target: string,
	entity: string,
	keys: string[],
): Promise<Map<string, Conflict>> {
	const results = await database.transaction(
		forEachIn(
			[...new Set(keys)],
			[target, entity],
			(list) => `SELECT * FROM conflicts WHERE target = $1 AND entity = $2 AND key IN ${list}`,
		),
	);
	return new Map(results.flat().map((row) => [String(row.key), conflictOf(row)]));
}

/** What was settled is no longer listed. */
export async function settleConflicts(
	database: Database,
	target: string,
	entity: string,
	keys: string[],
): Promise<void> {
	await database.transaction(
		forEachIn(
			[...new Set(keys)].sort(),
			[target, entity],
			(list) => `DELETE FROM conflicts WHERE target = $1 AND entity = $2 AND key IN ${list}`,
		),
	);
}

function conflictOf(row: Row): Conflict {
	return {
		target: String(row.target),
		entity: String(row.entity),
		key: String(row.key),
		fieldGroup: String(row.field_group),
		owner: String(row.owner),
		record: String(row.record),
		...(row.agreed === null ? {} : { agreed: String(row.agreed) }),
		...(row.owner_value === null ? {} : { ownerValue: String(row.owner_value) }),
		...(row.other_value === null ? {} : { otherValue: String(row.other_value) }),
		sequence: Number(row.sequence),
		foundAt: Number(row.found_at),
	};
}
