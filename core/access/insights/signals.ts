import { allRows, type Cell, type VarianceEngine } from '../../variance/engine';
import { ewma } from './statistics';

/** What is counted of a person in a period. */
export const signalNames = [
	'deniedAttempts',
	'newCapabilities',
	'exportsAtUnusualHours',
	'twoPlaces',
	'strangeSessions',
] as const;
export type SignalName = (typeof signalNames)[number];

/** Days since 1970, local; `until` is not included. */
export interface Period {
	from: number;
	until: number;
}

export interface PersonCounts {
	p: number;
	group: number;
	events: number;
	denied: number;
	activeDays: number;
	counts: Record<SignalName, number>;
	/** on how many days, or in how many weeks, that happened */
	days: Record<SignalName, number>;
	/** let through after the last day employed */
	afterLeaving: { events: number; days: number };
}

const dayMs = 86_400_000;
/** How many of the days on which somebody works they must be seen in an hour, for it to be one of theirs. */
const ownHourShare = 0.25;
/** How many of a peer group's working days must touch an hour, for it to be one of the group's. */
const groupHourShare = 0.02;
/** So many exports within an hour are more than looking something up. */
const bulkAnHour = 5;
/** Whoever appears in the log gets this long to show what is usual: all is new for a joiner. */
export const settlingDays = 14;
/** A right that so few of the peers use is none of the post. */
const postShare = 0.1;
/** What so few of the peers even try lies beyond the post. */
const triedShare = 0.25;
/** What a smaller group does says little of what its post allows: there it has to be rare in the whole company. */
const fewestPeers = 10;
/** The weeks over which rights that come one by one are looked at. */
export const trendWeeks = 13;

/**
 * Makes the tables that the counts of a period are taken from; all of the log before its end is known, nothing after it. With a log of ten million lines
 * the largest have as many rows: their columns are narrow, and what is only a step to another is dropped.
 */
