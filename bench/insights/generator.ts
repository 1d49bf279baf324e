import type { Random } from '../../sandbox/demo/random';
import { company, gauss, poisson, type Abuse, type Worker } from './people';

/** One line of the log as a system would write it. */
export interface LogLine {
	at: number;
	person: string;
	operation: string;
	resource: string;
	outcome: 'permit' | 'deny';
	place: string;
}

export interface GeneratedPerson {
	id: string;
	peerGroup: string;
	leftOn?: string;
}

export interface GeneratedLog {
	people: GeneratedPerson[];
	abusers: Map<string, Abuse>;
	lines: LogLine[];
	/** first day, and the first of each month after it */
	months: string[];
}

export interface LogOptions {
	people?: number;
	abusers?: number;
	/** how much an abuser holds back: 1 is usual, less is more careful */
	boldness?: number;
}

const day = 86_400_000;
const hour = 3_600_000;
const minute = 60_000;
const months = ['2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'];
const start = Date.parse(`${months[0]}T00:00:00Z`);
const days = (Date.parse(`${months[3]}T00:00:00Z`) - start) / day;
/** Qingming, Labour Day and the days after it. */
const holidays = new Set([35, 61, 62, 63, 64]);

/** Three months of a company's log, the same for the same seed; its times are those of the place. */
export function generateLog(
	seed: number,
	{ people = 500, abusers = 10, boldness = 1 }: LogOptions = {},
): GeneratedLog {
	const { posts, workers, chance } = company(seed, people, days, abusers);
	const everything = [...new Set(posts.flatMap(({ operations }) => operations))];
	const lines: LogLine[] = [];
	for (const worker of workers) {
		const absences = new Set(worker.away);
		const colleague = chance.pick(workers);
		const standsIn = chance.chance(0.15) ? chance.integer(0, 12) : undefined;
		const project = chance.chance(0.08)
			? {
					from: chance.integer(0, days),
					operations: Array.from({ length: chance.integer(1, 5) }, () => chance.pick(everything)),
				}
			: undefined;
		const favourites = weights(worker, chance);
		for (let date = worker.joins; date < days; date += 1) {
			if (worker.leaves !== undefined && date > worker.leaves) break;
			const weekday = (date + 0) % 7; // 1 March 2026 is a Sunday
			const week = Math.floor(date / 7);
			const isOff = weekday === 0 || (weekday === 6 && !worker.worksSaturdays) || holidays.has(date);
			if (absences.has(week)) continue;
			const stray = chance.chance(0.012);
			if (isOff && !stray) continue;
			const operations =
				worker.before !== undefined && date <= worker.before.until
					? worker.before.post.operations
					: worker.before !== undefined && date <= worker.before.until + 14 && chance.chance(0.3)
						? [...worker.post.operations, ...worker.before.post.operations]
						: worker.post.operations;
			ordinaryDay(worker, date, {
				operations,
				extra: [
					...(standsIn === week || standsIn === week - 1 ? colleague.post.operations : []),
					...(project !== undefined && date >= project.from && date < project.from + 30
						? project.operations
						: []),
				],
				favourites,
				everything,
				isShort: isOff,
				lines,
				chance,
			});
		}
		if (worker.leaves !== undefined) afterwards(worker, lines, chance);
	}
	const ordinary = lines.slice();
	for (const worker of workers)
		if (worker.abuse !== undefined)
			misuse(worker, { lines, ordinary, everything, workers, boldness, chance });
	lines.sort((a, b) => a.at - b.at);
	return {
		people: workers.map(({ id, post, leaves }) => ({
			id,
			peerGroup: post.name,
			...(leaves === undefined ? {} : { leftOn: new Date(start + leaves * day).toISOString().slice(0, 10) }),
		})),
		abusers: new Map(workers.flatMap(({ id, abuse }) => (abuse === undefined ? [] : [[id, abuse]]))),
		lines,
		months,
	};
}

interface Day {
	operations: string[];
	extra: string[];
	favourites: Map<string, number>;
	everything: string[];
	isShort: boolean;
	lines: LogLine[];
	chance: Random;
}

