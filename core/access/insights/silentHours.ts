import { median, quantile } from './statistics';

/** Hours since 1970, local; `until` is not included. */
export interface SilentHours {
	from: number;
	until: number;
}

/** A single quiet hour may be a meeting of all, or the hour that the clock skips in spring. */
const fewestHours = 2;
/** So many lines are expected at the least where there is none. */
const busy = 20;
const fewestWeeks = 3;
/** So many hours before and after say whether people worked at all. */
const around = 12;
/** Of the lines expected around a hole so many must be there: else it is a holiday, and no hole. */
const workedShare = 0.5;
const aroundBusy = 10;

/**
 * Where a log says nothing for hours in which that weekday is busy, although people worked before and after: the hours are those of a hole and not of
 * a holiday. What an hour expects is the lower quartile of the other weeks', so an hour that is often quiet expects nothing. Days without any line
 * are left out; they are holes of their own.
 */
export function silentHours(linesByHour: ReadonlyMap<number, number>, since: number): SilentHours[] {
	const days = new Set([...linesByHour.keys()].map((hour) => Math.floor(hour / 24)));
	const [first, last] = [Math.min(...linesByHour.keys()), Math.max(...linesByHour.keys())];
	const lines = (hour: number) => linesByHour.get(hour) ?? 0;
	const others = (hour: number): number[] => {
		const found: number[] = [];
		for (let one = hour % 168; one <= last; one += 168)
			if (one >= first && one !== hour && days.has(Math.floor(one / 24))) found.push(lines(one));
		return found;
	};
	const isWorkedIn = (from: number, until: number) => {
		let [expected, there] = [0, 0];
		for (let hour = Math.max(first, from); hour < Math.min(last + 1, until); hour += 1) {
			if (!days.has(Math.floor(hour / 24))) continue;
			expected += median(others(hour));
			there += lines(hour);
		}
		return { isKnown: expected >= aroundBusy, isWorked: there >= workedShare * expected };
	};
	const isHole = ({ from, until }: SilentHours) => {
		if (until - from < fewestHours) return false;
		let expected = 0;
		for (let hour = from; hour < until; hour += 1) expected += quantile(others(hour), 0.25);
		if (expected < busy) return false;
		const sides = [isWorkedIn(from - around, from), isWorkedIn(until, until + around)];
		return (
			sides.some(({ isKnown }) => isKnown) && sides.every(({ isKnown, isWorked }) => isWorked || !isKnown)
		);
	};
	return runs(Math.max(first, since), last, (hour) => {
		if (lines(hour) > 0 || !days.has(Math.floor(hour / 24))) return false;
		const usual = others(hour);
		return usual.length >= fewestWeeks && quantile(usual, 0.25) >= 1;
	}).filter(isHole);
}

function runs(first: number, last: number, is: (hour: number) => boolean): SilentHours[] {
	const found: SilentHours[] = [];
	for (let hour = first; hour <= last; hour += 1) {
		if (!is(hour)) continue;
		const before = found.at(-1);
		if (before?.until === hour) before.until = hour + 1;
		else found.push({ from: hour, until: hour + 1 });
	}
	return found;
}
