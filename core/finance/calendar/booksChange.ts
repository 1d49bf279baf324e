import { periodNamed, type FiscalPeriod } from './fiscalCalendar';
import { lineage, type Organisation } from './legalEntity';
import {
	checkChange,
	postingModules,
	stateOf,
	type Books,
	type LockChange,
	type LockException,
	type PeriodState,
	type PostingModule,
	type Refusal,
} from './periodLock';

export interface LockOrder {
	action: LockChange['action'];
	entity: string;
	period: string;
	modules: PostingModule[];
	/** of a soft close: who may still post */
	roles: string[];
	by: string;
	at: string;
	reason: string;
}

export interface LockPlan {
	period: FiscalPeriod;
	/** none: everything is as ordered */
	changes: LockChange[];
	/** the modules that need no change */
	unchanged: PostingModule[];
	/** of every module, once the changes are made */
	states: Record<PostingModule, PeriodState>;
}

/**
 * What has to change so that the period is as ordered for all modules, or why it cannot be; then it changes for none of them. A
 * module that is closed as strictly as ordered, or more so, needs no change, so that an order can be repeated.
 */
export function planLocks(books: Books, order: LockOrder): LockPlan | Refusal {
	const { action, modules, roles, ...entry } = order;
	const found = periodOf(books, order);
	if ('refused' in found) return found;
	const changes: LockChange[] = [];
	const unchanged: PostingModule[] = [];
	for (const module of postingModules.filter((one) => modules.includes(one))) {
		const change: LockChange =
			action === 'softClose' ? { action, ...entry, module, roles } : { action, ...entry, module };
		if (isAlready(books, change)) {
			unchanged.push(module);
			continue;
		}
		const checked = checkChange(books, change);
		if ('refused' in checked) return checked;
		changes.push(change);
	}
	return {
		period: found.period,
		changes,
		unchanged,
		states: ownStates({ ...books, changes: [...books.changes, ...changes] }, order),
	};
}

/** The entity's own lock for each module, without its ancestors'. */
export function ownStates(
	{ changes }: Books,
	{ entity, period }: Pick<LockChange, 'entity' | 'period'>,
): Record<PostingModule, PeriodState> {
	return Object.fromEntries(
		postingModules.map((module) => [module, stateOf(changes, { entity, module, period })]),
	) as Record<PostingModule, PeriodState>;
}

function isAlready({ changes }: Books, change: LockChange): boolean {
	const state = stateOf(changes, change);
	if (change.action === 'reopen') return state === 'open';
	if (state === 'hardClosed') return true;
	if (change.action !== 'softClose' || state !== 'softClosed') return false;
	const holding = changes.findLast(
		({ entity, module, period }) =>
			entity === change.entity && module === change.module && period === change.period,
	);
	return holding?.action === 'softClose' && sameRoles(holding.roles, change.roles);
}

function sameRoles(some: string[], others: string[]): boolean {
	return JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());
}

/** Whether an exception may be granted: never for a period that is closed for good, never one that has expired already. */
export function checkExceptions(
	books: Books,
	exceptions: LockException[],
): { period: FiscalPeriod } | Refusal {
	const [first] = exceptions;
	if (first === undefined) return { refused: 'An exception is for one module at least.' };
	const found = periodOf(books, first);
	if ('refused' in found) return found;
	if (Date.parse(first.until) <= Date.parse(first.at))
		return { refused: `The exception would end at ${first.until}, which is over. Give a later moment.` };
	const hard = exceptions.filter((one) => stateOf(books.changes, one) === 'hardClosed');
	if (hard.length > 0)
		return {
			refused: `${first.period} of ${first.entity} is closed for good for ${listed(hard)}; no exception counts there. Post into a later period.`,
		};
	return found;
}

/** Whether an organisation may take the place of the one that holds: a period that is closed keeps its days, and its entity stays. */
export function checkOrganisation(books: Books, next: Organisation): { accepted: Organisation } | Refusal {
	const closed = new Map(
		books.changes
			.filter((change) => stateOf(books.changes, change) !== 'open')
			.map(({ entity, period }) => [JSON.stringify([entity, period]), { entity, period }]),
	);
	const broken = [...closed.values()].flatMap(({ entity, period }): string[] => {
		const before = periodOf(books, { entity, period });
		if ('refused' in before) return [];
		const after = periodOf({ ...books, organisation: next }, { entity, period });
		if ('refused' in after) return [`${period} of ${entity} would be gone`];
		const { from, to } = after.period;
		if (from === before.period.from && to === before.period.to) return [];
		return [
			`${period} of ${entity} (${before.period.from} to ${before.period.to}) would be ${from} to ${to}`,
		];
	});
	if (broken.length === 0) return { accepted: next };
	const shown = broken.slice(0, 5).join('; ') + (broken.length > 5 ? `; and ${broken.length - 5} more` : '');
	return {
		refused: `Closed periods must keep their days: ${shown}. Keep them in the calendar as they are, or reopen those that can be reopened first.`,
	};
}

/** The period with this key in the calendar of the entity. */
export function periodOf(
	{ organisation }: Books,
	{ entity, period: key }: Pick<LockChange, 'entity' | 'period'>,
): { period: FiscalPeriod } | Refusal {
	const [own] = lineage(organisation, entity) ?? [];
	if (own === undefined) return { refused: unknownEntity(organisation, entity) };
	const period = periodNamed(own.calendar, key);
	if (period !== undefined) return { period };
	return {
		refused: `The calendar "${own.calendar.name}" of ${entity} has no period "${key}"; periods are written as 2026-P03.`,
	};
}

export function unknownEntity({ entities }: Organisation, entity: string): string {
	const known = entities.map(({ id }) => id);
	const there = known.length === 0 ? 'no accounting calendar is saved yet' : `there are ${known.join(', ')}`;
	return `There is no legal entity "${entity}"; ${there}.`;
}

function listed(entries: Array<{ module: PostingModule }>): string {
	return entries.map(({ module }) => module).join(', ');
}