function ordinaryDay(worker: Worker, date: number, day: Day): void {
	const { operations, extra, everything, isShort, lines, chance } = day;
	const week = Math.floor(date / 7);
	const worksNights = worker.post.nights > 0 && nightWeek(worker.id, week) < worker.post.nights;
	const monthDay = new Date(start + date * 86_400_000).getUTCDate();
	const monthEnd = monthDay >= 27 || monthDay <= 3;
	const busy = worker.post.closesBooks && monthEnd ? 1.8 : monthEnd ? 1.15 : 1;
	const overtime = chance.chance(0.04)
		? chance.integer(2, 5)
		: worker.post.closesBooks && monthEnd
			? chance.integer(1, 4)
			: 0;
	const from = (worksNights ? 22 : worker.starts) + gauss(chance) * 0.4;
	const length = isShort ? 2 : worker.hours + overtime;
	const count = poisson(worker.rate * busy * (isShort ? 0.2 : 1) * Math.exp(0.25 * gauss(chance)), chance);
	const away = chance.chance(worker.travels) ? `hotel-${chance.integer(1, 40)}` : undefined;
	const place = away ?? (chance.chance(worker.homeOffice) ? `home-${worker.id}` : worker.site);
	const flaps = chance.chance(worker.vpn);
	const clumsy = worker.clumsiness * (chance.chance(0.03) ? 6 : 1);
	for (let index = 0; index < count; index += 1) {
		const at = start + date * 86_400_000 + (from + (length * chance.integer(0, 10_000)) / 10_000) * hour;
		const operation =
			extra.length > 0 && chance.chance(0.2)
				? chance.pick(extra)
				: favourite(operations, day.favourites, chance);
		const misses = chance.chance(clumsy);
		const tried = misses ? mistaken(operation, worker, everything, chance) : operation;
		const where = flaps && chance.chance(0.3) ? 'vpn-gateway' : place;
		const line = {
			at: Math.floor(at),
			person: worker.id,
			operation: tried,
			resource: resourceOf(tried, chance),
			outcome: misses ? ('deny' as const) : ('permit' as const),
			place: where,
		};
		lines.push(line);
		// Who is refused tries again, some many times.
		if (misses)
			for (let again = poisson(1, chance); again > 0; again -= 1)
				lines.push({ ...line, at: line.at + again * 20_000 });
	}
	if (worker.post.onCall && chance.chance(0.05)) {
		const at = start + date * 86_400_000 + chance.integer(0, 5) * hour;
		for (let index = poisson(6, chance); index > 0; index -= 1) {
			const operation = favourite(operations, day.favourites, chance);
			lines.push({
				at: at + index * minute,
				person: worker.id,
				operation,
				resource: resourceOf(operation, chance),
				outcome: 'permit',
				place: `home-${worker.id}`,
			});
		}
	}
}

/** Mostly one's own work beyond a limit, or what the desk beside may do; seldom something of another department. */
function mistaken(operation: string, { post }: Worker, everything: string[], chance: Random): string {
	const kinds = new Set(post.operations.map((own) => own.split('.')[0]));
	for (;;) {
		if (chance.chance(0.45)) return operation;
		const other = chance.pick(everything);
		if (kinds.has(other.split('.')[0]) || chance.chance(0.12)) return other;
	}
}

/** A telephone that keeps asking, and a job that runs on for a night. */
function afterwards(worker: Worker, lines: LogLine[], chance: Random): void {
	const last = start + (worker.leaves ?? 0) * day;
	if (chance.chance(0.3))
		lines.push({
			at: last + day + 2 * hour,
			person: worker.id,
			operation: 'report.view',
			resource: 'report/nightly',
			outcome: 'permit',
			place: worker.site,
		});
	if (chance.chance(0.5))
		for (let index = poisson(20, chance); index > 0; index -= 1)
			lines.push({
				at: last + day + chance.integer(1, 14 * 24) * hour,
				person: worker.id,
				operation: 'login',
				resource: '',
				outcome: 'deny',
				place: `home-${worker.id}`,
			});
}

interface Misuse {
	lines: LogLine[];
	/** what everybody did as they should */
	ordinary: LogLine[];
	everything: string[];
	workers: Worker[];
	boldness: number;
	chance: Random;
}

