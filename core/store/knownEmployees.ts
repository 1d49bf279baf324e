import type { Database, Row, Statement } from './database';
import { forEachIn, insertRows } from './statements';

/** A person as one observer last knew them. */
export interface KnownEmployee {
	key: string;
	/** how many states were told so far */
	sequence: number;
	/** the compared state, as JSON */
	state: string;
	employment: string;
	/** complete answers in a row in which the person was absent */
	absences: number;
}

export async function knownEmployees(
	database: Database,
	observer: string,
	keys: string[],
): Promise<Map<string, KnownEmployee>> {
	if (keys.length === 0) return new Map();
	const rows = await database.transaction(
		forEachIn(
			[...new Set(keys)],
			[observer],
			(list) => `SELECT key, sequence, state, employment, absences FROM known_employees
				WHERE observer = $1 AND key IN ${list}`,
		),
	);
	return byKey(rows.flat());
}

/** Everyone whom the observer knows. */
export async function allKnownEmployees(
	database: Database,
	observer: string,
): Promise<Map<string, KnownEmployee>> {
	const [rows = []] = await database.transaction([
		{
			sql: 'SELECT key, sequence, state, employment, absences FROM known_employees WHERE observer = $1 ORDER BY key',
			parameters: [observer],
		},
	]);
	return byKey(rows);
}

function byKey(rows: Row[]): Map<string, KnownEmployee> {
	return new Map(
		rows.map((row) => {
			const key = String(row.key);
			return [
				key,
				{
					key,
					sequence: Number(row.sequence),
					state: String(row.state),
					employment: String(row.employment),
					absences: Number(row.absences),
				},
			];
		}),
	);
}

/** Keys of those known who have not left and were in one of the last `sweeps` complete answers. */
export async function employedAsKnown(
	database: Database,
	observer: string,
	sweeps: number,
): Promise<string[]> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT key FROM known_employees WHERE observer = $1 AND employment <> 'left' AND absences < $2 ORDER BY key`,
			parameters: [observer, sweeps],
		},
	]);
	return rows.map(({ key }) => String(key));
}

/** The statements that keep these states; apply them together with what tells of the change. */
export function keepingEmployees(observer: string, employees: KnownEmployee[], at: number): Statement[] {
	return insertRows({
		table: 'known_employees',
		columns: ['observer', 'key', 'sequence', 'state', 'employment', 'absences', 'updated_at'],
		// Rows locked in one order everywhere cannot deadlock.
		rows: employees
			.toSorted((a, b) => (a.key < b.key ? -1 : 1))
			.map(({ key, sequence, state, employment, absences }) => [
				observer,
				key,
				sequence,
				state,
				employment,
				absences,
				at,
			]),
		suffix: `ON CONFLICT (observer, key) DO UPDATE SET sequence = excluded.sequence, state = excluded.state,
			employment = excluded.employment, absences = excluded.absences, updated_at = excluded.updated_at
			WHERE known_employees.sequence <= excluded.sequence`,
	});
}
