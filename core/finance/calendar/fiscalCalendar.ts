import { z } from 'zod/v4';

import {
	addDays,
	CalendarDate,
	daysBetween,
	firstOfMonth,
	lastOfMonth,
	weekdayOf,
	yearOf,
} from './calendarDate';

const month = z.number().int().min(1).max(12);

/** Which calendar year gives the fiscal year its number: the one in which it starts, or the one in which it ends. */
const YearNamedAfter = z.enum(['start', 'end']).default('end');

/** Where a year of whole weeks ends. */
const WeekYearEnd = z.strictObject({
	/** the month around whose end the year ends */
	month,
	/** the last day of every week: 1 is Monday, 7 is Sunday */
	weekday: z.number().int().min(1).max(7),
	/** the last such day in the month, or the one nearest to the month's end */
	rule: z.enum(['lastInMonth', 'nearestToMonthEnd']),
});
type WeekYearEnd = z.infer<typeof WeekYearEnd>;

const name = z.string().min(1);

const CustomPeriod = z.strictObject({
	year: z.number().int(),
	number: z.number().int().min(1),
	from: CalendarDate,
	to: CalendarDate,
});

/** Months of the calendar, from any first month. */
const CalendarMonths = z.strictObject({
	kind: z.literal('calendarMonths'),
	name,
	firstMonth: month,
	yearNamedAfter: YearNamedAfter,
});

/** Quarters of 13 weeks, divided as the pattern says. A 53rd week belongs to period 12. */
const Weeks = z.strictObject({
	kind: z.literal('weeks'),
	name,
	pattern: z.enum(['4-4-5', '4-5-4', '5-4-4']),
	yearEnd: WeekYearEnd,
	yearNamedAfter: YearNamedAfter,
});

/** Thirteen periods of four weeks. A 53rd week belongs to period 13. */
const ThirteenPeriods = z.strictObject({
	kind: z.literal('thirteenPeriods'),
	name,
	yearEnd: WeekYearEnd,
	yearNamedAfter: YearNamedAfter,
});

/** Periods given one by one, without a gap and without an overlap. */
const Custom = z
	.strictObject({ kind: z.literal('custom'), name, periods: z.array(CustomPeriod).min(1) })
	.superRefine(({ periods }, context) => {
		const problem = (index: number, field: string, message: string) =>
			context.addIssue({ code: 'custom', path: ['periods', index, field], message });
		const order = periods.map((period, index) => ({ ...period, index }));
		const taken = new Map<string, number>();
		for (const { from, to, year, number, index } of order) {
			if (to < from) problem(index, 'to', `must not be before ${from}, the period's first day`);
			const key = periodKey(year, number);
			if (taken.has(key)) problem(index, 'number', `${key} is there twice`);
			taken.set(key, index);
		}
		order.sort((a, b) => (a.from < b.from ? -1 : 1));
		for (const [place, { from, year, number, index }] of order.entries()) {
			const before = order[place - 1];
			if (before === undefined) continue;
			const expected = addDays(before.to, 1);
			const earlier = periodKey(before.year, before.number);
			if (from < expected) problem(index, 'from', `overlaps with ${earlier}, which ends on ${before.to}`);
			if (from > expected)
				problem(index, 'from', `leaves a gap after ${earlier}, which ends on ${before.to}`);
			if (year < before.year || (year === before.year && number <= before.number))
				problem(index, 'number', `${periodKey(year, number)} follows ${earlier} in time, but not in number`);
		}
	});

/** How an organisation divides time into fiscal years and periods. */
export const FiscalCalendar = z.discriminatedUnion('kind', [CalendarMonths, Weeks, ThirteenPeriods, Custom]);
export type FiscalCalendar = z.infer<typeof FiscalCalendar>;

export interface FiscalPeriod {
	/** `2026-P03` */
	key: string;
	year: number;
	number: number;
	from: CalendarDate;
	/** last day, which belongs to the period */
	to: CalendarDate;
}

export function periodKey(year: number, number: number): string {
	return `${year}-P${String(number).padStart(2, '0')}`;
}