function misuse(worker: Worker, company: Misuse): void {
	const { lines, ordinary, everything, workers, boldness, chance } = company;
	const at = (date: number, hours: number) => Math.floor(start + date * day + hours * hour);
	const add = (
		time: number,
		operation: string,
		outcome: LogLine['outcome'],
		place: string,
		resource = resourceOf(operation, chance),
	) => lines.push({ at: time, person: worker.id, operation, resource, outcome, place });
	const workdays = Array.from({ length: days }, (_, date) => date).filter(
		(date) => date % 7 !== 0 && date % 7 !== 6,
	);
	const forbidden = everything.filter((operation) => !worker.post.operations.includes(operation));
	switch (worker.abuse) {
		case 'probing': {
			const begins = chance.integer(5, days - 25);
			for (const date of workdays.filter((one) => one >= begins && one < begins + 21)) {
				if (!chance.chance(0.6)) continue;
				for (let count = poisson(9 * boldness, chance); count > 0; count -= 1)
					add(
						at(date, 9 + chance.integer(0, 80) / 10),
						chance.pick(forbidden),
						chance.chance(0.97) ? 'deny' : 'permit',
						worker.site,
					);
			}
			return;
		}
		case 'creep': {
			const taken: string[] = [];
			for (const date of workdays.filter((one) => one > 10)) {
				if (date % 7 === 1 + (date % 3) && chance.chance(0.9 * boldness))
					taken.push(chance.pick(forbidden), chance.pick(forbidden));
				for (const operation of taken)
					if (chance.chance(0.25))
						add(at(date, 9 + chance.integer(0, 80) / 10), operation, 'permit', worker.site);
			}
			return;
		}
		case 'offHoursExport': {
			const begins = chance.integer(5, days - 30);
			const exported = chance.pick([
				'customer.export',
				'priceList.export',
				'payroll.export',
				'bom.export',
				'contract.export',
			]);
			const quiet = quietHours(worker, workers, ordinary);
			for (let night = begins; night < Math.min(days, begins + 30); night += chance.integer(2, 5)) {
				const from = chance.pick(quiet);
				for (let count = poisson(18 * boldness, chance); count > 0; count -= 1)
					add(at(night, from + chance.integer(0, 90) / 60), exported, 'permit', `home-${worker.id}`);
			}
			return;
		}
		case 'sharedAccount': {
			const other = chance.pick(workers.filter(({ site }) => site !== worker.site));
			for (const date of workdays) {
				if (!chance.chance(0.5 * boldness)) continue;
				for (let count = poisson(Math.max(8, worker.rate / 2), chance); count > 0; count -= 1)
					add(
						at(date, 9 + chance.integer(0, 80) / 10),
						chance.pick(worker.post.operations),
						'permit',
						other.site,
					);
			}
			return;
		}
		case 'leaverActive': {
			const last = worker.leaves ?? 0;
			for (let date = last + 2; date < days; date += 1) {
				if (!chance.chance(0.35 * boldness)) continue;
				for (let count = 1 + poisson(3, chance); count > 0; count -= 1)
					add(
						at(date, 8 + chance.integer(0, 140) / 10),
						chance.pick(worker.post.operations),
						'permit',
						`home-${worker.id}`,
					);
			}
			return;
		}
		case undefined:
			return;
	}
}

/**
 * When nobody looks: the hours after which two pass with the least work of the person's own and, where these are several, with the least of their post. With
 * night shifts that is no hour of the night.
 */
function quietHours(worker: Worker, workers: Worker[], ordinary: LogLine[]): number[] {
	const colleagues = new Set(workers.filter(({ post }) => post === worker.post).map(({ id }) => id));
	const own = new Array<number>(24).fill(0);
	const ofPost = new Array<number>(24).fill(0);
	for (const { at, person } of ordinary) {
		if (!colleagues.has(person)) continue;
		const at24 = Math.floor(at / hour) % 24;
		for (const from of [at24, (at24 + 23) % 24]) {
			ofPost[from] = (ofPost[from] ?? 0) + 1;
			if (person === worker.id) own[from] = (own[from] ?? 0) + 1;
		}
	}
	const least = (hours: number[], counts: number[]) => {
		const fewest = Math.min(...hours.map((one) => counts[one] ?? 0));
		return hours.filter((one) => (counts[one] ?? 0) === fewest);
	};
	return least(
		least(
			Array.from({ length: 24 }, (_, one) => one),
			own,
		),
		ofPost,
	);
}

function resourceOf(operation: string, chance: Random): string {
	const [kind = operation] = operation.split('.');
	// Some records are asked for far more than others.
	const popular = Math.floor(3_000 * (chance.integer(1, 1_000) / 1_000) ** 3);
	return `${kind}/${popular}`;
}

function weights(worker: Worker, chance: Random): Map<string, number> {
	const of = [...worker.post.operations, ...(worker.before?.post.operations ?? [])];
	return new Map(of.map((operation) => [operation, Math.exp(gauss(chance))]));
}

function favourite(operations: string[], favourites: Map<string, number>, chance: Random): string {
	for (;;) {
		const one = chance.pick(operations);
		const weight = favourites.get(one) ?? 1;
		if (chance.chance(Math.min(1, weight / 4))) return one;
	}
}

/** Crews take the night in turns, week by week. */
function nightWeek(id: string, week: number): number {
	return ((Number(id.slice(1)) * 7 + week * 5) % 10) / 10;
}
