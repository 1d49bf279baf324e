import { openDuckDb } from '../../variance/duckdb';
import { allRows, type VarianceEngine } from '../../variance/engine';
import type { AccessEvent, WatchedPerson } from './accessEvent';
import { detect, usualSettings, type DetectorSettings, type Signal } from './detect';
import { doubtsOf, type Doubt } from './doubts';
import { loadEvents, type LoadedLog } from './eventLoad';
import { asNumber, countSignals, fillPeriod, type Period } from './signals';
import { ewma } from './statistics';

/** Something that happened, as the evidence for a person. Days and times are local. */
export interface Evidence {
	signal: Signal['name'];
	operation: string;
	resource?: string;
	place?: string;
	times: number;
	/** `2026-03-14 02:10` */
	first: string;
	last: string;
}

export interface NamedPerson {
	id: string;
	name: string;
	peerGroup: string;
	leftOn?: string;
	score: number;
	signals: Signal[];
	evidence: Evidence[];
	events: number;
	denied: number;
}

export interface GraphEdge {
	person: string;
	operation: string;
	/** kind of record, or its key where it has no kind */
	resource: string;
	permitted: number;
	denied: number;
}

export interface TrendPoint {
	day: string;
	events: number;
	denied: number;
	/** smoothed with a weight of 0.3 */
	trend: number;
}

export interface PolicyChange {
	day: string;
	text: string;
}

export interface Insights {
	/** first and last day of the period, YYYY-MM-DD */
	from: string;
	to: string;
	timeZone: string;
	settings: DetectorSettings;
	people: NamedPerson[];
	watched: number;
	events: number;
	denied: number;
	graph: GraphEdge[];
	/** by weekday from Monday, then by hour: refused attempts of all, and all attempts of those named */
	heat: { denied: number[][]; named: number[][] };
	trend: TrendPoint[];
	policyChanges: PolicyChange[];
	doubts: Doubt[];
}

export interface InsightsQuestion {
	/** in any order within a day; those before the period show what is usual */
	events: AsyncIterable<readonly AccessEvent[]>;
	people: readonly WatchedPerson[];
	/** first and last day, YYYY-MM-DD */
	from: string;
	to: string;
	timeZone: string;
	policyChanges?: readonly PolicyChange[];
	settings?: DetectorSettings;
	memoryMb?: number;
	signal?: AbortSignal;
}

const dayMs = 86_400_000;
const evidenceOfEach = 8;
const peopleShown = 50;
const trendDays = 92;

/** Who did what nobody in their place does, with the evidence, and what speaks against trusting the log. */
export async function accessInsights(question: InsightsQuestion): Promise<Insights> {
	const { events, people, from, to, timeZone, policyChanges = [], settings = usualSettings } = question;
	const { memoryMb = 400, signal } = question;
	const period = { from: dayOf(from), until: dayOf(to) + 1 };
	const engine = await openDuckDb({
		memoryMb,
		threads: 2,
		work: { name: `the behaviour graph of ${from} to ${to}`, system: 'insights' },
		...(signal === undefined ? {} : { signal }),
	});
	try {
		const log = await loadEvents(engine, events, people, timeZone);
		await fillPeriod(engine, period);
		const counted = await countSignals(engine, period);
		const byNumber = new Map(counted.map((person) => [person.p, person]));
		const suspects = detect(counted, settings).slice(0, peopleShown);
		const named: NamedPerson[] = [];
		for (const { p, score, signals } of suspects) {
			const { id, name, peerGroup, leftOn } = log.people[p] ?? { id: String(p), peerGroup: '' };
			const { events: all = 0, denied = 0 } = byNumber.get(p) ?? {};
			named.push({
				id,
				name: name ?? id,
				peerGroup,
				...(leftOn === undefined ? {} : { leftOn }),
				score,
				signals,
				evidence: await evidenceOf(engine, log, p, signals, period),
				events: all,
				denied,
			});
		}
		const numbers = suspects.map(({ p }) => p);
		const trend = await trendOf(engine, period);
		return {
			from,
			to,
			timeZone,
			settings,
			people: named,
			watched: counted.length,
			events: counted.reduce((sum, person) => sum + person.events, 0),
			denied: counted.reduce((sum, person) => sum + person.denied, 0),
			graph: await graphOf(engine, log, numbers, period),
			heat: await heatOf(engine, numbers, period),
			trend,
			policyChanges: policyChanges.filter(({ day }) => day >= (trend[0]?.day ?? from) && day <= to),
			doubts: await doubtsOf(engine, log, period, people),
		};
	} finally {
		await engine.close();
	}
}

