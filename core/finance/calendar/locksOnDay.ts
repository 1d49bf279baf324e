import type { CalendarDate } from './calendarDate';
import {
	checkPosting,
	postingModules,
	type Books,
	type PeriodState,
	type PostingModule,
	type Refusal,
	type Violation,
} from './periodLock';

export interface LocksOnDay {
	/** what holds for each module: the strictest lock of the entity and its ancestors */
	states: Record<PostingModule, PeriodState>;
	/** the locks themselves, the strictest first */
	locks: Violation[];
}

/** The locks that hold on a day of an entity's books for everybody: roles and exceptions let nobody through here. */
export function locksOnDay(books: Books, entity: string, date: CalendarDate): LocksOnDay | Refusal {
	const states = {} as Record<PostingModule, PeriodState>;
	const locks = new Map<string, Violation>();
	for (const module of postingModules) {
		const check = checkPosting(books, { entity, module, date, now: new Date(0) });
		if ('refused' in check) return check;
		states[module] = check.violations[0]?.state ?? 'open';
		for (const lock of check.violations) locks.set(JSON.stringify([lock.entity, lock.module]), lock);
	}
	const strictestFirst = (a: Violation, b: Violation) =>
		Number(b.state === 'hardClosed') - Number(a.state === 'hardClosed');
	return { states, locks: [...locks.values()].sort(strictestFirst) };
}
