import type { LedgerPeriod, LedgerPeriodState } from '../../model/ledger';
import { addDays, type CalendarDate } from './calendarDate';
import { unknownEntity } from './booksChange';
import { periodContaining, periodsOfYear, type FiscalCalendar, type FiscalPeriod } from './fiscalCalendar';
import { lineage } from './legalEntity';
import { locksOnDay } from './locksOnDay';
import type { Books, PeriodState, Refusal, Violation } from './periodLock';

export type LedgerAction = 'close' | 'lock' | 'reopen';

/** Which part of the calendar is compared with which ledger. */
export interface LedgerView {
	/** legal entity */
	entity: string;
	/** how the ledger may call it, where its periods name one */
	namesInLedger: readonly string[];
	years: number[];
	/** what a soft-closed period is in the ledger, which knows no roles and no exceptions */
	softClosed: 'close' | 'leaveOpen';
	/** name of the ledger system */
	system: string;
	/** what the ledger can do with a period */
	can: readonly LedgerAction[];
}

export type DriftKind =
	/** the ledger lets through what the calendar forbids */
	| 'moreOpen'
	/** the ledger forbids what the calendar allows */
	| 'moreClosed'
	/** the same, and the ledger has closed it for good */
	| 'lockedInLedger'
	/** the ledger's period is in several periods of the calendar, or partly in none */
	| 'straddles'
	/** days of the calendar are in no period of the ledger */
	| 'missing'
	/** an ancestor's lock begins or ends in the middle of the ledger's period */
	| 'partlyClosed'
	/** an ancestor's calendar has no period for a day */
	| 'unknown';

export interface Drift {
	kind: DriftKind;
	/** key of the calendar's period; absent when there is not just one */
	period?: string;
	/** the ledger's own period */
	ledgerPeriod?: LedgerPeriod;
	from: CalendarDate;
	to: CalendarDate;
	/** what the ledger's period should be */
	expected?: LedgerPeriodState;
	/** one sentence: what differs */
	message: string;
	/** one sentence: what to do */
	advice: string;
	/** what brings the ledger in step, in this order; none where only a person can */
	actions: LedgerAction[];
}

export interface LedgerComparison {
	/** the ledger's periods that are as the calendar says */
	inStep: Array<{ period: string; ledgerPeriod: LedgerPeriod }>;
	/** in the order of their days */
	drifts: Drift[];
}

/**
 * Compares the calendar's locks of the module `ledger` with the ledger's own periods. Periods are matched by their days: one
 * of the ledger belongs to the calendar's period that holds all its days, whatever either is called. One that lies in several
 * is reported and never changed.
 */
export function compareWithLedger(
	books: Books,
	view: LedgerView,
	ledgerPeriods: readonly LedgerPeriod[],
): LedgerComparison | Refusal {
	const [own] = lineage(books.organisation, view.entity) ?? [];
	if (own === undefined) return { refused: unknownEntity(books.organisation, view.entity) };
	const { calendar } = own;
	const periods = view.years.flatMap((year) => periodsOfYear(calendar, year));
	const [first, last] = [periods.at(0), periods.at(-1)];
	if (first === undefined || last === undefined)
		return {
			refused: `The calendar "${calendar.name}" of ${view.entity} has no period in ${view.years.join(', ')}.`,
		};
	const theirs = periodsInLedger(ledgerPeriods, view).filter(
		({ from, to }) => from <= last.to && to >= first.from,
	);
	const comparison: LedgerComparison = { inStep: [], drifts: [] };
	for (const ledgerPeriod of theirs) {
		const place = placeOf(calendar, ledgerPeriod, view);
		if ('kind' in place) comparison.drifts.push(place);
		else compareOne(books, view, place, ledgerPeriod, comparison);
	}
	for (const period of periods) comparison.drifts.push(...daysWithout(period, theirs, view));
	comparison.drifts.sort((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1));
	return comparison;
}

