import * as fc from 'fast-check';

import {
	checkExceptions,
	checkOrganisation,
	planLocks,
	type LockOrder,
} from '../../../../core/finance/calendar/booksChange';
import { auditTrail, foldActs, type BooksAct } from '../../../../core/finance/calendar/booksJournal';
import { Organisation } from '../../../../core/finance/calendar/legalEntity';
import { checkPosting, postingModules, stateOf } from '../../../../core/finance/calendar/periodLock';

const organisation = Organisation.parse({
	calendars: [
		{ kind: 'calendarMonths', name: 'months', firstMonth: 1 },
		{ kind: 'calendarMonths', name: 'from April', firstMonth: 4 },
	],
	entities: [
		{ id: 'GROUP', name: 'Group', calendar: 'months', timeZone: 'Europe/Berlin' },
		{ id: 'PLANT', name: 'Plant', parent: 'GROUP', calendar: 'months', timeZone: 'Asia/Shanghai' },
	],
});
const at = '2026-04-01T08:00:00Z';
const calendarSaved: BooksAct = { kind: 'organisation', organisation, by: 'Ines Weber', at };
const order = (action: LockOrder['action'], period: string, more: Partial<LockOrder> = {}): LockOrder => ({
	action,
	entity: 'PLANT',
	period,
	modules: [...postingModules],
	roles: [],
	by: 'Ines Weber',
	at,
	reason: 'month end',
	...more,
});

/** The acts after the orders that the books accept were carried out. */
function carriedOut(orders: LockOrder[]): BooksAct[] {
	const acts: BooksAct[] = [calendarSaved];
	for (const one of orders) {
		const plan = planLocks(foldActs(acts), one);
		if (!('refused' in plan) && plan.changes.length > 0) acts.push({ kind: 'locks', changes: plan.changes });
	}
	return acts;
}

const anyOrder: fc.Arbitrary<LockOrder> = fc
	.record({
		action: fc.constantFrom<LockOrder['action'][]>('softClose', 'hardClose', 'reopen'),
		period: fc.constantFrom('2025-P12', '2026-P01', '2026-P02', '2026-P03'),
		modules: fc.subarray([...postingModules], { minLength: 1 }),
		roles: fc.subarray(['controller', 'clerk']),
	})
	.map(({ action, period, ...more }) => order(action, period, more));

test('a hard lock only moves forward: it never ends, and nothing of its year is open before it, whatever is ordered', () => {
	fc.assert(
		fc.property(fc.array(anyOrder, { maxLength: 25 }), (orders) => {
			const acts = carriedOut(orders);
			const hard = new Set<string>();
			for (let count = 1; count <= acts.length; count += 1) {
				const { changes } = foldActs(acts.slice(0, count));
				const state = (module: (typeof postingModules)[number], period: string) =>
					stateOf(changes, { entity: 'PLANT', module, period });
				for (const module of postingModules) {
					const months = ['2026-P01', '2026-P02', '2026-P03'].map((period) => state(module, period));
					expect(months.lastIndexOf('hardClosed') + 1).toBe(
						months.filter((one) => one === 'hardClosed').length,
					);
					for (const period of ['2025-P12', '2026-P01', '2026-P02', '2026-P03']) {
						if (hard.has(module + period)) expect(state(module, period)).toBe('hardClosed');
						if (state(module, period) === 'hardClosed') hard.add(module + period);
					}
				}
			}
		}),
		{ numRuns: 300 },
	);
});

test('an order that was carried out and is given again changes nothing, and one that is refused changes no module', () => {
	fc.assert(
		fc.property(fc.array(anyOrder, { maxLength: 15 }), anyOrder, (orders, last) => {
			const before = carriedOut(orders);
			const plan = planLocks(foldActs(before), last);
			const after = carriedOut([...orders, last]);
			if ('refused' in plan) return expect(after).toEqual(before);
			expect([...plan.changes.map(({ module }) => module), ...plan.unchanged].toSorted()).toEqual(
				last.modules.toSorted(),
			);
			const again = planLocks(foldActs(after), last);
			expect(again).toMatchObject({
				changes: [],
				unchanged: postingModules.filter((one) => last.modules.includes(one)),
			});
		}),
		{ numRuns: 300 },
	);
});

