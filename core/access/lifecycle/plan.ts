import { absentFrom } from '../../hr/absentPeople';
import { checkDirectory } from '../../hr/directoryCheck';
import type { PersonalState } from '../../hr/employmentEvents';
import type { Employee } from '../../model/employee';
import type { AccessSnapshot } from '../../ports/accessSystem';
import { dayIn, deadline, nextDay, startOfDay } from './deadline';
import { grantId, type Account, type Grant } from '../../model/grant';
import { ownersOf } from './owners';
import { rightsOfPost, type AccessException, type LifecycleRules, type LifecycleScope } from './rules';

/** What takes a right away. */
export const revocationCauses = ['leaver', 'moved', 'timeBoxEnded', 'outsideProcess', 'dormant'] as const;
export type RevocationCause = (typeof revocationCauses)[number];

/** A revocation that is decided and not yet done; without `right` it is the account itself. */
export interface OpenRevocation {
	account: string;
	right?: string;
	person?: string;
	cause: RevocationCause;
	reason: string;
	/** milliseconds since 1970, as all instants here */
	noticedAt: number;
	dueAt: number;
}

export interface PlannedRevocation extends OpenRevocation {
	/** `held`: what it rests on is in doubt; `excepted`: an exception keeps the right until `dueAt` */
	state: 'due' | 'waiting' | 'held' | 'excepted';
	/** the deadline by the rules alone; `dueAt` is later where an exception keeps the right */
	ruleDueAt: number;
	exception?: string;
}

export interface PlannedGrant {
	person: string;
	/** absent: the person has no account yet */
	account?: string;
	login: string;
	right: string;
	reason: string;
}

export type LifecycleFindingKind =
	| 'orphanAccount'
	| 'leaverActive'
	| 'outsideProcess'
	| 'dormant'
	| 'unknownRight'
	| 'noAccount'
	| 'refusedInReview'
	| 'doubt';

/** Something that a person should look at. */
export interface LifecycleFinding {
	kind: LifecycleFindingKind;
	account?: string;
	right?: string;
	person?: string;
	finding: string;
}

export interface LifecyclePlan {
	grants: PlannedGrant[];
	revocations: PlannedRevocation[];
	/** rights found in the system that the post gives and that are not yet in the books */
	adopted: Grant[];
	/** decided before and no longer to be done: the right is gone, or it is the post's again */
	settled: OpenRevocation[];
	/** in the books, and no longer in the system: whoever gives it again gives it anew */
	stale: Grant[];
	findings: LifecycleFinding[];
	/** people whom HR lists no more and a rule confirms as gone, as having left */
	gone: PersonalState[];
	/** whether the people can be taken for all */
	peopleBelieved: boolean;
}

/** A right that a reviewer took: the post does not give it again. */
export interface ReviewRefusal {
	account: string;
	right: string;
	person?: string;
	/** position or department held then; in another one the refusal does not count. Absent: in any */
	post?: string;
	campaign: string;
	by: string;
	/** milliseconds since 1970 */
	decidedAt: number;
}

export interface LifecycleInput {
	snapshot: AccessSnapshot;
	/** a complete answer of HR */
	people: Employee[];
	/** as they were at the last run, by key */
	before: ReadonlyMap<string, PersonalState>;
	/** the grants of this system that were given or recognised here */
	books: Grant[];
	open: OpenRevocation[];
	exceptions: AccessException[];
	refusals?: ReviewRefusal[];
	rules: LifecycleRules;
	now: number;
}

/**
 * What the rules ask for now, from states alone: what systems, HR and books say. Called again with the same states it gives the same plan, so a
 * missed, doubled or reordered event changes nothing. What rests on doubtful data is held and the doubt told; it is never carried out.
 */
