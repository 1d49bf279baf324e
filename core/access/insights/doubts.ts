import { allRows, type VarianceEngine } from '../../variance/engine';
import type { WatchedPerson } from './accessEvent';
import type { LoadedLog } from './eventLoad';
import { asNumber, type Period } from './signals';
import { silentHours, type SilentHours } from './silentHours';
import { median } from './statistics';

/** Why the figures may not be the whole truth. */
export type Doubt =
	/** days on which nobody did anything although others of their weekday are busy */
	| { kind: 'silentDays'; days: string[] }
	/** hours without a line that are busy in other weeks, on days on which people worked; `2026-03-14 09:00–12:00`, local */
	| { kind: 'silentHours'; gaps: string[] }
	/** the log begins after the period does */
	| { kind: 'startsLate'; day: string }
	| { kind: 'endsEarly'; day: string }
	/** nothing before the period: what is new and what is usual can only be told from the period itself */
	| { kind: 'noHistory' }
	| { kind: 'unknownPeople'; count: number; examples: string[] }
	| { kind: 'withoutPlace'; share: number }
	| { kind: 'outOfOrder'; count: number }
	| { kind: 'emptyLog' }
	/** the chain of the decision log is broken */
	| { kind: 'brokenChain'; position: number; problem: string }
	| { kind: 'fewPeople'; count: number };

const dayMs = 86_400_000;
/** Of a busy weekday at least so many lines are expected. */
const busy = 20;
const examplesShown = 5;
/** Fewer people have no peers to be compared with. */
const fewestPeople = 20;

export async function doubtsOf(
	engine: VarianceEngine,
	log: LoadedLog,
	{ from, until }: Period,
	people: readonly WatchedPerson[],
): Promise<Doubt[]> {
	if (log.lines === 0) return [{ kind: 'emptyLog' }];
	const rows = await allRows(engine, 'SELECT day, sum(events), count(*) FROM days GROUP BY day');
	const lines = new Map(rows.map((row) => [asNumber(row[0] ?? 0), asNumber(row[1] ?? 0)]));
	const first = Math.min(...lines.keys());
	const last = Math.max(...lines.keys());
	const date = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);
	const silent: number[] = [];
	for (let day = Math.max(first, from - 28); day < until; day += 1) {
		if (day > last) break;
		const others = [...lines]
			.filter(([one]) => one !== day && (one - day) % 7 === 0)
			.map(([, count]) => count);
		// On a holiday somebody works; nothing at all looks like a hole.
		if (others.length >= 2 && median(others) >= busy && !lines.has(day)) silent.push(day);
	}
	const byHour = await allRows(engine, 'SELECT day * 24 + hour, sum(events) FROM hours GROUP BY ALL');
	const gaps = silentHours(
		new Map(byHour.map((row) => [asNumber(row[0] ?? 0), asNumber(row[1] ?? 0)])),
		(from - 28) * 24,
	);
	const active = await allRows(engine, `SELECT count(DISTINCT p) FROM days WHERE day >= ${from}`);
	const count = asNumber(active[0]?.[0] ?? 0);
	const share = log.withoutPlace / log.lines;
	return [
		...(silent.length === 0 ? [] : [{ kind: 'silentDays' as const, days: silent.map(date) }]),
		...(gaps.length === 0 ? [] : [{ kind: 'silentHours' as const, gaps: gaps.map(gapText) }]),
		...(first > from + 3 ? [{ kind: 'startsLate' as const, day: date(first) }] : []),
		...(last < until - 4 ? [{ kind: 'endsEarly' as const, day: date(last) }] : []),
		...(first >= from - 7 && first <= from + 3 ? [{ kind: 'noHistory' as const }] : []),
		...(people.length > 0 && log.unknownPeople.length > 0
			? [
					{
						kind: 'unknownPeople' as const,
						count: log.unknownPeople.length,
						examples: log.unknownPeople.slice(0, examplesShown),
					},
				]
			: []),
		...(share > 0.2 ? [{ kind: 'withoutPlace' as const, share: Math.round(share * 100) / 100 }] : []),
		...(log.outOfOrder > 0 ? [{ kind: 'outOfOrder' as const, count: log.outOfOrder }] : []),
		...(count < fewestPeople ? [{ kind: 'fewPeople' as const, count }] : []),
	];
}

function gapText({ from, until }: SilentHours): string {
	const at = (hour: number) => new Date(hour * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
	return `${at(from)}–${at(until).slice(11)}`;
}
