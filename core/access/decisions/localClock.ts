const formats = new Map<string, Intl.DateTimeFormat>();

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Offsets change on full quarters of an hour only, so all instants of one have the same. */
const quarter = 900_000;
const lastQuarter = new Map<string, { quarter: number; minute: number; weekday: number }>();

/**
 * Minute of the day and weekday (1 is Monday, ISO 8601) in a time zone. Daylight saving time is the zone's own, from the time
 * zone database that Node brings.
 */
export function localClock(at: number, zone: string): { minute: number; weekday: number } {
	const start = Math.floor(at / quarter);
	const known = lastQuarter.get(zone);
	const found = known?.quarter === start ? known : { quarter: start, ...read(start * quarter, zone) };
	lastQuarter.set(zone, found);
	return { minute: found.minute + Math.floor((at - start * quarter) / 60_000), weekday: found.weekday };
}

function read(at: number, zone: string): { minute: number; weekday: number } {
	const format =
		formats.get(zone) ??
		new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			weekday: 'short',
			hour: '2-digit',
			minute: '2-digit',
			hourCycle: 'h23',
		});
	formats.set(zone, format);
	const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
	return {
		minute: Number(parts.hour) * 60 + Number(parts.minute),
		weekday: weekdays.indexOf(parts.weekday ?? '') + 1,
	};
}
