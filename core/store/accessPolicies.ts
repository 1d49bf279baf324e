import { createHash } from 'node:crypto';

import { ConflictError } from '../ports/errors';
import type { Database, Row } from './database';

/** One published version of a set of policies. The highest version of a name is the one that holds. */
export interface PublishedVersion {
	name: string;
	version: number;
	/** JSON of all that decisions are made by */
	definition: string;
	/** JSON of what was found out about it when it was published */
	needs: string;
	digest: string;
	/** milliseconds since 1970 */
	publishedAt: number;
	publishedBy: string;
	reason: string;
	/** the earlier version that this one brought back */
	restoredVersion?: number;
}

export type Publication = Pick<
	PublishedVersion,
	'name' | 'definition' | 'needs' | 'publishedAt' | 'publishedBy' | 'reason' | 'restoredVersion'
> & {
	/** the version that the publisher has seen: 0 when there was none */
	after: number;
};

/** Adds a version. Throws ConflictError when somebody else has published since `after`: nothing is overwritten unseen. */
export async function publishVersion(
	database: Database,
	publication: Publication,
): Promise<PublishedVersion> {
	const { name, definition, needs, publishedAt, publishedBy, reason, restoredVersion, after } = publication;
	const digest = createHash('sha256').update(definition).digest('hex');
	const [inserted = []] = await database.transaction([
		{
			sql: `INSERT INTO access_policies
				(name, version, definition, needs, digest, published_at, published_by, reason, restored_version)
				SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT),
					CAST($6 AS BIGINT), CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS BIGINT)
				FROM (SELECT COALESCE(MAX(version), 0) AS newest FROM access_policies WHERE name = $1) AS held
				WHERE newest = $10
				ON CONFLICT (name, version) DO NOTHING RETURNING *`,
			parameters: [
				name,
				after + 1,
				definition,
				needs,
				digest,
				publishedAt,
				publishedBy,
				reason,
				restoredVersion ?? null,
				after,
			],
		},
	]);
	if (inserted[0] !== undefined) return versionOf(inserted[0]);
	throw new ConflictError(
		`Somebody else has published a version of the policy set "${name}" in the meantime; nothing was published.`,
		{ system: 'policies', key: name, hint: 'Look at the new version and publish again.' },
	);
}

/** Number and digest of the version that holds: what a decision has to ask each time. */
export async function holdingVersion(
	database: Database,
	name: string,
): Promise<{ version: number; digest: string } | undefined> {
	const [[row] = []] = await database.transaction([
		{
			sql: 'SELECT version, digest FROM access_policies WHERE name = $1 ORDER BY version DESC LIMIT 1',
			parameters: [name],
		},
	]);
	return row && { version: Number(row.version), digest: String(row.digest) };
}

/** The version asked for, or the one that holds. */
export async function publishedVersion(
	database: Database,
	name: string,
	version?: number,
): Promise<PublishedVersion | undefined> {
	const [[row] = []] = await database.transaction([
		{
			sql: `SELECT * FROM access_policies WHERE name = $1 AND version <= $2 AND version >= $3 ORDER BY version DESC LIMIT 1`,
			parameters: [name, version ?? Number.MAX_SAFE_INTEGER, version ?? 0],
		},
	]);
	return row && versionOf(row);
}

/** Who published what, when and why; newest first. Definitions are left out. */
export async function publishedVersions(
	database: Database,
	name: string,
	limit?: number,
): Promise<Array<Omit<PublishedVersion, 'definition' | 'needs'>>> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT name, version, '' AS definition, '' AS needs, digest, published_at, published_by, reason, restored_version
				FROM access_policies WHERE name = $1 ORDER BY version DESC LIMIT $2`,
			parameters: [name, limit ?? Number.MAX_SAFE_INTEGER],
		},
	]);
	return rows.map((row) => {
		const { definition: _definition, needs: _needs, ...version } = versionOf(row);
		return version;
	});
}

/** Every set of policies with the version that holds, by name. */
export async function policySetNames(database: Database): Promise<Array<{ name: string; version: number }>> {
	const [rows = []] = await database.transaction([
		{ sql: 'SELECT name, MAX(version) AS version FROM access_policies GROUP BY name ORDER BY name' },
	]);
	return rows.map((row) => ({ name: String(row.name), version: Number(row.version) }));
}

function versionOf(row: Row): PublishedVersion {
	return {
		name: String(row.name),
		version: Number(row.version),
		definition: String(row.definition),
		needs: String(row.needs),
		digest: String(row.digest),
		publishedAt: Number(row.published_at),
		publishedBy: String(row.published_by),
		reason: String(row.reason),
		...(row.restored_version === null || row.restored_version === undefined
			? {}
			: { restoredVersion: Number(row.restored_version) }),
	};
}
