import type { Database, Row, SqlValue } from './database';
import { insertRows } from './statements';

/** A state of a record that could be pushed. */
export interface PushableState {
	system: string;
	entity: string;
	key: string;
	/** order within the record */
	sequence: number;
	/** the same for the same pushed content */
	fingerprint: string;
}

/**
 * For each state, in the order given, whether it has to be pushed: its content differs from what was pushed last. What was
 * pushed once is pushed whenever it is given again, since a repetition means that it may not have arrived. A state older
 * than one that was found equal to the last push is outdated and not pushed. Streams know nothing of each other.
 */
export async function notePushed(
	database: Database,
	stream: string,
	states: PushableState[],
	at: number,
): Promise<boolean[]> {
	const rounds = roundsOf(states);
	const statements = rounds.map((round) =>
		insertRows({
			table: 'pushed',
			columns: ['stream', 'system', 'entity', 'key', 'sequence', 'seen', 'fingerprint', 'pushed_at'],
			// Rows locked in one order everywhere cannot deadlock.
			rows: [...round]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([, { system, entity, key, sequence, fingerprint }]): SqlValue[] => [
					stream,
					system,
					entity,
					key,
					sequence,
					sequence,
					fingerprint,
					at,
				]),
			suffix: `ON CONFLICT (stream, system, entity, key) DO UPDATE SET
				sequence = CASE WHEN excluded.seen > pushed.seen AND excluded.fingerprint <> pushed.fingerprint
					THEN excluded.sequence ELSE pushed.sequence END,
				pushed_at = CASE WHEN excluded.seen > pushed.seen AND excluded.fingerprint <> pushed.fingerprint
					THEN excluded.pushed_at ELSE pushed.pushed_at END,
				seen = CASE WHEN excluded.seen > pushed.seen THEN excluded.seen ELSE pushed.seen END,
				fingerprint = CASE WHEN excluded.seen > pushed.seen THEN excluded.fingerprint ELSE pushed.fingerprint END
				RETURNING system, entity, key, sequence`,
		}),
	);
	const results = await database.transaction(statements.flat());
	let next = 0;
	const pushed = new Map<PushableState, boolean>();
	rounds.forEach((round, index) => {
		const count = statements[index]?.length ?? 0;
		for (const row of results.slice(next, next + count).flat()) {
			const state = round.get(identityOf(row));
			if (state !== undefined) pushed.set(state, state.sequence <= Number(row.sequence));
		}
		next += count;
	});
	return states.map((state) => pushed.get(state) ?? true);
}

/** Each round holds a record at most once: one statement may not touch a row twice. */
function roundsOf(states: PushableState[]): Array<Map<string, PushableState>> {
	const rounds: Array<Map<string, PushableState>> = [];
	const given = new Map<string, number>();
	for (const state of states) {
		const identity = identityOf(state);
		const round = given.get(identity) ?? 0;
		given.set(identity, round + 1);
		(rounds[round] ??= new Map<string, PushableState>()).set(identity, state);
	}
	return rounds;
}

function identityOf({ system, entity, key }: PushableState | Row): string {
	return JSON.stringify([system, entity, key]);
}
