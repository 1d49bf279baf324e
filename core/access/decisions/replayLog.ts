import type { Database } from '../../store/database';
import { logPages, type LogSelection } from '../../store/decisionLog';
import type { Replay } from './simulate';

/** Replays what the decision log has kept of decisions by one set of policies, in order. */
export async function replayLog(
	database: Database,
	policySet: string,
	selection: LogSelection,
	replay: Replay,
): Promise<void> {
	for await (const page of logPages(database, selection))
		for (const { record } of page) {
			const decision = JSON.parse(record) as { set?: unknown } | null;
			if (decision?.set === policySet) replay.add(decision);
		}
}
