/** The company is in Suzhou, where clocks are eight hours ahead all year. */
const offsetMs = 8 * 3_600_000;

/** The day it is there. */
export function companyDay(now: Date): string {
	return new Date(now.getTime() + offsetMs).toISOString().slice(0, 10);
}

/** The month before this one. */
export interface LastMonth {
	/** `2026-10-09` for 9; 0 is the last day of the month before */
	day(number: number): string;
	/** ten in the morning of that day */
	moment(number: number): Date;
}

export function lastMonth(now: Date): LastMonth {
	const local = new Date(now.getTime() + offsetMs);
	const at = (number: number) => Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - 1, number, 10);
	return {
		day: (number) => new Date(at(number)).toISOString().slice(0, 10),
		moment: (number) => new Date(at(number) - offsetMs),
	};
}
