import * as fc from 'fast-check';

import {
	bookDay,
	instantOf,
	Organisation,
	postingDate,
	type LegalEntity,
} from '../../../../core/finance/calendar/legalEntity';
import {
	checkChange,
	checkPosting,
	postingModules,
	type Books,
	type LockChange,
	type LockException,
	type PostingCheck,
	type PostingModule,
} from '../../../../core/finance/calendar/periodLock';
import { describeProblems, fieldProblems } from '../../../../core/model/problems';

const group = {
	id: 'GROUP',
	name: 'Group',
	calendar: 'quarters of weeks',
	timeZone: 'Europe/Berlin',
};
const plant = { id: 'PLANT', name: 'Plant', parent: 'GROUP', calendar: 'months', timeZone: 'Asia/Shanghai' };
const organisation = Organisation.parse({
	calendars: [
		{ kind: 'calendarMonths', name: 'months', firstMonth: 1 },
		{
			kind: 'weeks',
			name: 'quarters of weeks',
			pattern: '4-4-5',
			yearEnd: { month: 12, weekday: 7, rule: 'nearestToMonthEnd' },
		},
	],
	entities: [group, plant],
});
const now = new Date('2026-04-02T09:00:00Z');
const entry = { by: 'Ines Weber', at: '2026-04-01T08:00:00Z', reason: 'March is closed' };

function books(changes: LockChange[], exceptions: LockException[] = []): Books {
	return { organisation, changes, exceptions };
}

function softClose(entity: string, module: PostingModule, period: string, roles: string[] = []): LockChange {
	return { action: 'softClose', entity, module, period, roles, ...entry };
}

function hardClose(entity: string, module: PostingModule, period: string): LockChange {
	return { action: 'hardClose', entity, module, period, ...entry };
}

function checked(result: ReturnType<typeof checkPosting>): PostingCheck {
	if ('refused' in result) throw new Error(result.refused);
	return result;
}

const sale = { entity: 'PLANT', module: 'sales' as const, date: '2026-03-31', now };

describe('the day in the books', () => {
	const entity = (timeZone: string, cutOff = '00:00'): LegalEntity => ({ ...plant, timeZone, cutOff });
	test.each([
		[
			'the same instant is two days in two places',
			'Asia/Shanghai',
			'00:00',
			'2026-03-31T17:00:00Z',
			'2026-04-01',
		],
		[
			'the same instant is two days in two places',
			'America/New_York',
			'00:00',
			'2026-03-31T17:00:00Z',
			'2026-03-31',
		],
		[
			'the night shift belongs to the day before',
			'Asia/Shanghai',
			'06:00',
			'2026-03-31T21:59:00Z',
			'2026-03-31',
		],
		['at the cut-off the new day begins', 'Asia/Shanghai', '06:00', '2026-03-31T22:00:00Z', '2026-04-01'],
		[
			'what comes after an evening cut-off is the next day',
			'Europe/Berlin',
			'18:00',
			'2026-03-31T16:00:00Z',
			'2026-04-01',
		],
		[
			'before the evening cut-off it is today',
			'Europe/Berlin',
			'18:00',
			'2026-03-31T15:59:00Z',
			'2026-03-31',
		],
		['the clocks go forward', 'Europe/Berlin', '03:30', '2026-03-29T01:15:00Z', '2026-03-28'],
		['the clocks go forward', 'Europe/Berlin', '03:30', '2026-03-29T01:30:00Z', '2026-03-29'],
	])('%s (%s, %s, %s)', (_, timeZone, cutOff, instant, day) => {
		expect(postingDate(entity(timeZone, cutOff), new Date(instant))).toBe(day);
	});
});

