import type { Database } from './database';
import { insertRows } from './statements';

/** What passed, and what did not have to. */
export interface Traffic {
	eventsSent: number;
	/** events that had nothing to push */
	eventsKeptBack: number;
	/** values that were left out, in events that were sent and in those that were not */
	fieldsKeptBack: number;
	/** size of the events that were sent, as JSON in UTF-8 */
	bytesSent: number;
	/** what they would have been larger without the policy */
	bytesKeptBack: number;
	/** records asked for on demand */
	reads: number;
	/** how often a system was asked for them */
	requests: number;
	/** records answered from the cache */
	fromCache: number;
	/** records answered by a request that was under way for somebody else */
	shared: number;
}

export const noTraffic: Traffic = {
	eventsSent: 0,
	eventsKeptBack: 0,
	fieldsKeptBack: 0,
	bytesSent: 0,
	bytesKeptBack: 0,
	reads: 0,
	requests: 0,
	fromCache: 0,
	shared: 0,
};

const columns = {
	eventsSent: 'events_sent',
	eventsKeptBack: 'events_kept_back',
	fieldsKeptBack: 'fields_kept_back',
	bytesSent: 'bytes_sent',
	bytesKeptBack: 'bytes_kept_back',
	reads: 'reads',
	requests: 'requests',
	fromCache: 'from_cache',
	shared: 'shared',
} satisfies Record<keyof Traffic, string>;
const figures = Object.keys(columns) as Array<keyof Traffic>;

/** Adds to the figures of the instant's day (UTC). A connection lost at the wrong moment may count a call twice. */
export async function countTraffic(
	database: Database,
	policy: string,
	traffic: ReadonlyMap<string, Partial<Traffic>>,
	at: number,
): Promise<void> {
	const day = dayOf(at);
	await database.transaction(
		insertRows({
			table: 'sync_traffic',
			columns: ['policy', 'entity', 'day', ...figures.map((figure) => columns[figure])],
			rows: [...traffic]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([entity, counted]) => [policy, entity, day, ...figures.map((figure) => counted[figure] ?? 0)]),
			suffix: `ON CONFLICT (policy, entity, day) DO UPDATE SET ${figures
				.map((figure) => `${columns[figure]} = sync_traffic.${columns[figure]} + excluded.${columns[figure]}`)
				.join(', ')}`,
		}),
	);
}

/** The figures by entity, from one day to another, both included (`2026-01-31`). */
export async function trafficOf(
	database: Database,
	policy: string,
	days: { from: string; to: string },
): Promise<Map<string, Traffic>> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT entity, ${figures.map((figure) => `CAST(SUM(${columns[figure]}) AS BIGINT) AS ${columns[figure]}`).join(', ')}
				FROM sync_traffic WHERE policy = $1 AND day >= $2 AND day <= $3 GROUP BY entity ORDER BY entity`,
			parameters: [policy, days.from, days.to],
		},
	]);
	return new Map(
		rows.map((row) => [
			String(row.entity),
			Object.fromEntries(
				figures.map((figure) => [figure, Number(row[columns[figure]])]),
			) as unknown as Traffic,
		]),
	);
}

/** The day of an instant, in UTC. */
export function dayOf(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}