/** The ledger's periods of the entity; one that names no entity belongs to every one. */
export function periodsInLedger(
	ledgerPeriods: readonly LedgerPeriod[],
	{ namesInLedger }: Pick<LedgerView, 'namesInLedger'>,
): LedgerPeriod[] {
	return ledgerPeriods
		.filter(({ entity }) => entity === undefined || namesInLedger.includes(entity))
		.sort((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1));
}

/** The calendar's one period that has all days of the ledger's period. */
function placeOf(
	calendar: FiscalCalendar,
	ledgerPeriod: LedgerPeriod,
	{ system, entity }: LedgerView,
): FiscalPeriod | Drift {
	const { from, to } = ledgerPeriod;
	const [start, end] = [periodContaining(calendar, from), periodContaining(calendar, to)];
	if (start !== undefined && start.key === end?.key) return start;
	const where =
		start === undefined || end === undefined
			? `lies partly in no period of the calendar "${calendar.name}"`
			: `reaches from ${start.key} to ${end.key} of the calendar "${calendar.name}"`;
	return {
		kind: 'straddles',
		ledgerPeriod,
		from,
		to,
		message: `${titled(ledgerPeriod, system)} ${where} of ${entity}, so no one lock says whether it should be open.`,
		advice: `Divide it in ${system} along the calendar's periods, or correct the calendar.`,
		actions: [],
	};
}

const stateInLedger: Record<PeriodState, LedgerPeriodState> = {
	open: 'open',
	softClosed: 'closed',
	hardClosed: 'locked',
};
const rank: Record<LedgerPeriodState, number> = { open: 0, closed: 1, locked: 2 };

function compareOne(
	books: Books,
	view: LedgerView,
	period: FiscalPeriod,
	ledgerPeriod: LedgerPeriod,
	comparison: LedgerComparison,
): void {
	const held = heldThroughout(books, view.entity, ledgerPeriod);
	const { from, to } = ledgerPeriod;
	const about = { period: period.key, ledgerPeriod, from, to };
	if ('refused' in held) {
		comparison.drifts.push({
			...about,
			kind: 'unknown',
			message: `What ${titled(ledgerPeriod, view.system)} should be is not known: ${held.refused}`,
			advice: 'Complete the calendar.',
			actions: [],
		});
		return;
	}
	if (held.partly !== undefined) comparison.drifts.push(partlyClosed(view, about, held.partly));
	const expected = expectedState(view, held.state);
	const difference = rank[ledgerPeriod.state] - rank[expected];
	if (difference === 0 || (difference > 0 && expected === 'closed' && !view.can.includes('lock')))
		comparison.inStep.push({ period: period.key, ledgerPeriod });
	else comparison.drifts.push(driftOf(view, about, expected));
}

function expectedState({ softClosed, can }: LedgerView, state: PeriodState): LedgerPeriodState {
	if (state === 'softClosed' && softClosed === 'leaveOpen') return 'open';
	if (state === 'hardClosed' && !can.includes('lock')) return 'closed';
	return stateInLedger[state];
}

type About = Required<Pick<Drift, 'period' | 'ledgerPeriod' | 'from' | 'to'>>;

function driftOf(view: LedgerView, about: About, expected: LedgerPeriodState): Drift {
	const { system, entity, can } = view;
	const { period, ledgerPeriod } = about;
	const { state } = ledgerPeriod;
	const message = `${titled(ledgerPeriod, system)} is ${shown[state]}, but the calendar has ${period} of ${entity} ${shown[expected]}.`;
	if (rank[state] > rank[expected]) {
		if (state === 'locked')
			return {
				...about,
				kind: 'lockedInLedger',
				expected,
				message,
				advice: `Nothing opens it in ${system} again: lock ${period} in the calendar too, and post into a later period.`,
				actions: [],
			};
		return {
			...about,
			kind: 'moreClosed',
			expected,
			message,
			advice: `Push the calendar to ${system}, which reopens it there, or close ${period} in the calendar.`,
			...offered(['reopen'], can, system),
		};
	}
	const actions: LedgerAction[] = [
		...(state === 'open' ? ['close' as const] : []),
		...(expected === 'locked' ? ['lock' as const] : []),
	];
	return {
		...about,
		kind: 'moreOpen',
		expected,
		message,
		advice: `See what was posted there since ${period} was closed, then push the calendar to ${system}.`,
		...offered(actions, can, system),
	};
}