export async function fillPeriod(engine: VarianceEngine, { from, until }: Period): Promise<void> {
	const fill = async (name: string, select: string) => await engine.fill({ name, select });
	const drop = async (...names: string[]) => {
		for (const name of names) await engine.empty({ name, select: '' });
	};
	await fill(
		'hours',
		`SELECT p, (t // ${dayMs})::INTEGER AS day, ((t // 3600000) % 24)::TINYINT AS hour, count(*)::INTEGER AS events,
			sum(x)::INTEGER AS exports, sum(d)::INTEGER AS denied
		FROM events WHERE t < ${until * dayMs} GROUP BY ALL`,
	);
	await fill(
		'days',
		`SELECT p, day, (day + 4) % 7 IN (0, 6) AS off, sum(events)::INTEGER AS events, sum(denied)::INTEGER AS denied FROM hours GROUP BY ALL`,
	);
	// Neighbouring hours count as the same: nobody starts to the minute. Exports are not what makes an hour a working hour: they must not excuse themselves.
	await fill(
		'spans',
		`SELECT DISTINCT p, day, (day + 4) % 7 IN (0, 6) AS off, ((hour + shift + 24) % 24)::TINYINT AS hour FROM hours, (VALUES (-1), (0), (1)) AS s(shift)
		WHERE events > exports`,
	);
	await fill(
		'ownHours',
		`SELECT p, off, hour FROM (SELECT p, off, hour, count(*) AS seen FROM spans GROUP BY ALL)
		JOIN (SELECT p, off, count(*) AS days FROM days GROUP BY ALL) USING (p, off)
		WHERE seen >= GREATEST(2, ${ownHourShare} * days)`,
	);
	// Of a day at least so many peers: one person's nights do not make the night usual for all.
	await fill(
		'groupHours',
		`SELECT g, off, hour FROM (SELECT g, off, hour, count(*) AS seen, count(DISTINCT p) AS persons FROM spans JOIN people USING (p) GROUP BY ALL)
		JOIN (SELECT g, off, count(*) AS days, count(DISTINCT p) AS members FROM days JOIN people USING (p) GROUP BY ALL) USING (g, off)
		WHERE seen >= ${groupHourShare} * days AND persons >= GREATEST(3, 0.15 * members)`,
	);
	// In a post with shifts every hour is somebody's: many exports at once, and no other work around them on the day, are no shift of this person's.
	await fill(
		'unusual',
		`SELECT hours.p AS p, hours.day AS day, hours.hour AS hour, events, exports FROM hours JOIN people USING (p)
		LEFT JOIN ownHours w ON w.p = hours.p AND w.hour = hours.hour AND w.off = ((hours.day + 4) % 7 IN (0, 6))
		LEFT JOIN groupHours v ON v.g = people.g AND v.hour = hours.hour AND v.off = ((hours.day + 4) % 7 IN (0, 6))
		LEFT JOIN spans s ON s.p = hours.p AND s.day = hours.day AND s.hour = hours.hour AND s.day >= ${from}
		WHERE hours.day >= ${from} AND w.p IS NULL AND (v.g IS NULL OR s.p IS NULL AND exports >= ${bulkAnHour})`,
	);
	await drop('spans', 'ownHours', 'groupHours');
	await fill(
		'firstUses',
		`SELECT p, g, c, min(t) // ${dayMs} AS day, count(*) AS uses FROM events JOIN people USING (p)
		WHERE d = 0 AND t < ${until * dayMs} GROUP BY ALL`,
	);
	await fill(
		'foreign_uses',
		`SELECT f.p, f.c, f.day, f.uses FROM firstUses f
		JOIN (SELECT g, c, count(*) AS users FROM firstUses GROUP BY ALL) u ON u.g = f.g AND u.c = f.c
		JOIN (SELECT g, count(DISTINCT p) AS members FROM firstUses GROUP BY ALL) m ON m.g = f.g
		JOIN (SELECT c, count(*) AS users FROM firstUses GROUP BY ALL) w ON w.c = f.c
		JOIN (SELECT p, min(day) AS began FROM days GROUP BY ALL) b ON b.p = f.p
		WHERE u.users - 1 < GREATEST(2, ${postShare} * m.members) AND (m.members >= ${fewestPeers} OR w.users - 1 < 2) AND f.day >= b.began + ${settlingDays} AND f.day >= ${until - trendWeeks * 7}`,
	);
	await drop('firstUses');
	// There and back within two hours: no traveller does that. Ten minutes are one look at the place.
	await fill(
		'looks',
		`SELECT DISTINCT p, (t // 600000)::INTEGER AS slot, pl FROM events WHERE pl >= 0 AND t >= ${from * dayMs} AND t < ${until * dayMs}`,
	);
	await fill(
		'returns',
		`SELECT p, slot // 144 AS day, count(*) AS returns FROM (
			SELECT p, slot, pl, lag(pl) OVER w AS before, lag(pl, 2) OVER w AS earlier, lag(slot, 2) OVER w AS since
			FROM looks WINDOW w AS (PARTITION BY p ORDER BY slot, pl))
		WHERE pl <> before AND pl = earlier AND slot - since <= 12 GROUP BY ALL`,
	);
	await fill(
		'firstPlaces',
		`SELECT p, pl, min(t) // ${dayMs} AS day FROM events WHERE pl >= 0 AND t < ${until * dayMs} GROUP BY ALL`,
	);
	await fill(
		'knownPlaceDays',
		`SELECT DISTINCT l.p, l.slot // 144 AS day FROM looks l JOIN firstPlaces f ON f.p = l.p AND f.pl = l.pl WHERE f.day < ${from}`,
	);
	// At an hour that is none of theirs and from a place where they were never seen before the period, on a day on which they also were where they always are.
	await fill(
		'strangeDays',
		`SELECT DISTINCT e.p, u.day FROM events e JOIN unusual u ON u.p = e.p AND u.day = e.t // ${dayMs} AND u.hour = (e.t // 3600000) % 24
		JOIN firstPlaces f ON f.p = e.p AND f.pl = e.pl AND f.day >= ${from}
		JOIN (SELECT p, min(day) AS began FROM days GROUP BY ALL) b ON b.p = e.p AND f.day >= b.began + ${settlingDays}
		WHERE e.t >= ${from * dayMs} AND e.t < ${until * dayMs}
		AND EXISTS (SELECT 1 FROM knownPlaceDays k WHERE k.p = e.p AND k.day = u.day)`,
	);
	await drop('looks', 'firstPlaces', 'knownPlaceDays');
	await fill(
		'tried',
		`SELECT g, c, count(DISTINCT p) AS persons FROM (SELECT DISTINCT p, c FROM events WHERE t < ${until * dayMs}) JOIN people USING (p) GROUP BY ALL`,
	);
	await fill(
		'beyond',
		`SELECT e.p, e.c, e.r, count(*) AS times, min(t) AS first, max(t) AS last FROM events e JOIN people USING (p)
		JOIN tried ON tried.g = people.g AND tried.c = e.c
		JOIN (SELECT g, count(DISTINCT p) AS members FROM days JOIN people USING (p) GROUP BY ALL) m ON m.g = people.g
		JOIN (SELECT c, sum(persons) AS persons FROM tried GROUP BY ALL) w ON w.c = e.c
		WHERE d = 1 AND t >= ${from * dayMs} AND t < ${until * dayMs} AND tried.persons - 1 < GREATEST(3, ${triedShare} * m.members)
		AND (m.members >= ${fewestPeers} OR w.persons - 1 < 3) GROUP BY ALL`,
	);
	await drop('tried');
}