describe('a moment as documents give it', () => {
	const entity: LegalEntity = { ...plant, cutOff: '06:00' };
	test.each([
		['2026-03-31', '2026-03-31'],
		['2026-04-01T05:59:59', '2026-03-31'],
		['2026-04-01 06:00', '2026-04-01'],
		['2026-03-31T21:59:59.999Z', '2026-03-31'],
		['2026-04-01T00:00:00+02:00', '2026-04-01'],
		['2026-02-30', undefined],
		['2026-04-01T25:00:00', undefined],
		['yesterday', undefined],
	])('%s is on %s', (moment, day) => {
		expect(bookDay(entity, moment)).toBe(day);
	});

	test.each([
		[
			'a day lasts to the end of the business day',
			'Asia/Shanghai',
			'06:00',
			'2026-04-03',
			'2026-04-03T22:00:00.000Z',
		],
		['a day ends early', 'Europe/Berlin', '18:00', '2026-07-03', '2026-07-03T16:00:00.000Z'],
		['a local time', 'Europe/Berlin', '00:00', '2026-01-03T18:00:00', '2026-01-03T17:00:00.000Z'],
		[
			'after the clocks went forward',
			'Europe/Berlin',
			'00:00',
			'2026-03-29T03:00:00',
			'2026-03-29T01:00:00.000Z',
		],
		['in the skipped hour', 'Europe/Berlin', '00:00', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
		['west of Greenwich', 'America/New_York', '00:00', '2026-07-03T18:00:00', '2026-07-03T22:00:00.000Z'],
		['an instant', 'Europe/Berlin', '00:00', '2026-04-03T18:00:00+08:00', '2026-04-03T10:00:00.000Z'],
	])('%s (%s, %s, %s)', (_, timeZone, cutOff, moment, instant) => {
		expect(instantOf({ ...plant, timeZone, cutOff }, moment)?.toISOString()).toBe(instant);
	});

	test('an instant and its local time name the same moment, in every zone and all year', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(
					'Asia/Shanghai',
					'Europe/Berlin',
					'America/New_York',
					'Asia/Kathmandu',
					'Australia/Lord_Howe',
				),
				fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
				(timeZone, given) => {
					const instant = new Date(Math.floor(given.getTime() / 1_000) * 1_000);
					const local = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
						.format(instant)
						.replace(' ', 'T');
					const back = instantOf({ ...plant, timeZone, cutOff: '00:00' }, local)?.getTime() ?? 0;
					// A local time that there is twice, when the clocks go back, is an hour off at most.
					expect([0, 1_800_000, 3_600_000]).toContain(Math.abs(back - instant.getTime()));
					expect(bookDay({ ...plant, timeZone, cutOff: '00:00' }, local)).toBe(local.slice(0, 10));
				},
			),
		);
	});
});

