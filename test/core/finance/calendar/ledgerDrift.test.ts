import * as fc from 'fast-check';

import { addDays } from '../../../../core/finance/calendar/calendarDate';
import {
	compareWithLedger,
	type LedgerAction,
	type LedgerComparison,
	type LedgerView,
} from '../../../../core/finance/calendar/ledgerDrift';
import { Organisation } from '../../../../core/finance/calendar/legalEntity';
import { checkPosting, type Books, type LockChange } from '../../../../core/finance/calendar/periodLock';
import type { LedgerPeriod } from '../../../../core/model/ledger';

const organisation = Organisation.parse({
	calendars: [
		{ kind: 'calendarMonths', name: 'months', firstMonth: 1 },
		{
			kind: 'weeks',
			name: 'weeks',
			pattern: '4-4-5',
			yearEnd: { month: 12, weekday: 7, rule: 'nearestToMonthEnd' },
		},
	],
	entities: [
		{ id: 'GROUP', name: 'Group', calendar: 'weeks', timeZone: 'Europe/Berlin' },
		{ id: 'PLANT', name: 'Plant', parent: 'GROUP', calendar: 'months', timeZone: 'Asia/Shanghai' },
	],
});
const entry = { by: 'Ines Weber', at: '2026-04-01T08:00:00Z', reason: 'closed' };
const lock = (action: LockChange['action'], period: string, entity = 'PLANT'): LockChange =>
	({ action, entity, module: 'ledger', period, roles: [], ...entry }) as LockChange;
const booksOf = (...changes: LockChange[]): Books => ({ organisation, changes, exceptions: [] });

const month = (number: number, state: LedgerPeriod['state'] = 'open'): LedgerPeriod => {
	const from = `2026-${String(number).padStart(2, '0')}-01`;
	const to = new Date(Date.UTC(2026, number, 0)).toISOString().slice(0, 10);
	return { key: `L${number}`, name: from.slice(0, 7), from, to, state };
};
const year = (...given: LedgerPeriod[]): LedgerPeriod[] =>
	Array.from(
		{ length: 12 },
		(_, index) => given.find(({ key }) => key === `L${index + 1}`) ?? month(index + 1),
	);

const view: LedgerView = {
	entity: 'PLANT',
	namesInLedger: ['PLANT'],
	years: [2026],
	softClosed: 'close',
	system: 'books',
	can: ['close', 'lock', 'reopen'],
};

function compared(books: Books, ledger: LedgerPeriod[], more: Partial<LedgerView> = {}): LedgerComparison {
	const result = compareWithLedger(books, { ...view, ...more }, ledger);
	if ('refused' in result) throw new Error(result.refused);
	return result;
}