/** One row for each person who was active in the period. */
export async function countSignals(engine: VarianceEngine, { from, until }: Period): Promise<PersonCounts[]> {
	const rows = await allRows(
		engine,
		`WITH active AS (SELECT p, sum(events) AS events, sum(denied) AS denied, count(*) AS days
			FROM days WHERE day >= ${from} GROUP BY p),
		refused AS (SELECT p, count(*) AS things, count(DISTINCT first // ${dayMs}) AS days FROM beyond GROUP BY p),
		odd AS (SELECT p, sum(exports) AS exports, count(DISTINCT day) AS days FROM unusual WHERE exports > 0 GROUP BY p),
		swaps AS (SELECT p, count(*) AS days FROM returns GROUP BY p),
		strange AS (SELECT s.p, count(*) AS days FROM strangeDays s GROUP BY s.p),
		gone AS (SELECT p, count(*) AS events, count(DISTINCT t // ${dayMs}) AS days FROM events JOIN people USING (p)
			WHERE leftOn IS NOT NULL AND d = 0 AND t // ${dayMs} > leftOn + 1 AND t >= ${from * dayMs} AND t < ${until * dayMs} GROUP BY p)
		SELECT a.p, people.g, a.events, a.denied, a.days, coalesce(refused.things, 0), coalesce(refused.days, 0), coalesce(odd.exports, 0),
			coalesce(odd.days, 0), coalesce(swaps.days, 0), coalesce(strange.days, 0), coalesce(gone.events, 0), coalesce(gone.days, 0)
		FROM active a JOIN people USING (p) LEFT JOIN refused USING (p) LEFT JOIN odd USING (p) LEFT JOIN swaps USING (p)
		LEFT JOIN strange USING (p) LEFT JOIN gone USING (p) ORDER BY a.p`,
	);
	const creep = await newCapabilityWeeks(engine, until);
	return rows.map((row) => {
		const [p = 0, group = 0, events = 0, denied = 0, activeDays = 0, ...counted] = row.map(asNumber);
		const [
			things = 0,
			deniedDays = 0,
			exports = 0,
			exportDays = 0,
			returns = 0,
			strange = 0,
			gone = 0,
			goneDays = 0,
		] = counted;
		const fresh = creep.get(p) ?? { count: 0, weeks: 0 };
		return {
			p,
			group,
			events,
			denied,
			activeDays,
			counts: {
				deniedAttempts: things,
				newCapabilities: fresh.count,
				exportsAtUnusualHours: exports,
				twoPlaces: returns,
				strangeSessions: strange,
			},
			days: {
				deniedAttempts: deniedDays,
				newCapabilities: fresh.weeks,
				exportsAtUnusualHours: exportDays,
				twoPlaces: returns,
				strangeSessions: strange,
			},
			afterLeaving: { events: gone, days: goneDays },
		};
	});
}

/** New rights count up to two a week: who stands in for a colleague takes many at once, who creeps takes one after the other. */
const mostAWeek = 2;
/** Of each week earlier a tenth less counts: a trend that has ended fades. */
const weekWeight = 0.1;

async function newCapabilityWeeks(
	engine: VarianceEngine,
	until: number,
): Promise<Map<number, { count: number; weeks: number }>> {
	const rows = await allRows(
		engine,
		`SELECT p, (${until - 1} - day) // 7 AS week, count(*) FROM foreign_uses GROUP BY ALL`,
	);
	const people = new Map<number, number[]>();
	for (const row of rows) {
		const [p = 0, weeksAgo = 0, count = 0] = row.map(asNumber);
		const series = people.get(p) ?? new Array<number>(trendWeeks).fill(0);
		series[trendWeeks - 1 - weeksAgo] = Math.min(mostAWeek, count);
		people.set(p, series);
	}
	return new Map(
		[...people].map(([p, series]) => [
			p,
			{
				count: (ewma(series, weekWeight).at(-1) ?? 0) / weekWeight,
				weeks: series.filter((count) => count > 0).length,
			},
		]),
	);
}

export function asNumber(cell: Cell): number {
	return Number(cell ?? 0);
}