describe('check posting', () => {
	test('an open period allows', () => {
		expect(checked(checkPosting(books([]), sale))).toMatchObject({
			allowed: true,
			period: { key: '2026-P03' },
			violations: [],
		});
	});

	test('a soft-closed period refuses, says who closed it and why, and names the next open day', () => {
		const check = checked(checkPosting(books([softClose('PLANT', 'sales', '2026-P03')]), sale));
		expect(check).toMatchObject({ allowed: false, suggestedDate: '2026-04-01' });
		expect(check.reason).toBe(
			'2026-03-31 is in 2026-P03 of PLANT, which Ines Weber has closed for sales (March is closed). The next day that is open is 2026-04-01.',
		);
	});

	test('a lock holds for its module only, but a closed ledger closes every module', () => {
		const closed = (module: PostingModule) => books([softClose('PLANT', module, '2026-P03')]);
		expect(checked(checkPosting(closed('purchase'), sale)).allowed).toBe(true);
		expect(checked(checkPosting(closed('ledger'), sale)).violations).toMatchObject([{ module: 'ledger' }]);
	});

	test("an ancestor's lock holds, by the ancestor's own calendar", () => {
		// The group's period 3 ends on 29 March 2026 (4-4-5 weeks after Sunday 28 December 2025).
		const closed = books([hardClose('GROUP', 'ledger', '2026-P03')]);
		expect(checked(checkPosting(closed, { ...sale, date: '2026-03-29' }))).toMatchObject({
			allowed: false,
			violations: [{ entity: 'GROUP', state: 'hardClosed' }],
			suggestedDate: '2026-03-30',
		});
		expect(checked(checkPosting(closed, { ...sale, date: '2026-03-30' })).allowed).toBe(true);
	});

	test('the suggested day passes every closed period', () => {
		const closed = books([
			softClose('PLANT', 'sales', '2026-P03'),
			softClose('PLANT', 'sales', '2026-P04'),
			softClose('PLANT', 'ledger', '2026-P05'),
		]);
		expect(checked(checkPosting(closed, sale)).suggestedDate).toBe('2026-06-01');
	});

	test('named roles pass a soft lock; nobody passes a hard one', () => {
		const controller = { ...sale, roles: ['controller'] };
		const soft = books([softClose('PLANT', 'sales', '2026-P03', ['controller'])]);
		expect(checked(checkPosting(soft, controller))).toMatchObject({
			allowed: true,
			letThrough: [{ role: 'controller' }],
		});
		expect(checked(checkPosting(soft, sale)).allowed).toBe(false);
		const hard = books([...soft.changes, hardClose('PLANT', 'sales', '2026-P03')]);
		expect(checked(checkPosting(hard, controller)).allowed).toBe(false);
	});

	describe('an exception', () => {
		const exception: LockException = {
			id: 'EX-1',
			entity: 'PLANT',
			module: 'sales',
			period: '2026-P03',
			person: 'li.wei',
			until: '2026-04-02T12:00:00Z',
			...entry,
		};
		const soft = [softClose('PLANT', 'sales', '2026-P03')];
		const asked = { ...sale, person: 'li.wei' };
		const allowed = (changes: LockChange[], one: LockException, request = asked) =>
			checked(checkPosting(books(changes, [one]), request)).allowed;

		test('lets its person through until it expires', () => {
			expect(allowed(soft, exception)).toBe(true);
			expect(allowed(soft, exception, { ...asked, person: 'someone.else' })).toBe(false);
			expect(allowed(soft, exception, { ...asked, now: new Date('2026-04-02T12:00:00Z') })).toBe(false);
			expect(allowed(soft, { ...exception, withdrawnAt: '2026-04-02T08:00:00Z' })).toBe(false);
		});

		test('does not count for a hard lock, nor for an ancestor’s', () => {
			expect(allowed([hardClose('PLANT', 'sales', '2026-P03')], exception)).toBe(false);
			expect(allowed([...soft, softClose('GROUP', 'sales', '2026-P04')], exception)).toBe(false);
			expect(allowed(soft, { ...exception, entity: 'GROUP' })).toBe(false);
		});
	});

	test('a day in no period and an unknown entity are refused by name', () => {
		const custom = Organisation.parse({
			calendars: [
				{
					kind: 'custom',
					name: 'short',
					periods: [{ year: 2026, number: 1, from: '2026-01-01', to: '2026-01-31' }],
				},
			],
			entities: [{ ...group, calendar: 'short' }],
		});
		const asked = (entity: string) =>
			checkPosting({ organisation: custom, changes: [], exceptions: [] }, { ...sale, entity });
		expect(asked('GROUP')).toEqual({
			refused:
				'2026-03-31 is in no period of the calendar "short" of GROUP. Add the period or correct the date.',
		});
		expect(asked('NOBODY')).toEqual({ refused: 'There is no legal entity "NOBODY".' });
	});
});