export function planLifecycle(input: LifecycleInput): LifecyclePlan {
	const { snapshot, before, rules, now } = input;
	const today = dayIn(rules.timeZone, now);
	const plan: LifecyclePlan = {
		grants: [],
		revocations: [],
		adopted: [],
		settled: [],
		stale: [],
		findings: [],
		gone: confirmedGone(input),
		peopleBelieved: true,
	};
	const tell = (
		kind: LifecycleFindingKind,
		finding: string,
		about: Omit<LifecycleFinding, 'kind' | 'finding'> = {},
	) => plan.findings.push({ kind, finding, ...about });

	if (!snapshot.complete)
		tell(
			'doubt',
			`${snapshot.system} did not show all its rights: ${snapshot.missing ?? 'it does not say what is missing'}. Nothing is given there now.`,
		);
	const people = [...input.people, ...plan.gone];
	for (const { key, state } of input.people)
		if (rules.goneEmployees.includes(key) && state !== 'left')
			tell(
				'doubt',
				`The rules confirm employee ${key} as gone, and HR shows them as employed. HR's record counts.`,
				{ person: key },
			);
	const missing = missingPeople(people, before);
	if (missing === 'most') {
		plan.peopleBelieved = false;
		tell(
			'doubt',
			`HR answered only some of the ${before.size} people known. Nothing that rests on posts or on leaving is done until it answers them all.`,
		);
	} else
		for (const key of missing)
			tell(
				'doubt',
				`Employee ${key} is missing in HR's answer. Being absent is not leaving; their rights stay.`,
				{ person: key },
			);
	for (const { kind, employees, finding } of checkDirectory({ employees: people, today }))
		if (tellingFindings.has(kind))
			tell('doubt', finding, employees.length === 1 ? { person: employees[0] ?? '' } : {});

	const givesPosts = rules.scope.includes('mover') || rules.scope.includes('joiner');
	const seen = new Set(people.map(({ key }) => key));
	const ownerOf = ownersOf(
		people,
		today,
		[...before.values()].filter(({ key, state }) => state !== 'left' && !seen.has(key)),
	);
	const inDoubt = new Set<string>();
	const refusals = Map.groupBy(input.refusals ?? [], ({ right }) => right);
	const books = new Map(input.books.map((grant) => [grantId(grant), grant]));
	const known = new Map(input.open.map((one) => [revocationId(one), one]));
	const heldRights = new Map<string, Grant[]>();
	for (const grant of snapshot.grants) {
		const list = heldRights.get(grant.account);
		if (list === undefined) heldRights.set(grant.account, [grant]);
		else list.push(grant);
	}
	const accountsOf = new Map<string, Account[]>();
	const service = new Set(rules.serviceAccounts.map((login) => login.toLowerCase()));

	/** Decides it, with the deadline set when it was first decided for this cause. */
	const decide = (
		one: Omit<OpenRevocation, 'noticedAt' | 'dueAt'>,
		dueAt: () => number,
		doubtful = false,
	): void => {
		if (!isInScope(one.cause, rules)) return;
		const earlier = known.get(revocationId(one));
		// What was noticed later than now was noticed by a clock that ran ahead: its deadline would come too late.
		const same =
			earlier?.cause === one.cause && earlier.noticedAt <= now + clockToleranceMs ? earlier : undefined;
		const decided = { ...one, noticedAt: same?.noticedAt ?? now, dueAt: same?.dueAt ?? dueAt() };
		// A time-boxed grant may be given longer; the books say until when.
		if (one.cause === 'timeBoxEnded') decided.dueAt = dueAt();
		const exception = one.cause === 'leaver' ? undefined : exceptionFor(input.exceptions, decided, now);
		const until =
			exception === undefined ? decided.dueAt : Math.max(decided.dueAt, Date.parse(exception.until));
		const state = doubtful ? 'held' : until <= now ? 'due' : exception !== undefined ? 'excepted' : 'waiting';
		plan.revocations.push({
			...decided,
			dueAt: until,
			ruleDueAt: decided.dueAt,
			state,
			...(exception === undefined ? {} : { exception: exception.id }),
		});
	};

	for (const account of snapshot.accounts) {
		if (service.has(account.login.toLowerCase())) continue;
		const owner = ownerOf(account);
		const rights = heldRights.get(account.key) ?? [];
		if (owner.kind === 'person') {
			const list = accountsOf.get(owner.person.key);
			if (list === undefined) accountsOf.set(owner.person.key, [account]);
			else list.push(account);
		}
		const person = owner.kind === 'person' ? owner.person : undefined;
		if (owner.kind === 'nobody' && owner.missing === undefined && account.active && plan.peopleBelieved)
			tell(
				'orphanAccount',
				`Account "${account.login}" of ${snapshot.system} belongs to nobody whom HR knows.`,
				{ account: account.key },
			);
		if (owner.kind === 'doubtful') {
			for (const one of owner.people) inDoubt.add(one);
			tell(
				'doubt',
				`Account "${account.login}" of ${snapshot.system} may belong to ${owner.people.join(' or ')}. Nothing that rests on whose it is is done with it.`,
				{ account: account.key },
			);
		}
		const believed = plan.peopleBelieved && owner.kind !== 'doubtful';

		if (person?.state === 'left') {
			const from = lastInstant(person, rules, now);
			const reason = `${person.key} has left${person.leftOn === undefined ? '' : ` on ${person.leftOn}`}`;
			if (account.active && from <= now)
				tell('leaverActive', `Account "${account.login}" of ${snapshot.system} is active, and ${reason}.`, {
					account: account.key,
					person: person.key,
				});
			const base = { account: account.key, person: person.key, cause: 'leaver' as const, reason };
			if (account.active && rules.deactivateLeavers) decide(base, () => from, !believed);
			for (const { right } of rights) decide({ ...base, right }, () => from, !believed);
			continue;
		}
		const entitled = person === undefined ? new Set<string>() : rightsOfPost(rules, postOn(person, today));
		for (const grant of rights) {
			const { right } = grant;
			const booked = books.get(grantId(grant));
			const base = {
				account: account.key,
				right,
				...(person === undefined ? {} : { person: person.key }),
			};
			const refusal = person && entitled.has(right) ? refusalOf(person, right, account.key) : undefined;
			// What the post gave since, or still holds in the books, stays the post's: a review of long ago takes nothing now.
			if (entitled.has(right) && (refusal === undefined || booked?.why === 'post')) {
				if (refusal !== undefined && Date.parse(booked?.since ?? '') <= refusal.decidedAt)
					tell(
						'refusedInReview',
						`Right "${right}" of account "${account.login}" of ${snapshot.system} was revoked by ${refusal.by} in the review "${refusal.campaign}", and is still there. Revoke it again.`,
						base,
					);
				if (booked?.why !== 'post' && person !== undefined && believed && givesPosts)
					plan.adopted.push({
						...grant,
						person: person.key,
						why: 'post',
						reason: person.position ?? '*',
						...(grant.since === undefined ? { since: new Date(now).toISOString() } : {}),
					});
				if (isDormant(grant, rules, now)) tellDormant(grant, base);
				continue;
			}
			if (booked?.why === 'timeBoxed') {
				// The end of a grant is no matter of posts.
				const end = Date.parse(booked.until ?? '');
				decide({ ...base, cause: 'timeBoxEnded', reason: `given until ${booked.until}` }, () => end);
				continue;
			}
			if (booked?.why === 'post') {
				const vanished = person === undefined || person.position === undefined;
				if (vanished && plan.peopleBelieved && rules.scope.includes('mover'))
					tell(
						'doubt',
						`${person === undefined ? `Account "${account.login}"` : `Employee ${person.key}`} has no post in HR's answer; right "${right}" of the post "${booked.reason ?? ''}" stays.`,
						base,
					);
				decide(
					{
						...base,
						cause: 'moved',
						reason: `of the post ${booked.reason ?? ''}, left for ${person?.position ?? 'none'}`,
					},
					() => deadline(moveStart(person, before, rules, now), delayOf(right, rules), rules),
					!believed || vanished,
				);
				continue;
			}
			if (isDormant(grant, rules, now)) {
				const last = tellDormant(grant, base);
				if (rules.dormant === 'revoke')
					decide({ ...base, cause: 'dormant', reason: `not used since ${last}` }, noticeEnd, !believed);
				continue;
			}
			if (booked?.why === 'request') continue;
			// Without the rights of the posts nobody can say what is outside them.
			if (!account.active || owner.kind === 'nobody' || !givesPosts) continue;
			tell(
				'outsideProcess',
				`Account "${account.login}" of ${snapshot.system} holds "${right}", which neither its owner's post nor anybody here has given.`,
				base,
			);
			if (rules.outsideProcess === 'revoke')
				decide(
					{ ...base, cause: 'outsideProcess', reason: 'given outside the process' },
					noticeEnd,
					!believed,
				);
		}
	}

	/** A reviewer's revocation that counts for the present post. */
	function refusalOf(
		{ key, position, department }: PersonalState,
		right: string,
		account?: string,
	): ReviewRefusal | undefined {
		return (refusals.get(right) ?? []).find(
			(one) =>
				(one.account === account || one.person === key) &&
				(one.post === undefined || one.post === position || one.post === department),
		);
	}

	function noticeEnd(): number {
		return now + rules.noticeHours * 3_600_000;
	}

	/** Returns the day since which the right is unused. */
	function tellDormant({ account, right, lastUsedAt, since = '' }: Grant, about: object): string {
		const last = (lastUsedAt ?? since).slice(0, 10);
		const used = lastUsedAt === undefined ? 'never used since' : 'last used on';
		tell(
			'dormant',
			`Right "${right}" of account "${account}" of ${snapshot.system} was ${used} ${last}.`,
			about,
		);
		return last;
	}

	if (rules.scope.includes('joiner') && snapshot.complete && plan.peopleBelieved) planGrants();
	const still = new Set(plan.revocations.map(revocationId));
	const shown = new Set(snapshot.accounts.map(({ key }) => key));
	plan.settled = input.open.filter(
		(one) =>
			isInScope(one.cause, rules) &&
			!still.has(revocationId(one)) &&
			(snapshot.complete || shown.has(one.account)),
	);
	const granted = new Set(plan.grants.map(({ account, right }) => JSON.stringify([account, right])));
	const held = new Set(snapshot.grants.map(grantId));
	if (snapshot.complete)
		plan.stale = input.books.filter(
			(grant) =>
				!held.has(grantId(grant)) &&
				!granted.has(JSON.stringify([grant.account, grant.right])) &&
				// Another execution may be giving it at this moment.
				Date.parse(grant.since ?? '1970-01-01T00:00:00Z') < now - settledAfterMs,
		);
	plan.revocations.sort((a, b) => a.dueAt - b.dueAt || (revocationId(a) < revocationId(b) ? -1 : 1));
	return plan;

	function planGrants(): void {
		const offered = new Set(snapshot.rights.map(({ key }) => key));
		const unknown = new Set<string>();
		const doubtful = new Set([
			...inDoubt,
			...checkDirectory({ employees: people, today })
				.filter(({ kind }) => kind === 'sameNumber' || kind === 'sameLogin')
				.flatMap(({ employees }) => employees),
		]);
		for (const person of people) {
			if (person.state !== 'active' || person.login === undefined || doubtful.has(person.key)) continue;
			if (person.hiredOn !== undefined && person.hiredOn > today) continue;
			const position = postOn(person, today);
			const rights = rightsOfPost(rules, position);
			if (rights.size === 0) continue;
			const own = accountsOf.get(person.key) ?? [];
			const account = own.find(({ active }) => active);
			if (account === undefined && (own.length > 0 || !rules.openAccounts)) {
				tell(
					'noAccount',
					`Employee ${person.key} has no active account in ${snapshot.system} for the rights of the post ${position ?? ''}.`,
					{ person: person.key },
				);
				continue;
			}
			const has = new Set(own.flatMap(({ key }) => heldRights.get(key) ?? []).map(({ right }) => right));
			for (const right of rights) {
				if (has.has(right)) continue;
				const refusal = refusalOf(person, right, account?.key);
				if (refusal !== undefined) {
					tell(
						'refusedInReview',
						`Right "${right}" of the post ${position ?? ''} is not given to ${person.key} again in ${snapshot.system}: ${refusal.by} revoked it in the review "${refusal.campaign}". Grant it by hand where it is needed.`,
						{ person: person.key, right, ...(account === undefined ? {} : { account: account.key }) },
					);
					continue;
				}
				if (!offered.has(right)) {
					unknown.add(right);
					continue;
				}
				plan.grants.push({
					person: person.key,
					login: person.login,
					right,
					reason: position ?? '*',
					...(account === undefined ? {} : { account: account.key }),
				});
			}
		}
		for (const right of unknown)
			tell('unknownRight', `${snapshot.system} has no right "${right}", which a rule gives to a post.`, {
				right,
			});
	}
}

