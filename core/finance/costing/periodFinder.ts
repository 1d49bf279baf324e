import type { CalendarDate } from '../calendar/calendarDate';
import { periodContaining, type FiscalCalendar, type FiscalPeriod } from '../calendar/fiscalCalendar';

/** Finds the period of a day; many movements share a day, and each day is looked up once. */
export function periodFinder(calendar: FiscalCalendar): (date: CalendarDate) => FiscalPeriod | undefined {
	const known = new Map<CalendarDate, FiscalPeriod | undefined>();
	return (date) => {
		const found = known.get(date);
		if (found !== undefined) return found;
		const period = periodContaining(calendar, date);
		known.set(date, period);
		return period;
	};
}