describe('changing a lock', () => {
	const reopen = (period: string): LockChange => ({
		action: 'reopen',
		entity: 'PLANT',
		module: 'sales',
		period,
		...entry,
	});

	test('a soft-closed period can be reopened, a hard-closed one never', () => {
		expect(checkChange(books([softClose('PLANT', 'sales', '2026-P03')]), reopen('2026-P03'))).toHaveProperty(
			'accepted',
		);
		expect(checkChange(books([hardClose('PLANT', 'sales', '2026-P03')]), reopen('2026-P03'))).toEqual({
			refused: '2026-P03 of PLANT is closed for good for sales; that cannot be changed.',
		});
		expect(checkChange(books([]), reopen('2026-P03'))).toEqual({
			refused: '2026-P03 of PLANT is not closed for sales, so it cannot be reopened.',
		});
	});

	test('a hard close moves forward only: earlier periods come first', () => {
		expect(checkChange(books([]), hardClose('PLANT', 'sales', '2026-P03'))).toEqual({
			refused: '2026-P03 of PLANT cannot be closed for good for sales before 2026-P01, 2026-P02.',
		});
		const closed = ['2026-P01', '2026-P02'].map((period) => hardClose('PLANT', 'sales', period));
		expect(checkChange(books(closed), hardClose('PLANT', 'sales', '2026-P03'))).toHaveProperty('accepted');
	});

	test('a period that the calendar does not have is refused', () => {
		expect(checkChange(books([]), softClose('PLANT', 'sales', '2026-P13'))).toEqual({
			refused: 'The calendar "months" of PLANT has no period 2026-P13.',
		});
	});
});

test('an organisation with a cycle, an unknown parent or calendar is refused with every problem', () => {
	const problemsOf = (entities: unknown[]) => {
		const value = { calendars: [], entities };
		const parsed = Organisation.safeParse(value);
		if (parsed.success) throw new Error('was accepted');
		return describeProblems(fieldProblems(parsed.error, value));
	};
	expect(problemsOf([{ ...plant, timeZone: 'Mars/Olympus' }])).toContain(
		'entities.0.timeZone: must be a time zone',
	);
	const found = problemsOf([
		{ ...group, parent: 'PLANT' },
		plant,
		{ ...plant, id: 'OTHER', parent: 'NOBODY' },
	]);
	expect(found).toContain('entity "GROUP" is its own ancestor');
	expect(found).toContain('names the parent "NOBODY", which is not there');
	expect(found).toContain('names the calendar "months", which is not there');
});

const period = fc.constantFrom('2026-P02', '2026-P03', '2026-P04');
const anyChange: fc.Arbitrary<LockChange> = fc
	.record({
		action: fc.constantFrom('softClose' as const, 'hardClose' as const, 'reopen' as const),
		roles: fc.subarray(['controller', 'clerk']),
		entity: fc.constantFrom('GROUP', 'PLANT'),
		module: fc.constantFrom(...postingModules),
		period,
	})
	.map((one) => ({ ...entry, ...one }) as LockChange);

const anyException: fc.Arbitrary<LockException> = fc
	.record({
		entity: fc.constantFrom('GROUP', 'PLANT'),
		module: fc.constantFrom(...postingModules),
		period,
		grantee: fc.constantFrom({ person: 'li.wei' }, { role: 'controller' }),
		until: fc.constantFrom('2026-04-02T08:59:00Z', '2026-04-02T09:01:00Z'),
	})
	.map(({ grantee, ...one }) => ({ ...entry, id: 'EX-1', ...one, ...grantee }));

test('a posting that is allowed is allowed by every ancestor, whatever the locks and exceptions, whoever asks', () => {
	fc.assert(
		fc.property(
			fc.array(anyChange, { maxLength: 12 }),
			fc.array(anyException, { maxLength: 4 }),
			fc.record({
				date: fc.constantFrom('2026-02-10', '2026-03-15', '2026-03-30', '2026-04-20'),
				module: fc.constantFrom(...postingModules),
				person: fc.constantFrom('li.wei', 'wang.fang'),
				roles: fc.subarray(['controller', 'clerk']),
			}),
			(changes, exceptions, asked) => {
				const check = (entity: string, more: { date?: string } = {}) =>
					checked(checkPosting(books(changes, exceptions), { ...asked, ...more, entity, now }));
				const plantsOwn = check('PLANT');
				if (plantsOwn.allowed) expect(check('GROUP').allowed).toBe(true);
				else expect(check('PLANT', { date: plantsOwn.suggestedDate ?? '' }).allowed).toBe(true);
			},
		),
		{ numRuns: 1_000 },
	);
});
