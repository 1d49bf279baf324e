import { ConflictError } from '../ports/errors';
import type { Database, Row } from '../store/database';
import { keptCodes } from './aliases';
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

/** Links by system and code, merged codes as those that were kept. Where a system is asked for, it is the `from` of each. */
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
	const wanted =
		code === undefined ? '' : ((await keptCodes(database, kind, system, [code])).get(code) ?? code);
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT ${columns} FROM crosswalk WHERE kind = $1
				AND ((system_a = $2 AND (code_a = $3 OR $4 = 0)) OR (system_b = $2 AND (code_b = $3 OR $4 = 0)))
				${order} LIMIT $5`,
			parameters: [kind, system, wanted, code === undefined ? 0 : 1, limit],
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
 * Gives all links of a duplicate to the code that stays, all or none; returns the moved links. The duplicate, and what was merged
 * into it before, stay known as other names of that code. Throws ConflictError, with nothing moved, when both are linked to
 * different codes of the same system: then they are not the same thing, or one of the links is wrong. So it does when one
 * of them was merged into another code before.
 */
export async function mergeCodes(
	database: Database,
	{ kind, system, duplicate, into }: CodeMerge,
	at: number,
): Promise<KeptLink[]> {
	const refuse = (why: string, hint: string) =>
		new ConflictError(`The ${kind} "${duplicate}" of ${system} can't be merged ${why} ${hint}`, {
			system,
			entity: kind,
			key: duplicate,
			hint,
		});
	if (duplicate === into) throw refuse('with itself.', 'Name two different codes.');
	// Each side of the table is asked for a system to which both codes are linked.
	const conflicts = `SELECT CASE WHEN d.system_a = $2 THEN d.system_b ELSE d.system_a END AS other,
			CASE WHEN d.system_a = $2 THEN d.code_b ELSE d.code_a END AS duplicate_link,
			CASE WHEN s.system_a = $2 THEN s.code_b ELSE s.code_a END AS kept_link
		FROM crosswalk d JOIN crosswalk s ON s.kind = d.kind AND s.system_a = d.system_a AND s.system_b = d.system_b
		WHERE d.kind = $1 AND ((d.system_a = $2 AND d.code_a = $3 AND s.code_a = $4)
			OR (d.system_b = $2 AND d.code_b = $3 AND s.code_b = $4))`;
	const earlier = `SELECT code, kept_code FROM aliases WHERE kind = $1 AND system = $2
		AND (code = $4 OR (code = $3 AND kept_code <> $4))`;
	const allowed = `NOT EXISTS (${conflicts}) AND NOT EXISTS (${earlier})`;
	const parameters = [kind, system, duplicate, into];
	const moved = 'RETURNING kind, system_a, code_a, system_b, code_b, origin, created_at';
	const [standing = [], merged = [], ...changes] = await database.transaction([
		{ sql: conflicts, parameters },
		{ sql: earlier, parameters },
		...(['a', 'b'] as const).map((side) => ({
			sql: `UPDATE crosswalk SET code_${side} = $4
				WHERE kind = $1 AND system_${side} = $2 AND code_${side} = $3 AND ${allowed} ${moved}`,
			parameters,
		})),
		{
			sql: `UPDATE aliases SET kept_code = $4 WHERE kind = $1 AND system = $2 AND kept_code = $3 AND ${allowed}`,
			parameters,
		},
		{
			sql: `INSERT INTO aliases (kind, system, code, kept_code, merged_at)
				SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
				WHERE ${allowed} ON CONFLICT DO NOTHING`,
			parameters: [...parameters, at],
		},
	]);
	const [before] = merged;
	if (before !== undefined) {
		const { code, kept_code: kept } = before;
		throw refuse(
			`into "${into}": "${code}" was merged into "${kept}" before. Nothing was moved.`,
			code === into
				? `Merge into "${kept}".`
				: `Merge "${kept}" into "${into}", or split "${code}" off "${kept}" first.`,
		);
	}
	if (standing.length > 0) {
		const links = standing
			.map((row) => `${row.other} "${row.duplicate_link}" and "${row.kept_link}"`)
			.join('; ');
		throw refuse(
			`into "${into}": they are linked to different codes (${links}). Nothing was moved.`,
			'Remove the wrong link first, then merge again.',
		);
	}
	return changes
		.slice(0, 2)
		.flat()
		.map((row) => keptLink(row, system));
}
