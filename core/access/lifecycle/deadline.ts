import type { Delay } from './rules';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Calendar {
	timeZone: string;
	/** YYYY-MM-DD */
	holidays: readonly string[];
}

/**
 * The instant at which a delay that begins at `start` ends. Hours are hours that passed, also over a change to daylight saving time; business
 * days end at the same time of day where that is, and a start on a day off counts as one at the end of it.
 */
export function deadline(start: number, { amount, unit, graceHours }: Delay, calendar: Calendar): number {
	const grace = graceHours * hour;
	if (unit === 'hours') return start + amount * hour + grace;
	const off = new Set(calendar.holidays);
	const { day: first, minutes } = wallClock(start, calendar.timeZone);
	let date = first;
	let time = minutes;
	if (isOff(date, off)) {
		while (isOff(date, off)) date = nextDay(date);
		time = 0;
	}
	for (let left = amount; left > 0; ) {
		date = nextDay(date);
		if (!isOff(date, off)) left -= 1;
	}
	return instantOf(date, time, calendar.timeZone) + grace;
}

/** The calendar day there, YYYY-MM-DD. */
export function dayIn(timeZone: string, at: number): string {
	return wallClock(at, timeZone).day;
}

/** The first instant of a day there. */
export function startOfDay(date: string, timeZone: string): number {
	return instantOf(date, 0, timeZone);
}

export function nextDay(date: string, days = 1): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10);
}

function isOff(date: string, off: Set<string>): boolean {
	const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
	return weekday === 0 || weekday === 6 || off.has(date);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: number, timeZone: string): { day: string; minutes: number } {
	const format =
		formats.get(timeZone) ??
		new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
	formats.set(timeZone, format);
	const [date = '', time = ''] = format.format(at).split(' ');
	const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
	return { day: date, minutes: hours * 60 + minutes + seconds / 60 };
}

/** A time of day that the clocks skip is the same distance after the change; one that comes twice is the first. */
function instantOf(date: string, minutes: number, timeZone: string): number {
	const asUtc = Date.parse(`${date}T00:00:00Z`) + Math.round(minutes * minute);
	const offsetAt = (at: number) => {
		const there = wallClock(at, timeZone);
		return (
			Date.parse(`${there.day}T00:00:00Z`) +
			Math.round(there.minutes * minute) -
			Math.floor(at / 1_000) * 1_000
		);
	};
	const before = offsetAt(asUtc - day);
	const after = offsetAt(asUtc + day);
	const early = asUtc - Math.max(before, after);
	if (offsetAt(early) === Math.max(before, after)) return early;
	const late = asUtc - Math.min(before, after);
	return offsetAt(late) === Math.min(before, after) ? late : asUtc - before;
}
