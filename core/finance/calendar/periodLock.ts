import { z } from 'zod/v4';

import { addDays, CalendarDate } from './calendarDate';
import { periodContaining, periodNamed, periodsOfYear, type FiscalPeriod } from './fiscalCalendar';
import { lineage, type Organisation, type PlacedEntity } from './legalEntity';

/** What posts into the books. */
export const PostingModule = z.enum(['sales', 'purchase', 'stock', 'assets', 'ledger']);
export type PostingModule = z.infer<typeof PostingModule>;
export const postingModules = PostingModule.options;

/** Soft-closed: certain people may still post. Hard-closed: nobody may, and there is no way back. */
export type PeriodState = 'open' | 'softClosed' | 'hardClosed';

const LockEntry = {
	entity: z.string().min(1),
	module: PostingModule,
	/** key of a period of the entity's calendar, `2026-P03` */
	period: z.string().min(1),
	/** who did it */
	by: z.string().min(1),
	/** when, as an instant in UTC */
	at: z.iso.datetime(),
	reason: z.string().min(1, 'must say why'),
};

/** One entry of the lock journal. Entries are never changed; the newest of an entity, module and period counts. */
export const LockChange = z.discriminatedUnion('action', [
	z.object({
		action: z.literal('softClose'),
		...LockEntry,
		/** roles that may still post */
		roles: z.array(z.string().min(1)).default([]),
	}),
	z.object({ action: z.literal('hardClose'), ...LockEntry }),
	z.object({ action: z.literal('reopen'), ...LockEntry }),
]);
export type LockChange = z.infer<typeof LockChange>;

/** Lets somebody post into a soft-closed period of one entity until an instant. Never into a hard-closed one. */
export const LockException = z
	.object({
		id: z.string().min(1),
		...LockEntry,
		person: z.string().min(1).optional(),
		role: z.string().min(1).optional(),
		/** the exception holds before this instant */
		until: z.iso.datetime(),
		withdrawnAt: z.iso.datetime().optional(),
	})
	.refine(({ person, role }) => (person === undefined) !== (role === undefined), {
		path: ['person'],
		message: 'an exception is for one person or for one role',
	});
export type LockException = z.infer<typeof LockException>;

/** Everything that decides whether something may be posted. */
export interface Books {
	organisation: Organisation;
	/** in the order in which they were made */
	changes: readonly LockChange[];
	exceptions: readonly LockException[];
}

export interface PostingRequest {
	entity: string;
	module: PostingModule;
	/** the day in the books, see `postingDate` */
	date: CalendarDate;
	person?: string;
	roles?: string[];
	/** the instant of the question; exceptions expire */
	now: Date;
}

export interface Violation {
	entity: string;
	module: PostingModule;
	period: FiscalPeriod;
	state: Exclude<PeriodState, 'open'>;
	/** the entry that closed it */
	by: string;
	at: string;
	reason: string;
}

export interface PostingCheck {
	allowed: boolean;
	/** of the entity that was asked about */
	period: FiscalPeriod;
	/** the locks that forbid it: of the entity or an ancestor, for the module or for the ledger that it posts into */
	violations: Violation[];
	/** soft locks that do not count for who asks, with what lets them through */
	letThrough: Array<Violation & { role?: string; exception?: string }>;
	/** the earliest later day on which the same request would be allowed */
	suggestedDate?: CalendarDate;
	/** one sentence */
	reason: string;
}

export type Refusal = { refused: string };

/**
 * Whether a document may be posted on a day. The strictest lock wins among the entity and its ancestors, each by its
 * own calendar. Whatever posts also posts into the ledger, so a closed ledger closes every module.
 */
export function checkPosting(books: Books, request: PostingRequest): PostingCheck | Refusal {
	const line = lineage(books.organisation, request.entity);
	if (line === undefined) return { refused: `There is no legal entity "${request.entity}".` };
	const locks = indexLocks(books.changes);
	const verdict = judge(line, locks, books.exceptions, request);
	if ('refused' in verdict) return verdict;
	const { period, violations } = verdict;
	const [first] = violations;
	if (first === undefined)
		return {
			...verdict,
			allowed: true,
			reason: `${request.date} is in ${period.key}, which is open for ${request.module}.`,
		};
	const suggestedDate = nextAllowedDay(line, locks, books.exceptions, request, violations);
	const how = first.state === 'hardClosed' ? 'closed for good' : 'closed';
	const advice =
		suggestedDate === undefined ? 'No later day is open.' : `The next day that is open is ${suggestedDate}.`;
	const reason = `${request.date} is in ${first.period.key} of ${first.entity}, which ${first.by} has ${how} for ${first.module} (${first.reason}). ${advice}`;
	return {
		...verdict,
		allowed: false,
		...(suggestedDate === undefined ? {} : { suggestedDate }),
		reason,
	};
}

/** The state of one entity's own lock, without its ancestors'. */
export function stateOf(
	changes: readonly LockChange[],
	{ entity, module, period }: Pick<LockChange, 'entity' | 'module' | 'period'>,
): PeriodState {
	return stateAfter(indexLocks(changes).get(lockKey(entity, module, period)));
}

/**
 * Whether a lock may change so: a hard-closed period stays so; a period is hard-closed only when all earlier ones of its
 * year are, and the year before too if anything of it was ever closed; a period that is not closed cannot be reopened.
 */
