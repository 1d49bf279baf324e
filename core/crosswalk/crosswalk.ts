import { ConflictError } from '../ports/errors';
import type { Database, Row } from '../store/database';
import { chunked, forEachIn, inList } from '../store/statements';
import { keptCodes } from './aliases';

export type CrosswalkKind = 'item' | 'partner' | 'unit' | 'employee';

/** A record under a system's own code. */
export interface SystemCode {
	system: string;
	code: string;
}

/** Two systems' codes for one thing. Direction has no meaning. */
export interface CrosswalkLink {
	kind: CrosswalkKind;
	from: SystemCode;
	to: SystemCode;
	/** who says so: `manual`, `gtin` ... */
	origin: string;
}

export type LinkOutcome =
	| { link: CrosswalkLink; isNew: boolean }
	| { link: CrosswalkLink; error: ConflictError };

/**
 * The codes that `to` has for `from`'s codes. A code without a link is absent; one that was merged has the link of the code that
 * was kept.
 */
export async function linksOf(
	database: Database,
	kind: CrosswalkKind,
	from: string,
	codes: string[],
	to: string,
): Promise<Map<string, string>> {
	const distinct = [...new Set(codes)];
	if (from === to) {
		const kept = await keptCodes(database, kind, from, distinct);
		return new Map(distinct.map((code) => [code, kept.get(code) ?? code]));
	}
	const { near, far, systems } = columnsFor(from, to);
	const results = await database.transaction([
		...forEachIn(
			distinct,
			[kind, ...systems],
			(list) => `SELECT ${near} AS near, ${far} AS far FROM crosswalk
				WHERE kind = $1 AND system_a = $2 AND system_b = $3 AND ${near} IN ${list}`,
		),
		...forEachIn(
			distinct,
			[kind, ...systems, from],
			(list) => `SELECT alias.code AS near, link.${far} AS far FROM aliases alias
				JOIN crosswalk link ON link.kind = alias.kind AND link.${near} = alias.kept_code
				WHERE link.kind = $1 AND link.system_a = $2 AND link.system_b = $3
					AND alias.system = $4 AND alias.code IN ${list}`,
		),
	]);
	return new Map(results.flat().map(({ near: own, far: other }) => [String(own), String(other)]));
}

/**
 * Links codes, once and for both directions; a link that is there already stays as it is. Throws ConflictError when one of
 * the codes is linked to another code of that system. True when the link is new.
 */
export async function link(database: Database, newLink: CrosswalkLink, at: number): Promise<boolean> {
	const [outcome] = await linkAll(database, [newLink], at);
	if (outcome === undefined) return false;
	if ('error' in outcome) throw outcome.error;
	return outcome.isNew;
}

/**
 * Links many; as many outcomes as links, in their order. A contradicting link never stops its neighbours. A code that was merged
 * is linked as the code that was kept.
 */
export async function linkAll(
	database: Database,
	links: CrosswalkLink[],
	at: number,
): Promise<LinkOutcome[]> {
	const rows = links.map((one) => ({ one, sides: sidesOf(one) }));
	const columns = ['kind', 'system_a', 'code_a', 'system_b', 'code_b', 'origin', 'created_at'];
	const inserts = chunked(rows, linksPerStatement).map((some) => ({
		// SQLite and PostgreSQL both call the columns of VALUES column1, column2 ...
		sql: `INSERT INTO crosswalk (${columns.join(', ')})
			SELECT column1, column2, COALESCE(alias_a.kept_code, column3), column4, COALESCE(alias_b.kept_code, column5),
				column6, CAST(column7 AS BIGINT)
			FROM (VALUES ${some.map((_, index) => inList(columns, index * columns.length + 1)).join(', ')}) AS given
			LEFT JOIN aliases alias_a ON alias_a.kind = column1 AND alias_a.system = column2 AND alias_a.code = column3
			LEFT JOIN aliases alias_b ON alias_b.kind = column1 AND alias_b.system = column4 AND alias_b.code = column5
			WHERE true
			ON CONFLICT DO NOTHING RETURNING kind, system_a, code_a, system_b, code_b`,
		parameters: some.flatMap(({ one, sides: [a, b] }) => [
			one.kind,
			a.system,
			a.code,
			b.system,
			b.code,
			one.origin,
			at,
		]),
	}));
	// What stands in the way of a link is read in the same transaction, so the error tells what really did.
	const reads = rows.map(({ one, sides: [a, b] }) => ({
		sql: `SELECT wanted.a AS wanted_a, wanted.b AS wanted_b, code_a, code_b, origin FROM (SELECT
				COALESCE((SELECT kept_code FROM aliases WHERE kind = $1 AND system = $2 AND code = $4), $4) AS a,
				COALESCE((SELECT kept_code FROM aliases WHERE kind = $1 AND system = $3 AND code = $5), $5) AS b) wanted
			JOIN crosswalk ON kind = $1 AND system_a = $2 AND system_b = $3
				AND (code_a = wanted.a OR code_b = wanted.b)`,
		parameters: [one.kind, a.system, b.system, a.code, b.code],
	}));
	const results = await database.transaction([...inserts, ...reads]);
	const inserted = new Set(results.slice(0, inserts.length).flat().map(identityOf));
	return rows.map(({ one, sides: [a, b] }, index): LinkOutcome => {
		const present = results[inserts.length + index] ?? [];
		const same = present.find((row) => row.code_a === row.wanted_a && row.code_b === row.wanted_b);
		if (same === undefined) return { link: one, error: contradiction(one, a, b, present) };
		const identity = identityOf({ ...same, kind: one.kind, system_a: a.system, system_b: b.system });
		return { link: one, isNew: inserted.delete(identity) };
	});
}