export function dayOf(date: string): number {
	return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

export function dateOf(day: number): string {
	return new Date(day * dayMs).toISOString().slice(0, 10);
}

function timeOf(local: number): string {
	return new Date(local).toISOString().slice(0, 16).replace('T', ' ');
}

/** For each signal the rows that it was counted from, the most frequent first. */
async function evidenceOf(
	engine: VarianceEngine,
	log: LoadedLog,
	p: number,
	signals: readonly Signal[],
	{ from, until }: Period,
): Promise<Evidence[]> {
	const within = `e.p = ${p} AND e.t >= ${from * dayMs} AND e.t < ${until * dayMs}`;
	const grouped = (join: string, where: string, order = 'count(*) DESC') =>
		`SELECT e.o, CASE WHEN count(DISTINCT e.r) = 1 THEN min(e.r) ELSE -count(DISTINCT e.r) END, CASE WHEN count(DISTINCT e.pl) = 1 THEN min(e.pl) ELSE -1 END,
			count(*), min(e.t), max(e.t) FROM events e ${join} WHERE ${where} GROUP BY e.o ORDER BY ${order}, e.o LIMIT ${evidenceOfEach}`;
	const statements: Record<Signal['name'], string> = {
		deniedAttempts: grouped(
			'JOIN (SELECT DISTINCT c, r FROM beyond WHERE p = ' + `${p}) b ON b.c = e.c AND b.r = e.r`,
			`${within} AND e.d = 1`,
		),
		newCapabilities: grouped(
			`JOIN foreign_uses f ON f.p = e.p AND f.c = e.c`,
			`e.p = ${p} AND e.d = 0 AND e.t < ${until * dayMs}`,
			'min(e.t) DESC',
		),
		exportsAtUnusualHours: grouped(
			`JOIN unusual u ON u.p = e.p AND u.day = e.t // ${dayMs} AND u.hour = (e.t // 3600000) % 24`,
			`${within} AND e.x = 1`,
		),
		twoPlaces: `SELECT -1, -1, e.pl, count(*), min(e.t), max(e.t) FROM events e JOIN returns r ON r.p = e.p AND r.day = e.t // ${dayMs}
			WHERE ${within} AND e.pl >= 0 GROUP BY e.pl ORDER BY count(*) DESC LIMIT ${evidenceOfEach}`,
		strangeSessions: grouped(
			`JOIN unusual u ON u.p = e.p AND u.day = e.t // ${dayMs} AND u.hour = (e.t // 3600000) % 24 JOIN strangeDays s ON s.p = e.p AND s.day = u.day`,
			within,
		),
		afterLeaving: grouped(
			'JOIN people USING (p)',
			`e.p = ${p} AND e.d = 0 AND e.t // ${dayMs} > leftOn + 1 AND e.t >= ${from * dayMs} AND e.t < ${until * dayMs}`.replaceAll(
				'e.p',
				'p',
			),
		),
	};
	const evidence: Evidence[] = [];
	for (const { name } of signals) {
		for (const row of await allRows(engine, statements[name])) {
			const [o = -1, r = 0, pl = -1, times = 0, first = 0, last = 0] = row.map(asNumber);
			const resource = r < 0 ? undefined : log.resources[r];
			const place = log.places[pl];
			evidence.push({
				signal: name,
				operation: log.operations[o] ?? '',
				...(resource === undefined || resource === '' ? {} : { resource }),
				...(place === undefined ? {} : { place }),
				times,
				first: timeOf(first),
				last: timeOf(last),
			});
		}
	}
	return evidence;
}

async function graphOf(
	engine: VarianceEngine,
	log: LoadedLog,
	named: readonly number[],
	{ from, until }: Period,
): Promise<GraphEdge[]> {
	if (named.length === 0) return [];
	const rows = await allRows(
		engine,
		`SELECT p, o, r, count(*) FILTER (d = 0), count(*) FILTER (d = 1) FROM events
		WHERE p IN (${named.join(', ')}) AND t >= ${from * dayMs} AND t < ${until * dayMs} GROUP BY ALL`,
	);
	const edges = new Map<string, GraphEdge>();
	for (const row of rows) {
		const [p = 0, o = 0, r = 0, permitted = 0, denied = 0] = row.map(asNumber);
		const key = log.resources[r] ?? '';
		const slash = key.indexOf('/');
		const resource = slash > 0 ? key.slice(0, slash) : key;
		const person = log.people[p]?.id ?? '';
		const operation = log.operations[o] ?? '';
		const name = JSON.stringify([person, operation, resource]);
		const edge = edges.get(name) ?? { person, operation, resource, permitted: 0, denied: 0 };
		edge.permitted += permitted;
		edge.denied += denied;
		edges.set(name, edge);
	}
	return [...edges.values()];
}

async function heatOf(
	engine: VarianceEngine,
	named: readonly number[],
	{ from }: Period,
): Promise<Insights['heat']> {
	const isNamed = named.length === 0 ? 'false' : `p IN (${named.join(', ')})`;
	const rows = await allRows(
		engine,
		`SELECT (day + 3) % 7, hour, sum(denied), coalesce(sum(events) FILTER (${isNamed}), 0) FROM hours WHERE day >= ${from} GROUP BY ALL`,
	);
	const empty = () => Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
	const heat = { denied: empty(), named: empty() };
	for (const row of rows) {
		const [weekday = 0, hour = 0, denied = 0, all = 0] = row.map(asNumber);
		const [deniedDay, namedDay] = [heat.denied[weekday], heat.named[weekday]];
		if (deniedDay !== undefined) deniedDay[hour] = denied;
		if (namedDay !== undefined) namedDay[hour] = all;
	}
	return heat;
}

async function trendOf(engine: VarianceEngine, { until }: Period): Promise<TrendPoint[]> {
	const rows = await allRows(
		engine,
		`SELECT day, sum(events), sum(denied) FROM days WHERE day >= ${until - trendDays} GROUP BY day ORDER BY day`,
	);
	const days = new Map(
		rows.map((row) => [asNumber(row[0] ?? 0), [asNumber(row[1] ?? 0), asNumber(row[2] ?? 0)]]),
	);
	const first = Math.min(...days.keys());
	if (!Number.isFinite(first)) return [];
	const all = Array.from({ length: until - first }, (_, index) => first + index);
	const smoothed = ewma(
		all.map((day) => days.get(day)?.[1] ?? 0),
		0.3,
	);
	return all.map((day, index) => ({
		day: dateOf(day),
		events: days.get(day)?.[0] ?? 0,
		denied: days.get(day)?.[1] ?? 0,
		trend: Math.round((smoothed[index] ?? 0) * 10) / 10,
	}));
}
