import type { Employee } from '../../model/employee';
import { personalState, type PersonalState } from '../../hr/employmentEvents';
import type { AccessSystem } from '../../ports/accessSystem';
import { BridgeError, NotFoundError } from '../../ports/errors';
import {
	accessBooks,
	booking,
	claimRevocation,
	failRevocation,
	finishRevocation,
	forgetting,
	keepingRevocations,
	settling,
	type AccessBooks,
	type KeptRevocation,
} from '../../store/accessGrants';
import { revokedInReviews } from '../../store/accessCampaigns';
import type { Database } from '../../store/database';
import { allKnownEmployees, keepingEmployees, type KnownEmployee } from '../../store/knownEmployees';
import {
	planLifecycle,
	revocationId,
	type LifecyclePlan,
	type PlannedGrant,
	type PlannedRevocation,
} from './plan';
import type { LifecycleRules } from './rules';

export interface LifecycleRun {
	database: Database;
	access: AccessSystem;
	people: Employee[];
	rules: LifecycleRules;
	now?: () => number;
}

/** Attempts after which a revocation that a system fails to do is told to somebody, beside being tried again. */
const attemptsBeforeEscalation = 3;
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;
/** Longer than any call takes; after it another execution may try. */
const leaseMs = 300_000;

export interface RevocationResult extends PlannedRevocation {
	result: 'revoked' | 'failed' | 'postponed' | 'elsewhere' | 'waiting' | 'held' | 'excepted';
	failure?: string;
	attempts?: number;
	/** somebody has to look: the system refuses, keeps what it said it took, or failed too often */
	escalated: boolean;
}

export interface GrantResult extends PlannedGrant {
	result: 'granted' | 'failed';
	failure?: string;
}

export interface LifecycleOutcome {
	system: string;
	revocations: RevocationResult[];
	grants: GrantResult[];
	findings: LifecyclePlan['findings'];
	settled: LifecyclePlan['settled'];
}

interface Seen {
	plan: LifecyclePlan;
	books: AccessBooks;
	known: Map<string, KnownEmployee>;
	at: number;
}

/** What would be done now, and when the rest; nothing is written, neither here nor there. */
export async function previewLifecycle(run: LifecycleRun): Promise<LifecyclePlan> {
	return (await see(run)).plan;
}

/**
 * Does what is due. Decisions are kept before the first is carried out, each is taken by one execution at a time, and what the system no longer shows
 * counts as done: so whoever dies half-way is followed by one that does the rest, and nothing is revoked twice. A failure stops no other.
 */
export async function carryOutLifecycle(run: LifecycleRun): Promise<LifecycleOutcome> {
	const seen = await see(run);
	await keep(run, seen);
	const { plan, books } = seen;
	const kept = new Map(books.open.map((one) => [revocationId(one), one]));
	const revocations: RevocationResult[] = [];
	// The account first: whoever cannot sign in can use no right, and give none back.
	for (const one of plan.revocations.toSorted(
		(a, b) => Number(a.right !== undefined) - Number(b.right !== undefined),
	))
		revocations.push(await revoke(run, one, kept.get(revocationId(one))));
	return {
		system: run.access.system,
		revocations,
		grants: await give(run, plan.grants),
		findings: plan.findings,
		settled: plan.settled,
	};
}

async function see({ database, access, people, rules, now = Date.now }: LifecycleRun): Promise<Seen> {
	const snapshot = await access.grants();
	const books = await accessBooks(database, access.system);
	const known = await allKnownEmployees(database, observer(access.system, rules));
	const at = now();
	const before = new Map([...known].map(([key, { state }]) => [key, JSON.parse(state) as PersonalState]));
	const plan = planLifecycle({
		snapshot,
		people,
		before,
		books: books.grants,
		open: books.open,
		exceptions: books.exceptions,
		refusals: await revokedInReviews(database, access.system),
		rules,
		now: at,
	});
	return { plan, books, known, at };
}