function offered(
	actions: LedgerAction[],
	can: readonly LedgerAction[],
	system: string,
): { actions: LedgerAction[]; advice?: string } {
	const missing = actions.filter((action) => !can.includes(action));
	if (missing.length === 0) return { actions };
	return {
		actions: [],
		advice: `Do it in ${system} by hand: it cannot ${missing.join(' or ')} a period from outside.`,
	};
}

function partlyClosed({ system, entity }: LedgerView, about: About, { lock, from, to }: Partly): Drift {
	return {
		...about,
		kind: 'partlyClosed',
		message: `${lock.period.key} of ${lock.entity} is closed and covers only ${from} to ${to} of ${titled(about.ledgerPeriod, system)}; ${system} can't close part of a period.`,
		advice: `Have what posts into ${entity} ask Check Posting first, or give ${entity} the calendar of ${lock.entity}.`,
		actions: [],
	};
}

interface Partly {
	lock: Violation;
	from: CalendarDate;
	to: CalendarDate;
}

const strictness: Record<PeriodState, number> = { open: 0, softClosed: 1, hardClosed: 2 };

/** The state that holds on every one of the days, and the lock that is stricter on some of them. */
function heldThroughout(
	books: Books,
	entity: string,
	{ from, to }: Pick<LedgerPeriod, 'from' | 'to'>,
): { state: PeriodState; partly?: Partly } | Refusal {
	let [weakest, strictest]: [PeriodState, PeriodState] = ['hardClosed', 'open'];
	let partly: Partly | undefined;
	for (let day = from; day <= to; day = addDays(day, 1)) {
		const found = locksOnDay(books, entity, day);
		if ('refused' in found) return found;
		const state = found.states.ledger;
		const lock = found.locks.find(({ module }) => module === 'ledger');
		if (strictness[state] < strictness[weakest]) weakest = state;
		if (lock === undefined || strictness[state] < strictness[strictest]) continue;
		if (strictness[state] > strictness[strictest]) partly = { lock, from: day, to: day };
		else if (partly !== undefined) partly.to = day;
		strictest = state;
	}
	return weakest === strictest || partly === undefined ? { state: weakest } : { state: weakest, partly };
}

/** The days of the period that are in no period of the ledger, as one finding for each stretch of them. */
function daysWithout(period: FiscalPeriod, theirs: LedgerPeriod[], { system, entity }: LedgerView): Drift[] {
	const gaps: Drift[] = [];
	let next = period.from;
	const tell = (from: CalendarDate, to: CalendarDate) =>
		gaps.push({
			kind: 'missing',
			period: period.key,
			from,
			to,
			message: `${system} has no period for ${from} to ${to}, which is ${period.key} of ${entity} in the calendar.`,
			advice: `Make the period in ${system}; until then nothing can be posted or locked there on these days.`,
			actions: [],
		});
	for (const { from, to } of theirs) {
		if (to < next || from > period.to) continue;
		if (from > next) tell(next, addDays(from, -1));
		next = addDays(to, 1);
	}
	if (next <= period.to) tell(next, period.to);
	return gaps;
}

const shown: Record<LedgerPeriodState, string> = {
	open: 'open',
	closed: 'closed',
	locked: 'closed for good',
};

function titled({ key, name, from, to }: LedgerPeriod, system: string): string {
	return `Period "${name === '' ? key : name}" of ${system} (${from} to ${to})`;
}