const scopeOf: Record<RevocationCause, LifecycleScope[]> = {
	leaver: ['leaver'],
	moved: ['mover'],
	timeBoxEnded: ['timeBox'],
	outsideProcess: ['mover', 'joiner'],
	dormant: ['mover', 'joiner'],
};

function isInScope(cause: RevocationCause, { scope }: LifecycleRules): boolean {
	return scopeOf[cause].some((one) => scope.includes(one));
}

const settledAfterMs = 3_600_000;
/** Two machines' clocks may differ by so much. */
export const clockToleranceMs = 300_000;

/** What is told of HR's records here: what keeps rights from being decided, or decides about them otherwise than expected. */
const tellingFindings = new Set(['sameNumber', 'sameLogin', 'managerCycle', 'moveAhead', 'pastLastDay']);

export function revocationId({ account, right }: Pick<OpenRevocation, 'account' | 'right'>): string {
	return JSON.stringify([account, right ?? null]);
}

/** A rule names them, and HR does not show them: whoever HR shows is as HR says. */
function confirmedGone({ people, before, rules }: LifecycleInput): PersonalState[] {
	const listed = new Set(people.map(({ key }) => key));
	return [...new Set(rules.goneEmployees)]
		.filter((key) => !listed.has(key))
		.map((key) => {
			const { leftOn: _leftOn, ...last } = before.get(key) ?? { key, name: key };
			return { ...last, state: 'left' };
		});
}