/** The periods of one fiscal year in order; none for a year that a custom calendar does not have. */
export function periodsOfYear(calendar: FiscalCalendar, year: number): FiscalPeriod[] {
	const years = known.get(calendar) ?? new Map<number, FiscalPeriod[]>();
	known.set(calendar, years);
	const periods = years.get(year) ?? divide(calendar, year);
	years.set(year, periods);
	return periods;
}

/** The period that a day falls in; `undefined` when a custom calendar has none for it. */
export function periodContaining(calendar: FiscalCalendar, date: CalendarDate): FiscalPeriod | undefined {
	const candidates =
		calendar.kind === 'custom'
			? [...new Set(calendar.periods.map(({ year }) => year))]
			: [0, 1, -1].map((offset) => yearOf(date) + offset);
	for (const year of candidates) {
		const found = periodsOfYear(calendar, year).find(({ from, to }) => from <= date && date <= to);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** The period of a key such as `2026-P03`; `undefined` when the calendar has none. */
export function periodNamed(calendar: FiscalCalendar, key: string): FiscalPeriod | undefined {
	const [, year] = /^(\d{4})-P\d{2,}$/.exec(key) ?? [];
	return year === undefined
		? undefined
		: periodsOfYear(calendar, Number(year)).find((period) => period.key === key);
}

const known = new WeakMap<FiscalCalendar, Map<number, FiscalPeriod[]>>();

function divide(calendar: FiscalCalendar, year: number): FiscalPeriod[] {
	switch (calendar.kind) {
		case 'calendarMonths':
			return monthsOf(calendar, year);
		case 'weeks':
			return weeksOf(calendar, year, quarterPatterns[calendar.pattern]);
		case 'thirteenPeriods':
			return weeksOf(calendar, year, fourWeeksEach);
		case 'custom':
			return calendar.periods
				.filter((period) => period.year === year)
				.map((period) => ({ key: periodKey(year, period.number), ...period }))
				.sort((a, b) => a.number - b.number);
	}
}

function monthsOf(
	{ firstMonth, yearNamedAfter }: z.infer<typeof CalendarMonths>,
	year: number,
): FiscalPeriod[] {
	const firstYear = yearNamedAfter === 'end' && firstMonth > 1 ? year - 1 : year;
	return Array.from({ length: 12 }, (_, index) => ({
		key: periodKey(year, index + 1),
		year,
		number: index + 1,
		from: firstOfMonth(firstYear, firstMonth + index),
		to: lastOfMonth(firstYear, firstMonth + index),
	}));
}

const fourTimes = (quarter: number[]) => [quarter, quarter, quarter, quarter].flat();
const quarterPatterns = {
	'4-4-5': fourTimes([4, 4, 5]),
	'4-5-4': fourTimes([4, 5, 4]),
	'5-4-4': fourTimes([5, 4, 4]),
};
const fourWeeksEach = Array.from({ length: 13 }, () => 4);

/** The weeks of each period of a 52-week year; in a longer year the last period has what is left. */
function weeksOf(
	{ yearEnd, yearNamedAfter }: Pick<z.infer<typeof Weeks>, 'yearEnd' | 'yearNamedAfter'>,
	year: number,
	weeks: number[],
): FiscalPeriod[] {
	const endsIn = yearNamedAfter === 'start' && yearEnd.month < 12 ? year + 1 : year;
	const last = lastDayOfWeekYear(yearEnd, endsIn);
	let from = addDays(lastDayOfWeekYear(yearEnd, endsIn - 1), 1);
	return weeks.map((count, index) => {
		const number = index + 1;
		const to = number === weeks.length ? last : addDays(from, count * 7 - 1);
		const period = { key: periodKey(year, number), year, number, from, to };
		from = addDays(to, 1);
		return period;
	});
}

function lastDayOfWeekYear({ month, weekday, rule }: WeekYearEnd, year: number): CalendarDate {
	const monthEnd = lastOfMonth(year, month);
	const daysBack = (weekdayOf(monthEnd) - weekday + 7) % 7;
	return addDays(monthEnd, rule === 'nearestToMonthEnd' && daysBack > 3 ? 7 - daysBack : -daysBack);
}

/** Weeks of a year of whole weeks: 52 or 53. */
export function weeksIn(periods: FiscalPeriod[]): number {
	const [first, last] = [periods.at(0), periods.at(-1)];
	return first === undefined || last === undefined ? 0 : daysBetween(first.from, last.to) / 7;
}
