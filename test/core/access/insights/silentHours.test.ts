import fc from 'fast-check';

import { silentHours } from '../../../../core/access/insights/silentHours';

const weeks = 6;
/** Monday, 5 January 2026, 00:00, in hours since 1970. */
const monday = Date.parse('2026-01-05T00:00:00Z') / 3_600_000;
const isWorkingHour = (hour: number) => {
	const [weekday, ofDay] = [Math.floor((hour - monday) / 24) % 7, (hour - monday) % 24];
	return weekday < 5 && ofDay >= 8 && ofDay < 18;
};

/** A company that works from 8 to 18 on weekdays, with a watchman's line each hour. */
function log(without: (hour: number) => boolean): Map<number, number> {
	const hours = Array.from({ length: weeks * 168 }, (_, index) => monday + index);
	return new Map(hours.filter((hour) => !without(hour)).map((hour) => [hour, isWorkingHour(hour) ? 30 : 1]));
}

test('any two or more working hours without a line are told, exactly as long as they are', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: weeks * 7 - 1 }).filter((day) => day % 7 < 5),
			fc.integer({ min: 9, max: 15 }),
			fc.integer({ min: 2, max: 5 }),
			(day, start, length) => {
				const from = monday + day * 24 + start;
				const until = Math.min(from + length, monday + day * 24 + 17);
				expect(
					silentHours(
						log((hour) => hour >= from && hour < until),
						0,
					),
				).toEqual([{ from, until }]);
			},
		),
	);
});

test('nights, weekends, a holiday on which hardly anybody works, and one quiet hour are no holes', () => {
	const nightly = (hour: number) => !isWorkingHour(hour);
	expect(silentHours(log(nightly), 0)).toEqual([]);
	const holiday = monday + 16 * 24;
	const oneLine = (hour: number) => hour >= holiday && hour < holiday + 24 && hour !== holiday + 11;
	expect(
		silentHours(
			log((hour) => nightly(hour) || oneLine(hour)),
			0,
		),
	).toEqual([]);
	expect(
		silentHours(
			log((hour) => hour === holiday + 10),
			0,
		),
	).toEqual([]);
});

test('hours that are silent in many weeks, and those before what is looked at, are not told', () => {
	const tuesdays = (hour: number) =>
		(hour - monday) % 168 >= 24 + 9 && (hour - monday) % 168 < 24 + 12 && hour < monday + 3 * 168;
	expect(silentHours(log(tuesdays), 0)).toEqual([]);
	const early = (hour: number) => hour >= monday + 33 && hour < monday + 36;
	expect(silentHours(log(early), monday + 168)).toEqual([]);
});
