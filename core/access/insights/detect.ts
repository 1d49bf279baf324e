import { signalNames, type PersonCounts, type SignalName } from './signals';
import {
	falseDiscoveryRates,
	median,
	quantile,
	spread,
	stabilised,
	upperTail,
	type Spread,
} from './statistics';

export interface DetectorSettings {
	/** the largest share of those reported that may be reported by chance */
	falseDiscoveryRate: number;
	/** fewer peers are not compared with each other but with the whole company */
	fewestPeers: number;
}

export const usualSettings: DetectorSettings = { falseDiscoveryRate: 0.01, fewestPeers: 10 };

/** A signal in which somebody stands out. */
export interface Signal {
	name: SignalName | 'afterLeaving';
	count: number;
	/** days on which it happened; weeks for new capabilities */
	days: number;
	/** what is usual among the peers */
	usual: number;
	/** with whom they were compared: the peer group, or all */
	against: 'group' | 'company';
	peers: number;
	/** how far above the peers, in their own widths */
	z: number;
	scaleBy: Spread['by'] | 'rule';
	/** chance of so much without a cause */
	chance: number;
	/** smallest share of false discoveries at which it would be reported */
	falseDiscoveryRate: number;
}

export interface Suspect {
	p: number;
	/** 0 to 100: ten for each power of ten by which chance explains it less */
	score: number;
	/** the strongest first */
	signals: Signal[];
}

/** Below these nothing is reported, however unusual: a person, and not only a number, has to look strange. */
const leastCounts: Record<SignalName, { count: number; days: number }> = {
	deniedAttempts: { count: 8, days: 2 },
	newCapabilities: { count: 4, days: 6 },
	exportsAtUnusualHours: { count: 10, days: 3 },
	twoPlaces: { count: 5, days: 5 },
	strangeSessions: { count: 4, days: 4 },
};

/**
 * In these people differ by habit: how careful they are, how late they work. Their widths are widened until the company's own tail, its 98th percentile, is no
 * heavier than the normal law's; so the chance stays honest as long as fewer than one in fifty misuses the same thing.
 */
const habits: ReadonlySet<SignalName> = new Set(['deniedAttempts', 'exportsAtUnusualHours']);

/** Whoever does more is refused more, and exports more: both as they are and at the activity of the usual person these must be unusual. */
const byActivity: ReadonlySet<SignalName> = new Set(['deniedAttempts', 'exportsAtUnusualHours']);

/**
 * Who stands out among their peers in a period. A signal's chance is that of a normal value as far above the peers' median in their own widths. A person's
 * chance is that of their strongest signal times the number of signals (Bonferroni); who is reported is decided by Benjamini and Hochberg over all persons of
 * the period. Work after the last day employed is a rule and no chance.
 */
export function detect(people: readonly PersonCounts[], settings = usualSettings): Suspect[] {
	const scored = people.map((person) => ({ person, signals: [] as Signal[] }));
	for (const name of signalNames) {
		const signals = scoreSignal(name, people, settings);
		signals.forEach((signal, index) => {
			scored[index]?.signals.push(signal);
		});
	}
	const chances = scored.map(({ signals }) =>
		Math.min(1, signalNames.length * Math.min(1, ...signals.filter(isEnough).map(({ chance }) => chance))),
	);
	const rates = falseDiscoveryRates(chances);
	const suspects = scored.flatMap(({ person, signals }, index): Suspect[] => {
		const rate = rates[index] ?? 1;
		const isUnlikely = rate <= settings.falseDiscoveryRate;
		const gone = afterLeaving(person);
		if (!isUnlikely && gone === undefined) return [];
		const reported = signals
			.filter(isEnough)
			.filter(({ chance }) => chance * signalNames.length <= Math.max(chances[index] ?? 0, 1e-3))
			.map((signal) => ({ ...signal, falseDiscoveryRate: rate }))
			.sort((a, b) => a.chance - b.chance);
		const all = [...(gone === undefined ? [] : [gone]), ...(isUnlikely ? reported : [])];
		const least = Math.max(1e-10, Math.min(...all.map(({ chance }) => chance)));
		return [{ p: person.p, score: Math.round(-10 * Math.log10(least)), signals: all }];
	});
	return suspects.sort((a, b) => b.score - a.score || a.p - b.p);
}

function isEnough({ name, count, days }: Signal): boolean {
	if (name === 'afterLeaving') return true;
	return count >= leastCounts[name].count && days >= leastCounts[name].days;
}

function afterLeaving({ afterLeaving: { events, days } }: PersonCounts): Signal | undefined {
	if (events === 0) return undefined;
	return {
		name: 'afterLeaving',
		count: events,
		days,
		usual: 0,
		against: 'company',
		peers: 0,
		z: 0,
		scaleBy: 'rule',
		chance: 0,
		falseDiscoveryRate: 0,
	};
}

function scoreSignal(
	name: SignalName,
	people: readonly PersonCounts[],
	{ fewestPeers }: DetectorSettings,
): Signal[] {
	const isHabit = habits.has(name);
	const asCounted = compare(people, ({ counts }) => counts[name], fewestPeers, isHabit);
	const usualWork = median(people.map(workOf));
	const atUsualActivity = byActivity.has(name)
		? compare(
				people,
				(person) => (person.counts[name] * usualWork) / Math.max(usualWork, workOf(person), 1),
				fewestPeers,
				isHabit,
			)
		: asCounted;
	return people.map((person, index): Signal => {
		const [counted, relative] = [asCounted[index], atUsualActivity[index]];
		if (counted === undefined || relative === undefined) throw new Error('a person is missing');
		const { z, scaleBy, chance } = relative.chance > counted.chance ? relative : counted;
		return {
			name,
			count: Math.round(person.counts[name] * 10) / 10,
			days: person.days[name],
			usual: Math.round(counted.usual * 10) / 10,
			against: counted.against,
			peers: counted.peers,
			z: Math.round(z * 100) / 100,
			scaleBy,
			chance,
			falseDiscoveryRate: 1,
		};
	});
}

/** What somebody did beside what is looked for, which must not excuse itself. */
function workOf({ events, denied, counts }: PersonCounts): number {
	return Math.max(1, events - denied - counts.exportsAtUnusualHours);
}

type Standing = Pick<Signal, 'usual' | 'against' | 'peers' | 'z' | 'scaleBy' | 'chance'>;

/** Each against the peer group, or against all where it is too small. */
function compare(
	people: readonly PersonCounts[],
	counted: (person: PersonCounts) => number,
	fewestPeers: number,
	isHabit: boolean,
): Standing[] {
	const summary = (members: readonly PersonCounts[]) => ({
		...spread(members.map((member) => stabilised(counted(member)))),
		usual: median(members.map(counted)),
		peers: members.length,
	});
	const company = summary(people);
	const groups = new Map(
		[...Map.groupBy(people, ({ group }) => group)].map(([group, members]) => [group, summary(members)]),
	);
	const standings = people.map((person) => {
		const group = groups.get(person.group);
		const isGroup = group !== undefined && group.peers >= fewestPeers;
		const { usual, peers, by, median: middle, scale } = isGroup ? group : company;
		const z = (stabilised(counted(person)) - middle) / scale;
		return { usual, peers, scaleBy: by, z, against: isGroup ? ('group' as const) : ('company' as const) };
	});
	const widening = isHabit
		? Math.max(
				1,
				quantile(
					standings.map(({ z }) => z),
					0.98,
				) / normal98,
			)
		: 1;
	return standings.map((standing) => {
		const z = standing.z / widening;
		return { ...standing, z, chance: upperTail(z) };
	});
}
const normal98 = 2.054;
