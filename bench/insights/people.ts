import { random, type Random } from '../../sandbox/demo/random';

/*
 * A company that works, for the accuracy of the detector: who does what, when and from where. It imports nothing of the detector and knows none of its
 * limits; what it varies is what people vary in: how much they do, when they work, whether they travel, stand in for others, move, join or leave.
 */

export const abuses = ['probing', 'creep', 'offHoursExport', 'sharedAccount', 'leaverActive'] as const;
export type Abuse = (typeof abuses)[number];

export interface Post {
	name: string;
	operations: string[];
	/** probability that somebody of the post works nights in a given week */
	nights: number;
	/** works late at the end of a month */
	closesBooks: boolean;
	/** is called at night when something breaks */
	onCall: boolean;
}

export interface Worker {
	id: string;
	post: Post;
	/** post before a move */
	before?: { post: Post; until: number };
	/** requests on a usual day; heavy-tailed */
	rate: number;
	/** first and last day, as days from the beginning; a leaver's systems may run on */
	joins: number;
	leaves?: number;
	site: string;
	homeOffice: number;
	travels: number;
	vpn: number;
	/** share of refused requests of the person's own */
	clumsiness: number;
	starts: number;
	hours: number;
	worksSaturdays: boolean;
	/** weeks of holiday, and whom they stand in for */
	away: number[];
	abuse?: Abuse;
}

const verbs = ['view', 'create', 'change', 'approve', 'cancel', 'export', 'print', 'release', 'assign'];
const subjects: Record<string, string[]> = {
	purchasing: ['purchaseOrder', 'supplier', 'contract', 'request', 'priceList'],
	sales: ['salesOrder', 'customer', 'quote', 'discount', 'complaint'],
	warehouse: ['delivery', 'stock', 'reservation', 'count', 'transfer'],
	finance: ['invoice', 'payment', 'journal', 'asset', 'period'],
	production: ['workOrder', 'routing', 'bom', 'machine', 'batch'],
	hr: ['employee', 'payroll', 'absence', 'post', 'training'],
	it: ['user', 'role', 'server', 'backup', 'interface'],
	quality: ['inspection', 'certificate', 'deviation', 'audit', 'sample'],
};
const common = [
	'login',
	'report.view',
	'timesheet.create',
	'message.view',
	'document.view',
	'document.print',
];

const sites = ['suzhou', 'wuxi', 'shanghai', 'hamburg'];

export function company(seed: number, people: number, days: number, abusers: number) {
	const chance = random(seed);
	const posts = Object.entries(subjects).flatMap(([area, things]) =>
		['clerk', 'specialist', 'lead'].map((level): Post => {
			const allowed = things.flatMap((thing) =>
				verbs
					.filter(() => chance.chance(level === 'clerk' ? 0.35 : level === 'specialist' ? 0.5 : 0.65))
					.map((verb) => `${thing}.${verb}`),
			);
			return {
				name: `${area}.${level}`,
				operations: [...common, ...allowed],
				nights: area === 'production' || area === 'warehouse' ? 0.3 : 0,
				closesBooks: area === 'finance',
				onCall: area === 'it',
			};
		}),
	);
	const workers = Array.from({ length: people }, (_, index): Worker => worker(index, posts, days, chance));
	for (let index = 0; index < abusers; index += 1)
		corrupt(workers, abuses[index % abuses.length] ?? 'probing', days, chance);
	return { posts, workers, chance };
}

function worker(index: number, posts: Post[], days: number, chance: Random): Worker {
	const post = chance.pick(posts);
	const moves = chance.chance(0.04)
		? { post: chance.pick(posts), until: chance.integer(7, days - 7) }
		: undefined;
	const joins = chance.chance(0.05) ? chance.integer(1, days - 10) : 0;
	const leaves = joins === 0 && chance.chance(0.04) ? chance.integer(10, days - 10) : undefined;
	const away = Array.from({ length: chance.integer(0, 2) }, () => chance.integer(0, Math.floor(days / 7)));
	return {
		id: `E${1_000 + index}`,
		post,
		...(moves === undefined ? {} : { before: moves }),
		rate: Math.min(250, 12 * Math.exp(0.8 * gauss(chance))),
		joins,
		...(leaves === undefined ? {} : { leaves }),
		site: chance.pick(sites),
		homeOffice: chance.chance(0.35) ? chance.integer(5, 50) / 100 : 0,
		travels: chance.chance(0.12) ? chance.integer(1, 8) / 100 : 0.003,
		vpn: chance.chance(0.1) ? chance.integer(1, 10) / 100 : 0.002,
		// Nobody works on where more than one in twenty requests is refused.
		clumsiness: Math.min(0.05, 0.008 * Math.exp(0.9 * gauss(chance))),
		starts: 7 + chance.integer(0, 3),
		hours: 8 + chance.integer(0, 2),
		worksSaturdays: chance.chance(0.06),
		away,
	};
}

function corrupt(workers: Worker[], abuse: Abuse, days: number, chance: Random): void {
	for (;;) {
		const one = chance.pick(workers);
		if (one.abuse !== undefined || one.joins > 0 || one.before !== undefined || one.leaves !== undefined)
			continue;
		one.abuse = abuse;
		if (abuse === 'leaverActive') one.leaves = chance.integer(15, days - 25);
		return;
	}
}

/** Marsaglia and Bray's polar method. */
export function gauss(chance: Random): number {
	for (;;) {
		const a = chance.integer(-1_000_000, 1_000_000) / 1_000_000;
		const b = chance.integer(-1_000_000, 1_000_000) / 1_000_000;
		const s = a * a + b * b;
		if (s > 0 && s < 1) return a * Math.sqrt((-2 * Math.log(s)) / s);
	}
}

/** Knuth's method, in parts that do not underflow. */
export function poisson(mean: number, chance: Random): number {
	let count = 0;
	for (let rest = mean; rest > 0; rest -= 20) {
		const limit = Math.exp(-Math.min(20, rest));
		for (let product = chance.integer(1, 1_000_000) / 1_000_000; product > limit; count += 1)
			product *= chance.integer(1, 1_000_000) / 1_000_000;
	}
	return count;
}
