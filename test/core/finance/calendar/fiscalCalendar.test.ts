import * as fc from 'fast-check';
import {
	LastMonthOfYear,
	RetailCalendarFactory,
	WeekCalculation,
	WeekGrouping,
	type RetailCalendar,
} from 'retail-calendar';

import { addDays, daysBetween } from '../../../../core/finance/calendar/calendarDate';
import {
	FiscalCalendar,
	periodContaining,
	periodsOfYear,
	weeksIn,
} from '../../../../core/finance/calendar/fiscalCalendar';
import { describeProblems, fieldProblems } from '../../../../core/model/problems';

const day = (date: Date) =>
	[date.getFullYear(), date.getMonth() + 1, date.getDate()]
		.map((part) => String(part).padStart(2, '0'))
		.join('-');

const groupings = {
	'4-4-5': WeekGrouping.Group445,
	'4-5-4': WeekGrouping.Group454,
	'5-4-4': WeekGrouping.Group544,
} as const;
const rules = {
	lastInMonth: WeekCalculation.LastDayBeforeEOM,
	nearestToMonthEnd: WeekCalculation.LastDayNearestEOM,
} as const;

describe.each(Object.keys(groupings) as Array<keyof typeof groupings>)('%s, 1990 to 2050', (pattern) => {
	test.each(Object.keys(rules) as Array<keyof typeof rules>)('%s: as retail-calendar has it', (rule) => {
		let longYears = 0;
		for (const [month, weekday] of [
			[1, 6],
			[6, 5],
			[12, 7],
		] as const) {
			const calendar = FiscalCalendar.parse({
				kind: 'weeks',
				name: 'retail',
				pattern,
				yearEnd: { month, weekday, rule },
				yearNamedAfter: 'start',
			});
			for (let year = 1990; year <= 2050; year += 1) {
				const oracle: RetailCalendar = new RetailCalendarFactory(
					{
						weekGrouping: groupings[pattern],
						weekCalculation: rules[rule],
						lastDayOfWeek: weekday,
						lastMonthOfYear: (month - 1) as LastMonthOfYear,
						addLeapWeekToMonth: 11,
					},
					year,
				);
				const periods = periodsOfYear(calendar, year);
				expect(periods.map(({ from, to }) => [from, to])).toEqual(
					oracle.months.map((one) => [day(one.gregorianStartDate), day(one.gregorianEndDate)]),
				);
				expect(weeksIn(periods)).toBe(oracle.numberOfWeeks);
				if (oracle.numberOfWeeks === 53) longYears += 1;
			}
		}
		expect(longYears).toBeGreaterThan(0);
	});
});

// National Retail Federation's 4-5-4 calendar, published: 2023 has 53 weeks and ends on 3 February 2024.
test("the retailers' 4-5-4 year 2023 has a 53rd week in its last period", () => {
	const calendar = FiscalCalendar.parse({
		kind: 'weeks',
		name: '454',
		pattern: '4-5-4',
		yearEnd: { month: 1, weekday: 6, rule: 'nearestToMonthEnd' },
		yearNamedAfter: 'start',
	});
	const periods = periodsOfYear(calendar, 2023);
	expect(weeksIn(periods)).toBe(53);
	expect(periods.at(0)).toMatchObject({ key: '2023-P01', from: '2023-01-29', to: '2023-02-25' });
	expect(periods.at(-1)).toMatchObject({ key: '2023-P12', from: '2023-12-31', to: '2024-02-03' });
});

const month = fc.integer({ min: 1, max: 12 });
const yearNamedAfter = fc.constantFrom('start' as const, 'end' as const);
const yearEnd = fc.record({
	month,
	weekday: fc.integer({ min: 1, max: 7 }),
	rule: fc.constantFrom('lastInMonth' as const, 'nearestToMonthEnd' as const),
});
const anyCalendar = fc
	.oneof(
		fc.record({ kind: fc.constant('calendarMonths' as const), firstMonth: month, yearNamedAfter }),
		fc.record({
			kind: fc.constant('weeks' as const),
			pattern: fc.constantFrom('4-4-5' as const, '4-5-4' as const, '5-4-4' as const),
			yearEnd,
			yearNamedAfter,
		}),
		fc.record({ kind: fc.constant('thirteenPeriods' as const), yearEnd, yearNamedAfter }),
	)
	.map((one) => FiscalCalendar.parse({ name: 'any', ...one }));
const anyDay = fc.integer({ min: 0, max: 36_000 }).map((days) => addDays('1970-01-01', days));

test('every day is in exactly one period, and periods follow one another without a gap', () => {
	fc.assert(
		fc.property(anyCalendar, anyDay, (calendar, date) => {
			const period = periodContaining(calendar, date);
			if (period === undefined) throw new Error(`${date} is in no period`);
			expect(period.from <= date && date <= period.to).toBe(true);
			const years = [period.year - 1, period.year, period.year + 1].flatMap((year) =>
				periodsOfYear(calendar, year),
			);
			for (const [index, { from }] of years.entries())
				if (index > 0) expect(from).toBe(addDays(years[index - 1]?.to ?? '', 1));
			expect(years.filter(({ from, to }) => from <= date && date <= to)).toHaveLength(1);
		}),
		{ numRuns: 500 },
	);
});

test('thirteen periods have four weeks each, the last one five in a long year', () => {
	const calendar = FiscalCalendar.parse({
		kind: 'thirteenPeriods',
		name: '13',
		yearEnd: { month: 12, weekday: 7, rule: 'nearestToMonthEnd' },
	});
	const weeks = (year: number) =>
		periodsOfYear(calendar, year).map(({ from, to }) => daysBetween(from, to) / 7);
	expect(weeks(2025)).toEqual(Array.from({ length: 13 }, () => 4));
	// 2026 ends on Sunday 3 January 2027, as the ISO year 2026 does, which has 53 weeks.
	expect(weeks(2026)).toEqual([...Array.from({ length: 12 }, () => 4), 5]);
});

test('a fiscal year from April is named after the year in which it ends, or starts', () => {
	const from = (yearNamedAfter: 'start' | 'end') =>
		periodContaining(
			FiscalCalendar.parse({ kind: 'calendarMonths', name: 'april', firstMonth: 4, yearNamedAfter }),
			'2026-03-31',
		)?.key;
	expect([from('end'), from('start')]).toEqual(['2026-P12', '2025-P12']);
});

test('custom periods with a gap, an overlap, a wrong order or a period given twice are all named at once', () => {
	const period = (number: number, from: string, to: string) => ({ year: 2026, number, from, to });
	const calendar = {
		kind: 'custom',
		name: 'odd',
		periods: [
			period(1, '2026-01-01', '2026-01-31'),
			period(2, '2026-01-31', '2026-02-28'),
			period(3, '2026-03-02', '2026-03-01'),
			period(3, '2026-04-01', '2026-04-30'),
		],
	};
	const found = FiscalCalendar.safeParse(calendar);
	if (found.success) throw new Error('was accepted');
	const text = describeProblems(fieldProblems(found.error, calendar));
	expect(text).toContain('periods.1.from');
	expect(text).toContain('overlaps with 2026-P01');
	expect(text).toContain('periods.2.to');
	expect(text).toContain('leaves a gap after 2026-P02');
	expect(text).toContain('2026-P03 is there twice');
});
