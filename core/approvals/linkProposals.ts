import type { ApprovalPosition, ApprovalUser } from '../model/approval';
import type { Employee } from '../model/employee';
import type { Position } from '../model/organisation';
import type { Picture } from './picture';

/** By what two records look like the same. */
export type Likeness = 'key' | 'name' | 'people' | 'login' | 'mail';

export interface LinkCandidate {
	/** in the system with the approvals */
	key: string;
	name: string;
	/** 0 to 1 */
	confidence: number;
	by: Likeness[];
}

/** What a record of HR could be in the system. `clear`: the first candidate, by far; `ambiguous`: a person has to choose. */
export interface LinkProposal {
	kind: 'position' | 'person';
	hr: { key: string; name: string };
	state: 'clear' | 'ambiguous' | 'unmatched';
	/** the likeliest first */
	candidates: LinkCandidate[];
}

/** Less is no more than a coincidence. */
const leastCandidate = 0.3;
const leastClear = 0.6;
/** By how much the first has to be ahead of the second. */
const leastLead = 0.2;
/** One name says all that the other says. */
const sameName = 0.85;
/** A position that another post becomes already is seldom meant a second time. */
const takenFactor = 0.5;

/**
 * HR's approving positions and people beside the system's: for each that leads nowhere there, what it could be. A record that is two
 * posts' likeliest is nobody's clear one.
 */
export function proposeLinks(picture: Picture): LinkProposal[] {
	return [...undisputed(positionProposals(picture)), ...undisputed(personProposals(picture))];
}

function positionProposals(picture: Picture): LinkProposal[] {
	const { hr, organisation } = picture;
	const mappings = organisation.sync?.mappings ?? [];
	const targetOf = new Map(mappings.map(({ hr: key, position }) => [key, position]));
	const isThere = (key: string | undefined): boolean => key !== undefined && picture.positionByKey.has(key);
	const targets = organisation.positions.filter(({ state }) => state === 'active');
	return (hr?.positions ?? [])
		.filter(({ key, approver, state }) => approver && state === 'active' && !isThere(targetOf.get(key)))
		.map((post) => {
			const taken = new Set(mappings.filter(({ hr: key }) => key !== post.key).map((one) => one.position));
			return proposal(
				'position',
				post,
				targets.map((target) =>
					candidate(target, positionLikeness(post, target, picture), taken.has(target.key) ? takenFactor : 1),
				),
			);
		});
}

function personProposals(picture: Picture): LinkProposal[] {
	const free = picture.organisation.users.filter(
		({ employee }) => employee === undefined || !picture.employeeByNumber.has(employee),
	);
	return (picture.hr?.employees ?? [])
		.filter(({ key, number = key, state }) => state !== 'left' && !picture.userByEmployee.has(number))
		.map((employee) =>
			proposal(
				'person',
				employee,
				free.map((user) => candidate(user, personLikeness(employee, user), 1)),
			),
		)
		.filter(({ candidates }) => candidates.length > 0);
}

type Scores = Partial<Record<Likeness, number>>;

function positionLikeness(post: Position, target: ApprovalPosition, picture: Picture): Scores {
	const holders = (picture.holdersOf.get(post.key) ?? []).map(({ key, number = key }) => number);
	const bound = (picture.bindingsOf.get(target.key) ?? []).flatMap(({ user, origin }) => {
		const number = picture.userByKey.get(user)?.employee;
		return origin === 'sync' && number !== undefined ? [number] : [];
	});
	const shared = holders.filter((number) => bound.includes(number)).length;
	return {
		key: keyLikeness(post.key, target.key),
		name: nameLikeness(post.name, target.name),
		people: holders.length === 0 ? 0 : (shared / holders.length) * 0.9,
	};
}

function personLikeness({ login, email, name }: Employee, user: ApprovalUser): Scores {
	const same = (a: string | undefined, b: string | undefined): boolean =>
		a !== undefined && a.toLowerCase() === b?.toLowerCase();
	return {
		login: same(login, user.key) ? 0.9 : 0,
		mail: same(email, user.email) ? 0.9 : 0,
		// Half a name is only the same family.
		name: nameLikeness(name, user.name) === sameName ? 0.6 : 0,
	};
}

/** Independent signs add up: two of 0.9 leave a doubt of 0.01. */
function candidate(
	{ key, name }: { key: string; name: string },
	scores: Scores,
	factor: number,
): LinkCandidate {
	const found = Object.entries(scores).filter(([, score]) => score > 0);
	const doubt = found.reduce((rest, [, score]) => rest * (1 - score), 1);
	return {
		key,
		name,
		confidence: Math.round((1 - doubt) * factor * 100) / 100,
		by: found.map(([likeness]) => likeness as Likeness),
	};
}

function proposal(
	kind: LinkProposal['kind'],
	{ key, name }: { key: string; name: string },
	all: LinkCandidate[],
): LinkProposal {
	const candidates = all
		.filter(({ confidence }) => confidence >= leastCandidate)
		.sort((a, b) => b.confidence - a.confidence || (a.key < b.key ? -1 : 1));
	const [first, second] = candidates;
	const isClear =
		first !== undefined &&
		first.confidence >= leastClear &&
		first.confidence - (second?.confidence ?? 0) >= leastLead;
	return {
		kind,
		hr: { key, name },
		state: first === undefined ? 'unmatched' : isClear ? 'clear' : 'ambiguous',
		candidates,
	};
}

function undisputed(proposals: LinkProposal[]): LinkProposal[] {
	const claims = Map.groupBy(
		proposals.filter(({ state }) => state === 'clear'),
		({ candidates }) => candidates[0]?.key,
	);
	return proposals.map((one) =>
		one.state === 'clear' && (claims.get(one.candidates[0]?.key)?.length ?? 0) > 1
			? { ...one, state: 'ambiguous' }
			: one,
	);
}

/** FIN-SUP and FINANCE_SUPERVISOR: word by word, one the other's abbreviation; GM and GENERAL_MANAGER by their first letters. */
function keyLikeness(a: string, b: string): number {
	const [left, right] = [wordsOf(a), wordsOf(b)];
	if (left.join('') === right.join('')) return 0.95;
	if (left.length === right.length)
		return left.every((word, at) => abbreviates(word, right[at] ?? '')) ? 0.85 : 0;
	const initials = (words: string[]): string => words.map(([letter]) => letter).join('');
	return left.join('') === initials(right) || right.join('') === initials(left) ? 0.6 : 0;
}

function abbreviates(a: string, b: string): boolean {
	const [short, long] = a.length <= b.length ? [a, b] : [b, a];
	if (short[0] !== long[0]) return false;
	let at = 0;
	for (const letter of long) if (letter === short[at]) at += 1;
	return at === short.length;
}

/** The share of what the shorter name says that the other says too; names in two languages often stand side by side. */
function nameLikeness(a: string, b: string): number {
	const [left, right] = [partsOf(a), partsOf(b)];
	const fewer = left.size <= right.size ? left : right;
	const more = fewer === left ? right : left;
	if (fewer.size === 0) return 0;
	const share = [...fewer].filter((part) => more.has(part)).length / fewer.size;
	return share < 1 ? share * 0.4 : sameName;
}

function wordsOf(text: string): string[] {
	return text
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
}

/** Words, and of Chinese each pair of neighbouring characters. */
function partsOf(text: string): Set<string> {
	return new Set(
		wordsOf(text).flatMap((word) =>
			/\p{Script=Han}/u.test(word) && word.length > 2
				? [...word].slice(1).map((sign, at) => `${[...word][at] ?? ''}${sign}`)
				: [word],
		),
	);
}
