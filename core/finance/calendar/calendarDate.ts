import { z } from 'zod/v4';

/** A day without a time of day, `2026-11-24` (ISO 8601). Days compare as text. */
export const CalendarDate = z.iso.date('must be a day written as YYYY-MM-DD');
export type CalendarDate = z.infer<typeof CalendarDate>;

const dayMs = 86_400_000;

export function addDays(date: CalendarDate, days: number): CalendarDate {
	return dateOf(Date.parse(date) + days * dayMs);
}

/** Days from `from` to `to`, both counted: one for the same day. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
	return (Date.parse(to) - Date.parse(from)) / dayMs + 1;
}

/** 1 is Monday, 7 is Sunday (ISO 8601). */
export function weekdayOf(date: CalendarDate): number {
	return new Date(date).getUTCDay() || 7;
}

/** Months count from 1. A month beyond 12 or below 1 lies in a later or an earlier year. */
export function firstOfMonth(year: number, month: number): CalendarDate {
	return dateOf(Date.UTC(year, month - 1, 1));
}

export function lastOfMonth(year: number, month: number): CalendarDate {
	return addDays(firstOfMonth(year, month + 1), -1);
}

export function yearOf(date: CalendarDate): number {
	return Number(date.slice(0, 4));
}

function dateOf(milliseconds: number): CalendarDate {
	return new Date(milliseconds).toISOString().slice(0, 10);
}