function missingPeople(
	people: PersonalState[],
	before: ReadonlyMap<string, PersonalState>,
): string[] | 'most' {
	const expected = [...before.values()].filter(({ state }) => state !== 'left').map(({ key }) => key);
	const absence = absentFrom({ expected, seen: new Set(people.map(({ key }) => key)) });
	return absence.believed ? absence.absent : 'most';
}

/** HR may show a post before it begins; it gives no rights until then, and those of the earlier one stay for their time after that day. */
function postOn({ assignedOn, position }: PersonalState, today: string): string | undefined {
	return assignedOn === undefined || assignedOn <= today ? position : undefined;
}

/** When the clock of a move starts: at the notice; on its day when that is still ahead, or not too long ago and new to us. */
function moveStart(
	person: PersonalState | undefined,
	before: ReadonlyMap<string, PersonalState>,
	{ timeZone, backdatedDays }: LifecycleRules,
	now: number,
): number {
	const today = dayIn(timeZone, now);
	const on = person?.assignedOn;
	if (person === undefined || on === undefined || on === today) return now;
	if (on > today) return startOfDay(on, timeZone);
	const isNew = before.get(person.key)?.assignedOn !== on;
	return isNew && on >= nextDay(today, -backdatedDays) ? startOfDay(on, timeZone) : now;
}

/** Somebody is shown as having left from the last day on; one that is ahead ends the rights with that day. */
function lastInstant({ leftOn }: PersonalState, { timeZone }: LifecycleRules, now: number): number {
	if (leftOn === undefined || leftOn <= dayIn(timeZone, now)) return now;
	return startOfDay(nextDay(leftOn), timeZone);
}

function delayOf(right: string, { afterMove, afterMoveOf }: LifecycleRules) {
	return afterMoveOf.find(({ rights }) => rights.includes(right)) ?? afterMove;
}

function isDormant({ lastUsedAt, since }: Grant, { dormantDays }: LifecycleRules, now: number): boolean {
	const last = lastUsedAt ?? since;
	return dormantDays > 0 && last !== undefined && now - Date.parse(last) > dormantDays * 86_400_000;
}

function exceptionFor(
	exceptions: AccessException[],
	{ person, right }: OpenRevocation,
	now: number,
): AccessException | undefined {
	return exceptions
		.filter((one) => one.person === person && (one.right === undefined || one.right === right))
		.filter(({ until }) => Date.parse(until) > now)
		.sort((a, b) => Date.parse(b.until) - Date.parse(a.until))[0];
}
