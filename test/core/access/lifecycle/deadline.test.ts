import { deadline } from '../../../../core/access/lifecycle/deadline';

const berlin = { timeZone: 'Europe/Berlin', holidays: [] as string[] };
const at = (text: string) => Date.parse(text);
const days = (amount: number, graceHours = 0) => ({ amount, unit: 'businessDays' as const, graceHours });

test('48 hours are 48 hours, also when the clocks change between', () => {
	const start = at('2026-03-28T12:00:00+01:00');
	const end = deadline(start, { amount: 48, unit: 'hours', graceHours: 0 }, berlin);
	expect(end - start).toBe(48 * 3_600_000);
	expect(end).toBe(at('2026-03-30T13:00:00+02:00'));
});

test.each([
	['over a weekend', '2026-11-26T15:30:00+01:00', days(2), berlin.holidays, '2026-11-30T15:30:00+01:00'],
	[
		'from a weekend on: with the next working day',
		'2026-11-28T15:30:00+01:00',
		days(1),
		[],
		'2026-12-01T00:00:00+01:00',
	],
	[
		'a holiday between',
		'2026-12-23T09:00:00+01:00',
		days(2),
		['2026-12-24', '2026-12-25'],
		'2026-12-29T09:00:00+01:00',
	],
	[
		'the same time of day after the clocks change',
		'2026-03-27T12:00:00+01:00',
		days(1),
		[],
		'2026-03-30T12:00:00+02:00',
	],
	['and back', '2026-10-23T12:00:00+02:00', days(1), [], '2026-10-26T12:00:00+01:00'],
	['grace in hours on top', '2026-11-25T09:00:00+01:00', days(1, 4), [], '2026-11-26T13:00:00+01:00'],
])('business days: %s', (_name, start, delay, holidays, end) => {
	expect(new Date(deadline(at(start), delay, { ...berlin, holidays })).toISOString()).toBe(
		new Date(end).toISOString(),
	);
});
