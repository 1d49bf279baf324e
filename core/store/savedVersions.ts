import type { Database, Row } from './database';

/** One saved version of a named definition. The highest version of a name is the one that holds. */
export interface SavedVersion {
	name: string;
	version: number;
	/** JSON */
	definition: string;
	/** milliseconds since 1970 */
	savedAt: number;
}

/** Tables that keep definitions by name and version. */
export type VersionedTable = 'sync_policies' | 'finance_rule_sets' | 'approval_delegations';

/**
 * Saves a definition as the next version of the name; from then on it holds. A definition that holds already makes no new
 * version, so saving it again is safe.
 */
export async function saveVersion(
	database: Database,
	table: VersionedTable,
	name: string,
	definition: string,
	at: number,
): Promise<SavedVersion & { isNew: boolean }> {
	for (;;) {
		const [inserted = [], holding = []] = await database.transaction([
			{
				sql: `INSERT INTO ${table} (name, version, definition, saved_at)
					SELECT CAST($1 AS TEXT), COALESCE(MAX(version), 0) + 1, CAST($2 AS TEXT), CAST($3 AS BIGINT)
					FROM ${table} WHERE name = $1
					HAVING COUNT(*) = 0 OR MAX(version) <> COALESCE(
						(SELECT MAX(same.version) FROM ${table} AS same WHERE same.name = $1 AND same.definition = $2), 0)
					ON CONFLICT (name, version) DO NOTHING RETURNING version`,
				parameters: [name, definition, at],
			},
			holdingOf(table, name),
		]);
		const version = inserted[0]?.version;
		if (version !== undefined)
			return { name, version: Number(version), definition, savedAt: at, isNew: true };
		const saved = holding[0] && savedOf(holding[0]);
		if (saved?.definition === definition) return { ...saved, isNew: false };
		// Another writer took the version number in the same moment: look again at what now holds.
	}
}

/** The version that holds, or the one asked for; undefined when there is none. */
export async function versionNamed(
	database: Database,
	table: VersionedTable,
	name: string,
	version?: number,
): Promise<SavedVersion | undefined> {
	const [rows = []] = await database.transaction([
		version === undefined
			? holdingOf(table, name)
			: {
					sql: `SELECT * FROM ${table} WHERE name = $1 AND version = $2`,
					parameters: [name, version],
				},
	]);
	return rows[0] && savedOf(rows[0]);
}

/** What holds under each name, by name. */
export async function allHolding(database: Database, table: VersionedTable): Promise<SavedVersion[]> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT * FROM ${table} AS one WHERE version =
				(SELECT MAX(version) FROM ${table} AS other WHERE other.name = one.name) ORDER BY name`,
		},
	]);
	return rows.map(savedOf);
}

function holdingOf(table: VersionedTable, name: string) {
	return {
		sql: `SELECT * FROM ${table} WHERE name = $1 ORDER BY version DESC LIMIT 1`,
		parameters: [name],
	};
}

function savedOf(row: Row): SavedVersion {
	return {
		name: String(row.name),
		version: Number(row.version),
		definition: String(row.definition),
		savedAt: Number(row.saved_at),
	};
}