test('what a hard lock forbids, no later order, role or exception lets through', () => {
	fc.assert(
		fc.property(
			fc.array(anyOrder, { maxLength: 10 }),
			fc.constantFrom('2026-01-15', '2026-02-15', '2026-03-15'),
			fc.constantFrom(...postingModules),
			(later, date, module) => {
				const locks = ['2026-P01', '2026-P02', '2026-P03'].map((period) =>
					order('hardClose', period, { entity: 'GROUP', modules: [module] }),
				);
				const books = foldActs(carriedOut([...locks, ...later]));
				const exception = {
					id: 'EX-1',
					module,
					by: 'x',
					at,
					reason: 'x',
					person: 'li.wei',
					until: '2099-01-01T00:00:00Z',
				};
				const exceptions = ['GROUP', 'PLANT'].flatMap((entity) =>
					['2026-P01', '2026-P02', '2026-P03'].map((period) => ({ ...exception, entity, period })),
				);
				const asked = {
					entity: 'PLANT',
					module,
					date,
					now: new Date(at),
					person: 'li.wei',
					roles: ['controller', 'clerk'],
				};
				expect(checkPosting({ ...books, exceptions }, asked)).toMatchObject({ allowed: false });
			},
		),
	);
});

describe('a new calendar', () => {
	const closed = foldActs(carriedOut([order('softClose', '2026-P03')]));
	const next = (entity: object) =>
		Organisation.parse({
			...organisation,
			entities: [organisation.entities[0], { ...organisation.entities[1], ...entity }],
		});

	test('may change what is open, and names and cut-offs', () => {
		expect(checkOrganisation(closed, next({ name: 'Plant Suzhou', cutOff: '06:00' }))).toHaveProperty(
			'accepted',
		);
		const open = foldActs(carriedOut([order('softClose', '2026-P03'), order('reopen', '2026-P03')]));
		expect(checkOrganisation(open, next({ calendar: 'from April' }))).toHaveProperty('accepted');
	});

	test('must not move or drop what is closed', () => {
		expect(checkOrganisation(closed, next({ calendar: 'from April' }))).toEqual({
			refused:
				'Closed periods must keep their days: 2026-P03 of PLANT (2026-03-01 to 2026-03-31) would be 2025-06-01 to 2025-06-30. Keep them in the calendar as they are, or reopen those that can be reopened first.',
		});
		const without = Organisation.parse({ ...organisation, entities: [organisation.entities[0]] });
		expect(checkOrganisation(closed, without)).toHaveProperty(
			'refused',
			expect.stringContaining('2026-P03 of PLANT would be gone'),
		);
	});
});

test('an exception that is over already, or for no module, is refused', () => {
	const books = foldActs([calendarSaved]);
	const exception = {
		id: 'EX-2',
		entity: 'PLANT',
		module: 'sales' as const,
		period: '2026-P03',
		by: 'Ines Weber',
		at,
		reason: 'a late invoice',
		person: 'li.wei',
		until: at,
	};
	expect(checkExceptions(books, [exception])).toEqual({
		refused: 'The exception would end at 2026-04-01T08:00:00Z, which is over. Give a later moment.',
	});
	expect(checkExceptions(books, [{ ...exception, period: '2026-P13' }])).toEqual({
		refused: 'The calendar "months" of PLANT has no period "2026-P13"; periods are written as 2026-P03.',
	});
	expect(checkExceptions(books, [])).toHaveProperty('refused');
});

test('the audit trail keeps every act with its number, also those that were taken back', () => {
	const acts: BooksAct[] = [
		...carriedOut([
			order('softClose', '2026-P03', { roles: ['controller'] }),
			order('reopen', '2026-P03', { by: 'Li Wei' }),
		]),
	];
	expect(auditTrail(acts)).toMatchObject([
		{ version: 1, action: 'saveCalendar', by: 'Ines Weber' },
		{ version: 2, action: 'softClose', modules: postingModules, roles: ['controller'] },
		{ version: 3, action: 'reopen', by: 'Li Wei', reason: 'month end' },
	]);
	expect(auditTrail(acts, { by: 'Li Wei' })).toHaveLength(1);
	expect(auditTrail(acts, { before: new Date(at) })).toEqual([]);
});