async function keep(
	{ database, access, people, rules }: LifecycleRun,
	{ plan, books, known, at }: Seen,
): Promise<void> {
	const open = new Set(books.open.map(revocationId));
	const decided = plan.revocations.filter((one) => one.state !== 'held' || open.has(revocationId(one)));
	// An exception moves what is shown, never the deadline that is kept.
	const kept = decided.map((one) => ({ ...one, dueAt: one.ruleDueAt }));
	const states = [...people.map(personalState), ...plan.gone];
	const changed = states.flatMap((state): KnownEmployee[] => {
		const last = known.get(state.key);
		const text = JSON.stringify(state);
		if (last?.state === text) return [];
		return [
			{
				key: state.key,
				sequence: (last?.sequence ?? 0) + 1,
				state: text,
				employment: state.state,
				absences: 0,
			},
		];
	});
	const once = [...new Map(changed.map((one) => [one.key, one])).values()];
	await database.transaction([
		...booking(plan.adopted, at),
		...keepingRevocations(access.system, kept),
		...settling(access.system, plan.settled, at),
		...plan.stale.map((grant) => forgetting(access.system, grant)),
		...keepingEmployees(observer(access.system, rules), once, at),
	]);
}

async function revoke(
	{ database, access, now = Date.now }: LifecycleRun,
	planned: PlannedRevocation,
	kept: KeptRevocation | undefined,
): Promise<RevocationResult> {
	const attempts = kept?.attempts ?? 0;
	const told = kept?.failure === undefined ? {} : { failure: kept.failure, attempts };
	const result = (name: RevocationResult['result'], more: object = told): RevocationResult => ({
		...planned,
		result: name,
		escalated: false,
		...more,
	});
	if (planned.state !== 'due') return result(planned.state, {});
	const at = now();
	// A pause that ends later than any pause lasts is from a clock that ran ahead.
	const pause = kept !== undefined && kept.cause === planned.cause ? kept.nextAttemptAt - at : 0;
	if (pause > 0 && pause <= longestPauseMs)
		return result('postponed', { ...told, escalated: attempts >= attemptsBeforeEscalation });
	if (!(await claimRevocation(database, access.system, planned, { now: at, leaseMs })))
		return result('elsewhere');
	try {
		if (planned.right === undefined) await access.deactivate(planned.account);
		else await access.revoke({ account: planned.account, right: planned.right });
	} catch (error) {
		if (!(error instanceof BridgeError)) throw error;
		const nextAttemptAt = now() + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 10));
		await failRevocation(database, access.system, planned, { failure: error.message, nextAttemptAt });
		return result('failed', {
			failure: error.message,
			attempts: attempts + 1,
			// A refusal and a lie do not pass by themselves.
			escalated: !error.retryable || attempts + 1 >= attemptsBeforeEscalation,
		});
	}
	await finishRevocation(database, access.system, planned, now());
	return result('revoked', {});
}

async function give(
	{ database, access, people, now = Date.now }: LifecycleRun,
	planned: PlannedGrant[],
): Promise<GrantResult[]> {
	const results: GrantResult[] = [];
	const opened = new Map<string, string>();
	for (const one of planned) {
		try {
			const account = one.account ?? opened.get(one.person) ?? (await openFor(access, people, one));
			opened.set(one.person, account);
			const at = now();
			// Booked first: what is given and never answered is known as the post's all the same.
			await database.transaction(
				booking(
					[
						{
							system: access.system,
							account,
							right: one.right,
							person: one.person,
							why: 'post',
							reason: one.reason,
							since: new Date(at).toISOString(),
							grantedBy: 'access life cycle',
						},
					],
					at,
				),
			);
			await access.grant({ account, right: one.right });
			results.push({ ...one, account, result: 'granted' });
		} catch (error) {
			if (!(error instanceof BridgeError)) throw error;
			results.push({ ...one, result: 'failed', failure: error.message });
		}
	}
	return results;
}

async function openFor(
	access: AccessSystem,
	people: Employee[],
	{ person: key, login }: PlannedGrant,
): Promise<string> {
	const person = people.find((one) => one.key === key);
	if (access.open === undefined || person === undefined)
		throw new NotFoundError(
			`${access.system} has no account for employee ${key}, and accounts are not made there from here.`,
			{
				system: access.system,
				key,
				hint: `Make an account "${login}" in ${access.system}.`,
			},
		);
	const { name, email, number = key } = person;
	return await access.open({ login, name, employee: number, ...(email === undefined ? {} : { email }) });
}

/** Workflows that do different parts know people each for itself: one's notice of a move is not the other's. */
function observer(system: string, { scope }: LifecycleRules): string {
	return `access/${system}/${scope.toSorted().join('+')}`;
}