/** Seven parameters each. */
const linksPerStatement = 1_000;

/** Removes the link of a code, or of the one that it was merged into, to the other system. False when there was none. */
export async function unlink(
	database: Database,
	kind: CrosswalkKind,
	from: SystemCode,
	to: string,
): Promise<boolean> {
	const { near, systems } = columnsFor(from.system, to);
	const [rows = []] = await database.transaction([
		{
			sql: `DELETE FROM crosswalk WHERE kind = $1 AND system_a = $2 AND system_b = $3 AND ${near} = COALESCE(
				(SELECT kept_code FROM aliases WHERE kind = $1 AND system = $4 AND code = $5), $5) RETURNING kind`,
			parameters: [kind, ...systems, from.system, from.code],
		},
	]);
	return rows.length > 0;
}

/** A pair of systems is stored one way only, the one whose name sorts first as `a`, so both directions find the same row. */
function columnsFor(from: string, to: string): { near: string; far: string; systems: [string, string] } {
	return from < to
		? { near: 'code_a', far: 'code_b', systems: [from, to] }
		: { near: 'code_b', far: 'code_a', systems: [to, from] };
}

function sidesOf({ kind, from, to }: CrosswalkLink): [SystemCode, SystemCode] {
	if (from.system === to.system) {
		throw new ConflictError(
			`The ${kind} "${from.code}" of ${from.system} can't be linked within its own system.`,
			{
				system: from.system,
				entity: kind,
				key: from.code,
				hint: 'Name two different systems.',
			},
		);
	}
	return from.system < to.system ? [from, to] : [to, from];
}

function identityOf({ kind, system_a, code_a, system_b, code_b }: Row): string {
	return JSON.stringify([kind, system_a, code_a, system_b, code_b]);
}

function contradiction(one: CrosswalkLink, a: SystemCode, b: SystemCode, present: Row[]): ConflictError {
	const standing = present
		.map((row) => `${a.system} "${row.code_a}" = ${b.system} "${row.code_b}" (${row.origin})`)
		.join(' and ');
	const [wanted] = present;
	const merged = [
		...(wanted === undefined || wanted.wanted_a === a.code
			? []
			: [`"${a.code}" was merged into "${wanted.wanted_a}"`]),
		...(wanted === undefined || wanted.wanted_b === b.code
			? []
			: [`"${b.code}" was merged into "${wanted.wanted_b}"`]),
	].map((text) => ` (${text})`);
	return new ConflictError(
		`The ${one.kind} "${one.from.code}" of ${one.from.system} can't be linked to "${one.to.code}" of ${one.to.system}: ` +
			`${standing} stands already and was kept${merged.join('')}. Remove the wrong link first, then link again.`,
		{
			system: one.from.system,
			entity: one.kind,
			key: one.from.code,
			hint: 'Remove the wrong link first, then link again.',
		},
	);
}
