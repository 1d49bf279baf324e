import { ConflictError } from '../ports/errors';
import type { Database, Row } from '../store/database';
import type { CrosswalkKind, CrosswalkLink } from './crosswalk';

/** A link as it is kept. `createdAt` is an ISO 8601 instant. */
export interface KeptLink extends CrosswalkLink {
	createdAt: string;
}

export interface LinkFilter {
	kind: CrosswalkKind;
	/** only links in which this system takes part */
	system?: string;
	/** only links of this code of `system` */
	code?: string;
	limit: number;
}

/** Links by system and code. Where a system is asked for, it is the `from` of each. */
export async function listLinks(
	database: Database,
	{ kind, system, code, limit }: LinkFilter,
): Promise<KeptLink[]> {
	const columns = 'kind, system_a, code_a, system_b, code_b, origin, created_at';
	const order = 'ORDER BY system_a, code_a, system_b';
	if (system === undefined) {
		const [rows = []] = await database.transaction([
			{
				sql: `SELECT ${columns} FROM crosswalk WHERE kind = $1 ${order} LIMIT $2`,
				parameters: [kind, limit],
			},
		]);
		return rows.map((row) => keptLink(row));
	}
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT ${columns} FROM crosswalk WHERE kind = $1
				AND ((system_a = $2 AND (code_a = $3 OR $4 = 0)) OR (system_b = $2 AND (code_b = $3 OR $4 = 0)))
				${order} LIMIT $5`,
			parameters: [kind, system, code ?? '', code === undefined ? 0 : 1, limit],
		},
	]);
	return rows.map((row) => keptLink(row, system));
}

function keptLink(row: Row, near?: string): KeptLink {
	const a = { system: String(row.system_a), code: String(row.code_a) };
	const b = { system: String(row.system_b), code: String(row.code_b) };
	return {
		kind: row.kind as CrosswalkKind,
		...(b.system === near ? { from: b, to: a } : { from: a, to: b }),
		origin: String(row.origin),
		createdAt: new Date(Number(row.created_at)).toISOString(),
	};
}

export interface CodeMerge {
	kind: CrosswalkKind;
	system: string;
	/** the code that is given up */
	duplicate: string;
	/** the code that stays */
	into: string;
}

/**
 * Gives all links of a duplicate to the code that stays, all or none; returns the moved links. Throws ConflictError, with
 * nothing moved, when both are linked to different codes of the same system: then they are not the same thing, or
 * one of the links is wrong.
 */
export async function mergeCodes(
	database: Database,
	{ kind, system, duplicate, into }: CodeMerge,
): Promise<KeptLink[]> {
	if (duplicate === into) {
		throw new ConflictError(`The ${kind} "${into}" of ${system} can't be merged with itself.`, {
			system,
			entity: kind,
			key: into,
			hint: 'Name two different codes.',
		});
	}
	// Each side of the table is asked for a system to which both codes are linked.
	const conflicts = `SELECT CASE WHEN d.system_a = $2 THEN d.system_b ELSE d.system_a END AS other,
			CASE WHEN d.system_a = $2 THEN d.code_b ELSE d.code_a END AS duplicate_link,
			CASE WHEN s.system_a = $2 THEN s.code_b ELSE s.code_a END AS kept_link
		FROM crosswalk d JOIN crosswalk s ON s.kind = d.kind AND s.system_a = d.system_a AND s.system_b = d.system_b
		WHERE d.kind = $1 AND ((d.system_a = $2 AND d.code_a = $3 AND s.code_a = $4)
			OR (d.system_b = $2 AND d.code_b = $3 AND s.code_b = $4))`;
	const parameters = [kind, system, duplicate, into];
	const moved = 'RETURNING kind, system_a, code_a, system_b, code_b, origin, created_at';
	const [standing = [], ...updates] = await database.transaction([
		{ sql: conflicts, parameters },
		...(['a', 'b'] as const).map((side) => ({
			sql: `UPDATE crosswalk SET code_${side} = $4
				WHERE kind = $1 AND system_${side} = $2 AND code_${side} = $3 AND NOT EXISTS (${conflicts}) ${moved}`,
			parameters,
		})),
	]);
	if (standing.length > 0) {
		const links = standing
			.map((row) => `${row.other} "${row.duplicate_link}" and "${row.kept_link}"`)
			.join('; ');
		throw new ConflictError(
			`The ${kind} "${duplicate}" of ${system} can't be merged into "${into}": they are linked to different codes (${links}). ` +
				'Nothing was moved. Remove the wrong link first, then merge again.',
			{
				system,
				entity: kind,
				key: duplicate,
				hint: 'Remove the wrong link first, then merge again.',
			},
		);
	}
	return updates.flat().map((row) => keptLink(row, system));
}
