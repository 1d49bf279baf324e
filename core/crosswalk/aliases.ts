import type { Database } from '../store/database';
import { forEachIn } from '../store/statements';
import type { CrosswalkKind, SystemCode } from './crosswalk';

/** The codes that stand for those which were merged away; a code that was not is absent. */
export async function keptCodes(
	database: Database,
	kind: CrosswalkKind,
	system: string,
	codes: string[],
): Promise<Map<string, string>> {
	const results = await database.transaction(
		forEachIn(
			[...new Set(codes)],
			[kind, system],
			(list) => `SELECT code, kept_code FROM aliases WHERE kind = $1 AND system = $2 AND code IN ${list}`,
		),
	);
	return new Map(results.flat().map(({ code, kept_code: kept }) => [String(code), String(kept)]));
}

/** The codes that were merged into each of these, by code point; as many lists as codes, in their order. */
export async function aliasesOf(
	database: Database,
	kind: CrosswalkKind,
	kept: SystemCode[],
): Promise<string[][]> {
	const results = await database.transaction(
		forEachIn(
			[...new Set(kept.map(({ code }) => code))],
			[kind],
			(list) => `SELECT system, code, kept_code FROM aliases WHERE kind = $1 AND kept_code IN ${list}`,
		),
	);
	const rows = Map.groupBy(results.flat(), (row) => identityOf(String(row.system), String(row.kept_code)));
	return kept.map(({ system, code }) =>
		(rows.get(identityOf(system, code)) ?? []).map((row) => String(row.code)).sort(),
	);
}

/** Makes a merged code one of its own again; links stay with the code that was kept. False when it was not merged. */
export async function splitCode(
	database: Database,
	kind: CrosswalkKind,
	{ system, code }: SystemCode,
): Promise<boolean> {
	const [rows = []] = await database.transaction([
		{
			sql: 'DELETE FROM aliases WHERE kind = $1 AND system = $2 AND code = $3 RETURNING code',
			parameters: [kind, system, code],
		},
	]);
	return rows.length > 0;
}

function identityOf(system: string, code: string): string {
	return JSON.stringify([system, code]);
}
