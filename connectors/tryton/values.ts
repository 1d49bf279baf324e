import Big from 'big.js';
import { z } from 'zod/v4';

import { normalise, type Decimal } from '../../core/model/decimal';

/** Tryton's instants have no zone and are UTC. As text they keep microseconds, and text order is time order. */
export const Instant = z
	.object({
		__class__: z.literal('datetime'),
		year: z.number().int(),
		month: z.number().int(),
		day: z.number().int(),
		hour: z.number().int(),
		minute: z.number().int(),
		second: z.number().int(),
		microsecond: z.number().int(),
	})
	.transform(({ year, month, day, hour, minute, second, microsecond }) => {
		const two = (value: number) => String(value).padStart(2, '0');
		const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
		const time = `${two(hour)}:${two(minute)}:${two(second)}.${String(microsecond).padStart(6, '0')}`;
		return `${date}T${time}Z`;
	});
export type Instant = z.infer<typeof Instant>;

/** An exact amount: Tryton sends `{"__class__": "Decimal", "decimal": "9.9900"}`. */
export const ExactNumber = z
	.object({ __class__: z.literal('Decimal'), decimal: z.string() })
	.transform(({ decimal }) => normalise(decimal));

/** A decimal as Tryton takes it. */
export function exactNumberOf(decimal: Decimal): { __class__: 'Decimal'; decimal: string } {
	return { __class__: 'Decimal', decimal };
}

/** A calendar day, which Tryton keeps without a zone, such as `2026-11-24`. */
export const Day = z
	.object({
		__class__: z.literal('date'),
		year: z.number().int(),
		month: z.number().int(),
		day: z.number().int(),
	})
	.transform(({ year, month, day }) =>
		[String(year).padStart(4, '0'), ...[month, day].map((value) => String(value).padStart(2, '0'))].join('-'),
	);

/** A day such as `2026-11-24` as Tryton takes it. */
export function dayOf(day: string): { __class__: 'date'; year: number; month: number; day: number } {
	const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
	return { __class__: 'date', year, month, day: date };
}

/** An instant that stands for a day of which no hour is known: noon UTC is the same day in nearly every time zone. */
export function noonOf(day: string): string {
	return `${day}T12:00:00Z`;
}

/** When something happened of which Tryton keeps the day only: when it was entered, or noon where that was another day. */
export function happenedAt(day: string | null, enteredAt: Instant): string {
	return day === null || enteredAt.startsWith(day) ? enteredAt : noonOf(day);
}

/** SQLite has no booleans: there Tryton answers 0 and 1. */
export const Flag = z.union([z.boolean(), z.literal([0, 1])]).transform(Boolean);

/** What a record's date of creation and of its last change look like; the latter is null until the first change. */
export const Stamps = z.object({
	id: z.number().int(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
export type Stamps = z.infer<typeof Stamps>;

export function lastChange({ create_date: created, write_date: written }: Omit<Stamps, 'id'>): Instant {
	return written !== null && written > created ? written : created;
}

/** Microseconds since 1970: rises with every change, and is the same whoever looks. Below 2^53 until the year 2255. */
export function microsecondsOf(instant: Instant): number {
	const seconds = Math.floor(Date.parse(instant) / 1_000);
	const fraction = /\.(\d{6})Z$/.exec(instant)?.[1] ?? '0';
	return seconds * 1_000_000 + Number(fraction);
}

/** An instant as a search criterion. */
export function datetimeOf(instant: string): Record<string, number | string> {
	const at = new Date(instant);
	const microsecond = /\.(\d{1,6})/.exec(instant)?.[1]?.padEnd(6, '0') ?? '0';
	return {
		__class__: 'datetime',
		year: at.getUTCFullYear(),
		month: at.getUTCMonth() + 1,
		day: at.getUTCDate(),
		hour: at.getUTCHours(),
		minute: at.getUTCMinutes(),
		second: at.getUTCSeconds(),
		microsecond: Number(microsecond),
	};
}

/**
 * A quantity, which Tryton keeps as a binary float, as the decimal that people entered: at the unit's digits,
 * so that 0.30000000000000004 kg at three digits is "0.3".
 */
export function quantityOf(value: number, digits: number): Decimal {
	return normalise(new Big(String(value)).round(digits, Big.roundHalfEven).toFixed());
}
