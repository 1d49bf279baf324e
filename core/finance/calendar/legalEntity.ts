import { z } from 'zod/v4';

import { addDays, CalendarDate } from './calendarDate';
import { FiscalCalendar } from './fiscalCalendar';

const TimeZone = z
	.string()
	.refine(isTimeZone, 'must be a time zone of the IANA list, such as "Asia/Shanghai"');

/** A company that keeps books. */
export const LegalEntity = z.strictObject({
	id: z.string().min(1),
	name: z.string().min(1),
	/** the entity whose locks hold here too */
	parent: z.string().min(1).optional(),
	/** name of its fiscal calendar */
	calendar: z.string().min(1),
	timeZone: TimeZone,
	/**
	 * Local time at which the business day ends. Up to noon it is a time of the next morning: with `06:00` the night shift
	 * still belongs to the day before. After noon the rest of the day belongs to the next one.
	 */
	cutOff: z
		.string()
		.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time written as HH:MM')
		.default('00:00'),
});
export type LegalEntity = z.infer<typeof LegalEntity>;

/** Calendars and entities that fit together: every name is known, and no entity is its own ancestor. */
export const Organisation = z
	.strictObject({ calendars: z.array(FiscalCalendar), entities: z.array(LegalEntity) })
	.superRefine(({ calendars, entities }, context) => {
		const problem = (index: number, field: string, message: string) =>
			context.addIssue({ code: 'custom', path: ['entities', index, field], message });
		const calendarNames = new Set(calendars.map(({ name }) => name));
		const byId = new Map<string, LegalEntity>();
		for (const [index, { name }] of calendars.entries())
			if (calendars.findIndex((other) => other.name === name) < index)
				context.addIssue({
					code: 'custom',
					path: ['calendars', index, 'name'],
					message: `calendar "${name}" is there twice`,
				});
		for (const [index, entity] of entities.entries()) {
			if (byId.has(entity.id)) problem(index, 'id', `entity "${entity.id}" is there twice`);
			byId.set(entity.id, entity);
			if (!calendarNames.has(entity.calendar))
				problem(
					index,
					'calendar',
					`entity "${entity.id}" names the calendar "${entity.calendar}", which is not there`,
				);
		}
		for (const [index, { id, parent }] of entities.entries()) {
			if (parent === undefined) continue;
			if (!byId.has(parent))
				problem(index, 'parent', `entity "${id}" names the parent "${parent}", which is not there`);
			else if (descendsFromItself(id, byId)) problem(index, 'parent', `entity "${id}" is its own ancestor`);
		}
	});
export type Organisation = z.infer<typeof Organisation>;

function descendsFromItself(id: string, byId: Map<string, LegalEntity>): boolean {
	const seen = new Set<string>();
	for (
		let next = byId.get(id)?.parent;
		next !== undefined && !seen.has(next);
		next = byId.get(next)?.parent
	) {
		if (next === id) return true;
		seen.add(next);
	}
	return false;
}

export interface PlacedEntity {
	entity: LegalEntity;
	calendar: FiscalCalendar;
}

/** The entity and its ancestors, the entity first. `undefined` when the organisation has no such entity. */
export function lineage({ calendars, entities }: Organisation, id: string): PlacedEntity[] | undefined {
	const line: PlacedEntity[] = [];
	for (let next: string | undefined = id; next !== undefined; next = line.at(-1)?.entity.parent) {
		const entity = entities.find((one) => one.id === next);
		const calendar = calendars.find(({ name }) => name === entity?.calendar);
		if (entity === undefined || calendar === undefined) return undefined;
		line.push({ entity, calendar });
	}
	return line;
}

/** The day in the entity's books on which something that happens at this instant is posted. */
export function postingDate(entity: LegalEntity, instant: Date): CalendarDate {
	return businessDay(entity, localTime(entity.timeZone, instant));
}

/**
 * The day in the entity's books of a moment as documents give it: an instant (`2026-03-31T22:30:00Z`, `...+08:00`), a local time of the
 * entity (`2026-03-31T22:30:00`), or a day that is in the books already (`2026-03-31`). `undefined` when it is none of them.
 */
export function bookDay(entity: LegalEntity, moment: string): CalendarDate | undefined {
	if (CalendarDate.safeParse(moment).success) return moment;
	if (z.iso.datetime({ offset: true }).safeParse(moment).success)
		return postingDate(entity, new Date(moment));
	const local = moment.replace(' ', 'T');
	if (!z.iso.datetime({ local: true }).safeParse(local).success) return undefined;
	return businessDay(entity, { day: local.slice(0, 10), time: local.slice(11, 16) });
}

/**
 * The instant that a moment names: an instant itself, a local time of the entity, or a day, which lasts to the end of the entity's business
 * day. `undefined` when it is none of them.
 */
export function instantOf(entity: LegalEntity, moment: string): Date | undefined {
	if (z.iso.datetime({ offset: true }).safeParse(moment).success) return new Date(moment);
	const local = moment.replace(' ', 'T');
	if (z.iso.datetime({ local: true }).safeParse(local).success) return instantIn(entity.timeZone, local);
	if (!CalendarDate.safeParse(moment).success) return undefined;
	const { timeZone, cutOff } = entity;
	const lastDay = cutOff <= '12:00' ? addDays(moment, 1) : moment;
	return instantIn(timeZone, `${lastDay}T${cutOff}`);
}

/** A local time that the clocks skip is taken as the same time after they went forward. */
function instantIn(timeZone: string, local: string): Date {
	const asUtc = Date.parse(`${local}Z`);
	const offsetAt = (instant: number) => {
		const { day, time } = localTime(timeZone, new Date(instant));
		return Date.parse(`${day}T${time}Z`) - Math.floor(instant / 60_000) * 60_000;
	};
	return new Date(asUtc - offsetAt(asUtc - offsetAt(asUtc)));
}

interface LocalTime {
	day: CalendarDate;
	/** HH:MM */
	time: string;
}

function businessDay({ cutOff }: LegalEntity, { day, time }: LocalTime): CalendarDate {
	if (cutOff === '00:00') return day;
	if (cutOff <= '12:00') return time < cutOff ? addDays(day, -1) : day;
	return time >= cutOff ? addDays(day, 1) : day;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function localTime(timeZone: string, instant: Date): LocalTime {
	const clock =
		clocks.get(timeZone) ??
		new Intl.DateTimeFormat('en', {
			timeZone,
			hourCycle: 'h23',
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
		});
	clocks.set(timeZone, clock);
	const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, value]));
	return {
		day: `${parts.year}-${parts.month}-${parts.day}`,
		time: `${parts.hour}:${parts.minute}`,
	};
}

function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}