describe('the calendar and the ledger', () => {
	test('are in step when every period is what the calendar says', () => {
		const books = booksOf(lock('hardClose', '2026-P01'), lock('softClose', '2026-P02'));
		const ledger = year(month(1, 'locked'), month(2, 'closed'));
		expect(compared(books, ledger).drifts).toEqual([]);
		expect(compared(books, ledger).inStep).toHaveLength(12);
	});

	test('a period that somebody reopened in the ledger is found, with what to do', () => {
		const { drifts } = compared(booksOf(lock('softClose', '2026-P03')), year());
		expect(drifts).toMatchObject([
			{
				kind: 'moreOpen',
				period: '2026-P03',
				expected: 'closed',
				actions: ['close'],
				message:
					'Period "2026-03" of books (2026-03-01 to 2026-03-31) is open, but the calendar has 2026-P03 of PLANT closed.',
				advice: 'See what was posted there since 2026-P03 was closed, then push the calendar to books.',
			},
		]);
	});

	test.each<[LockChange['action'] | undefined, LedgerPeriod['state'], LedgerAction[], string]>([
		['hardClose', 'open', ['close', 'lock'], 'moreOpen'],
		['hardClose', 'closed', ['lock'], 'moreOpen'],
		[undefined, 'closed', ['reopen'], 'moreClosed'],
		['softClose', 'locked', [], 'lockedInLedger'],
		[undefined, 'locked', [], 'lockedInLedger'],
	])('%s in the calendar and %s in the ledger: %j', (action, state, actions, kind) => {
		const books = action === undefined ? booksOf() : booksOf(lock(action, '2026-P01'));
		expect(compared(books, year(month(1, state))).drifts).toMatchObject([{ kind, actions }]);
	});

	test('a soft-closed period may stay open in the ledger, so that exceptions can post', () => {
		const books = booksOf(lock('softClose', '2026-P03'));
		expect(compared(books, year(), { softClosed: 'leaveOpen' }).drifts).toEqual([]);
	});

	test('a ledger that can only close counts as in step when it is closed; one that can do nothing is told to a person', () => {
		const books = booksOf(lock('hardClose', '2026-P01'));
		expect(compared(books, year(month(1, 'closed')), { can: ['close', 'reopen'] }).drifts).toEqual([]);
		expect(compared(books, year(), { can: [] }).drifts).toMatchObject([
			{ actions: [], advice: 'Do it in books by hand: it cannot close a period from outside.' },
		]);
	});

	test('a lock of other modules is none of the ledger', () => {
		const sales = { ...lock('hardClose', '2026-P01'), module: 'sales' as const };
		expect(compared(booksOf(sales), year()).drifts).toEqual([]);
	});

	test('half months in the ledger belong to the month that holds them', () => {
		const [first, second] = [
			{ ...month(3), key: 'L3a', to: '2026-03-15' },
			{ ...month(3), key: 'L3b', from: '2026-03-16' },
		];
		const ledger = [...year().filter(({ key }) => key !== 'L3'), first, second];
		const { drifts } = compared(booksOf(lock('softClose', '2026-P03')), ledger);
		expect(drifts).toMatchObject([
			{ period: '2026-P03', ledgerPeriod: { key: 'L3a' } },
			{ period: '2026-P03', ledgerPeriod: { key: 'L3b' } },
		]);
	});

	test('a quarter in the ledger is reported, not guessed; and so are days without a period', () => {
		const quarter = { ...month(1, 'locked'), key: 'Q1', name: 'Q1', to: '2026-03-31' };
		const ledger = [quarter, ...year().filter(({ key }) => !['L1', 'L2', 'L3', 'L5'].includes(key))];
		const { drifts } = compared(booksOf(), ledger);
		expect(drifts).toMatchObject([
			{
				kind: 'straddles',
				actions: [],
				message:
					'Period "Q1" of books (2026-01-01 to 2026-03-31) reaches from 2026-P01 to 2026-P03 of the calendar "months" of PLANT, so no one lock says whether it should be open.',
			},
			{ kind: 'missing', period: '2026-P05', from: '2026-05-01', to: '2026-05-31', actions: [] },
		]);
	});

	test("an ancestor's lock counts where it covers a period; where it covers a part, that is told", () => {
		// The group's periods 1 to 3 of 2026 end on 25 January, 22 February and 29 March.
		const group = ['2026-P01', '2026-P02', '2026-P03'].map((key) => lock('hardClose', key, 'GROUP'));
		const { drifts } = compared(booksOf(...group), year());
		expect(drifts).toMatchObject([
			{ kind: 'moreOpen', period: '2026-P01', actions: ['close', 'lock'] },
			{ kind: 'moreOpen', period: '2026-P02', actions: ['close', 'lock'] },
			{ kind: 'partlyClosed', period: '2026-P03', actions: [] },
		]);
		expect(drifts[2]?.message).toBe(
			'2026-P03 of GROUP is closed and covers only 2026-03-01 to 2026-03-29 of Period "2026-03" of books (2026-03-01 to 2026-03-31); books can\'t close part of a period.',
		);
	});

	test('periods of another legal entity in the same ledger are left alone', () => {
		const ledger = [...year(), { ...month(3, 'locked'), key: 'other', entity: 'SHOP' }];
		expect(compared(booksOf(), ledger).drifts).toEqual([]);
	});

	test('an unknown legal entity and a year without periods are refused by name', () => {
		expect(compareWithLedger(booksOf(), { ...view, entity: 'NOBODY' }, [])).toEqual({
			refused: 'There is no legal entity "NOBODY"; there are GROUP, PLANT.',
		});
		const custom = Organisation.parse({
			calendars: [
				{
					kind: 'custom',
					name: 'own',
					periods: [{ year: 2026, number: 1, from: '2026-01-01', to: '2026-01-31' }],
				},
			],
			entities: [{ id: 'PLANT', name: 'Plant', calendar: 'own', timeZone: 'UTC' }],
		});
		const books = { organisation: custom, changes: [], exceptions: [] };
		expect(compareWithLedger(books, { ...view, years: [2027] }, [])).toEqual({
			refused: 'The calendar "own" of PLANT has no period in 2027.',
		});
	});
});