export function checkChange(books: Books, change: LockChange): { accepted: LockChange } | Refusal {
	const [own] = lineage(books.organisation, change.entity) ?? [];
	if (own === undefined) return { refused: `There is no legal entity "${change.entity}".` };
	const period = periodNamed(own.calendar, change.period);
	const where = `${change.period} of ${change.entity}`;
	if (period === undefined)
		return {
			refused: `The calendar "${own.calendar.name}" of ${change.entity} has no period ${change.period}.`,
		};
	const locks = indexLocks(books.changes);
	const state = (key: string) => stateAfter(locks.get(lockKey(change.entity, change.module, key)));
	const now = state(change.period);
	if (now === 'hardClosed')
		return { refused: `${where} is closed for good for ${change.module}; that cannot be changed.` };
	if (change.action === 'reopen' && now === 'open')
		return { refused: `${where} is not closed for ${change.module}, so it cannot be reopened.` };
	if (change.action === 'hardClose') {
		const earlier = [
			...periodsOfYear(own.calendar, period.year - 1),
			...periodsOfYear(own.calendar, period.year),
		].filter(({ to }) => to < period.from);
		const firstTouched = earlier.findIndex(({ key, year }) => year === period.year || state(key) !== 'open');
		const open = earlier
			.slice(firstTouched < 0 ? earlier.length : firstTouched)
			.filter(({ key }) => state(key) !== 'hardClosed');
		if (open.length > 0)
			return {
				refused: `${where} cannot be closed for good for ${change.module} before ${open.map(({ key }) => key).join(', ')}.`,
			};
	}
	return { accepted: change };
}

type Locks = Map<string, LockChange>;

/** Many documents are checked against the same books: each journal is sorted once. */
const indexed = new WeakMap<readonly LockChange[], Locks>();

function indexLocks(changes: readonly LockChange[]): Locks {
	const known = indexed.get(changes);
	if (known !== undefined) return known;
	const locks: Locks = new Map(
		changes.map((change) => [lockKey(change.entity, change.module, change.period), change]),
	);
	indexed.set(changes, locks);
	return locks;
}

function lockKey(entity: string, module: PostingModule, period: string): string {
	return JSON.stringify([entity, module, period]);
}

function stateAfter(change: LockChange | undefined): PeriodState {
	if (change === undefined || change.action === 'reopen') return 'open';
	return change.action === 'hardClose' ? 'hardClosed' : 'softClosed';
}

type Verdict = Pick<PostingCheck, 'period' | 'violations' | 'letThrough'>;

function judge(
	line: PlacedEntity[],
	locks: Locks,
	exceptions: readonly LockException[],
	request: PostingRequest,
): Verdict | Refusal {
	const violations: Violation[] = [];
	const letThrough: PostingCheck['letThrough'] = [];
	let own: FiscalPeriod | undefined;
	for (const { entity, calendar } of line) {
		const period = periodContaining(calendar, request.date);
		if (period === undefined)
			return {
				refused: `${request.date} is in no period of the calendar "${calendar.name}" of ${entity.id}. Add the period or correct the date.`,
			};
		own ??= period;
		for (const module of new Set<PostingModule>([request.module, 'ledger'])) {
			const change = locks.get(lockKey(entity.id, module, period.key));
			const state = stateAfter(change);
			if (change === undefined || state === 'open') continue;
			const { by, at, reason } = change;
			const violation: Violation = { entity: entity.id, module, period, state, by, at, reason };
			const permit = permitOf(change, exceptions, request);
			if (permit === undefined) violations.push(violation);
			else letThrough.push({ ...violation, ...permit });
		}
	}
	violations.sort((a, b) => Number(b.state === 'hardClosed') - Number(a.state === 'hardClosed'));
	return own === undefined
		? { refused: `There is no legal entity "${request.entity}".` }
		: { period: own, violations, letThrough };
}

/** What lets the one who asks through a soft lock. An exception counts for the lock of its own entity only. */
function permitOf(
	change: LockChange,
	exceptions: readonly LockException[],
	{ person, roles = [], now }: PostingRequest,
): { role: string } | { exception: string } | undefined {
	if (change.action !== 'softClose') return undefined;
	const role = change.roles.find((one) => roles.includes(one));
	if (role !== undefined) return { role };
	const exception = exceptions.find(
		(one) =>
			one.entity === change.entity &&
			one.module === change.module &&
			one.period === change.period &&
			now < new Date(one.withdrawnAt ?? one.until) &&
			now < new Date(one.until) &&
			(one.person === undefined ? roles.includes(one.role ?? '') : one.person === person),
	);
	return exception === undefined ? undefined : { exception: exception.id };
}

/** Closed periods to pass at most in the search for an open day: ten years of thirteen periods. */
const longestSearch = 130;

function nextAllowedDay(
	line: PlacedEntity[],
	locks: Locks,
	exceptions: readonly LockException[],
	request: PostingRequest,
	violations: Violation[],
): CalendarDate | undefined {
	let blocking = violations;
	for (let passed = 0; passed < longestSearch; passed += 1) {
		const last = blocking
			.map(({ period }) => period.to)
			.sort()
			.at(-1);
		if (last === undefined) return undefined;
		const date = addDays(last, 1);
		const verdict = judge(line, locks, exceptions, { ...request, date });
		if ('refused' in verdict) return undefined;
		if (verdict.violations.length === 0) return date;
		blocking = verdict.violations;
	}
	return undefined;
}
