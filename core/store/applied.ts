import type { Database } from './database';
import { forEachIn, insertRows } from './statements';

/** The state of a record that a target system was last brought to. */
export interface AppliedState {
	key: string;
	sequence: number;
	fingerprint: string;
}

/** What was last applied to the target, by key; a key that is absent was never applied. */
export async function lastApplied(
	database: Database,
	target: string,
	entity: string,
	keys: string[],
): Promise<Map<string, AppliedState>> {
	const results = await database.transaction(
		forEachIn(
			[...new Set(keys)],
			[target, entity],
			(list) => `SELECT key, sequence, fingerprint FROM applied
				WHERE target = $1 AND entity = $2 AND key IN ${list}`,
		),
	);
	return new Map(
		results.flat().map((row) => {
			const key = String(row.key);
			return [key, { key, sequence: Number(row.sequence), fingerprint: String(row.fingerprint) }];
		}),
	);
}

/** Records what was applied. A sequence never goes down: a state older than the recorded one changes nothing. */
export async function recordApplied(
	database: Database,
	target: string,
	entity: string,
	states: AppliedState[],
	at: number,
): Promise<void> {
	const newest = new Map<string, AppliedState>();
	for (const state of states) {
		const known = newest.get(state.key);
		if (known === undefined || known.sequence <= state.sequence) newest.set(state.key, state);
	}
	// In key order, so that two writers lock the rows in the same order.
	const rows = [...newest.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
	await database.transaction(
		insertRows({
			table: 'applied',
			columns: ['target', 'entity', 'key', 'sequence', 'fingerprint', 'applied_at'],
			rows: rows.map(({ key, sequence, fingerprint }) => [target, entity, key, sequence, fingerprint, at]),
			suffix: `ON CONFLICT (target, entity, key) DO UPDATE SET
				sequence = excluded.sequence, fingerprint = excluded.fingerprint, applied_at = excluded.applied_at
				WHERE excluded.sequence >= applied.sequence`,
		}),
	);
}