const after: Record<LedgerAction, LedgerPeriod['state']> = {
	close: 'closed',
	lock: 'locked',
	reopen: 'open',
};

/** Any division of the year into periods of the ledger, in any state. */
const anyLedger: fc.Arbitrary<LedgerPeriod[]> = fc
	.array(
		fc.record({
			days: fc.integer({ min: 5, max: 45 }),
			isThere: fc.boolean(),
			state: fc.constantFrom<LedgerPeriod['state'][]>('open', 'closed', 'locked'),
		}),
		{ minLength: 4, maxLength: 20 },
	)
	.map((given) => {
		let next = '2025-12-20';
		return given.flatMap(({ days, isThere, state }, index): LedgerPeriod[] => {
			const from = next;
			next = addDays(from, days);
			return isThere ? [{ key: `L${index}`, name: '', from, to: addDays(next, -1), state }] : [];
		});
	});

const anyLocks: fc.Arbitrary<LockChange[]> = fc.array(
	fc
		.record({
			action: fc.constantFrom<LockChange['action'][]>('softClose', 'hardClose', 'reopen'),
			period: fc.constantFrom('2026-P01', '2026-P02', '2026-P03', '2026-P05'),
			entity: fc.constantFrom('GROUP', 'PLANT'),
		})
		.map(({ action, period, entity }) => lock(action, period, entity)),
	{ maxLength: 8 },
);

test('once the actions are done, a ledger period is shut exactly when the calendar forbids all of its days; what is not so is told', () => {
	fc.assert(
		fc.property(anyLedger, anyLocks, (ledger, changes) => {
			const books = booksOf(...changes);
			const before = compared(books, ledger);
			const pushed = ledger.map((period) =>
				before.drifts
					.filter(({ ledgerPeriod }) => ledgerPeriod?.key === period.key)
					.flatMap(({ actions }) => actions)
					.reduce((one, action) => ({ ...one, state: after[action] }), period),
			);
			const { drifts, inStep } = compared(books, pushed);
			expect(drifts.filter(({ actions }) => actions.length > 0)).toEqual([]);
			for (const { ledgerPeriod } of inStep) {
				const isForbidden = (date: string) => {
					const check = checkPosting(books, { entity: 'PLANT', module: 'ledger', date, now: new Date() });
					return 'refused' in check || !check.allowed;
				};
				const days: string[] = [];
				for (let day = ledgerPeriod.from; day <= ledgerPeriod.to; day = addDays(day, 1)) days.push(day);
				expect(ledgerPeriod.state !== 'open').toBe(days.every(isForbidden));
				const isTold = drifts.some((drift) => drift.ledgerPeriod?.key === ledgerPeriod.key);
				if (ledgerPeriod.state === 'open' && !isTold) expect(days.some(isForbidden)).toBe(false);
			}
			// Every day of the year is in a period of the ledger or told to be in none.
			for (let day = '2026-01-01'; day <= '2026-12-31'; day = addDays(day, 1)) {
				const holds = ({ from, to }: { from: string; to: string }) => from <= day && day <= to;
				const isMissing = drifts.some((drift) => drift.kind === 'missing' && holds(drift));
				expect(isMissing).toBe(!ledger.some(holds));
			}
		}),
		{ numRuns: 150 },
	);
});
