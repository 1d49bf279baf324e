import { isDeepStrictEqual } from 'node:util';

import type { Employee } from '../model/employee';

/** What can have happened to a person between two states of which nothing else is known. */
export const employmentEventKinds = [
	'hired',
	'rehired',
	'moved',
	'promoted',
	'demoted',
	'managerChanged',
	'leaveStarted',
	'leaveEnded',
	'left',
	'detailsChanged',
] as const;
export type EmploymentEventKind = (typeof employmentEventKinds)[number];

/** The fields of a person that are compared; a revision says nothing about a person, and own fields are the system's affair. */
export type PersonalState = Omit<Employee, 'revision' | 'native'>;
type Field = Exclude<keyof PersonalState, 'key'>;

export interface FieldChange {
	/** absent where the field had no value */
	from?: unknown;
	/** absent where it has none any more */
	to?: unknown;
}

export interface EmploymentEvent {
	kind: EmploymentEventKind;
	/** the day from which it counts, where the system says; it may lie ahead or behind */
	effectiveOn?: string;
	/** the fields that differ and belong to this event */
	changes: Partial<Record<Field, FieldChange>>;
}

const whereabouts: Field[] = ['department', 'position', 'region', 'site', 'entity'];

/**
 * What happened between the state known before (none: a person never seen) and the state now. Every field that differs belongs
 * to exactly one event, so the events applied to the state before give the state now, whatever happened between. Whoever leaves, comes
 * or comes back has one event for all that changed with it.
 */
export function employmentEventsBetween(
	before: PersonalState | undefined,
	after: PersonalState,
): EmploymentEvent[] {
	const open = changedFields(before, after);
	if (before !== undefined && Object.keys(open).length === 0) return [];
	const take = (fields: Field[]): EmploymentEvent['changes'] => {
		const taken = Object.fromEntries(
			fields.filter((field) => open[field] !== undefined).map((field) => [field, open[field]]),
		);
		for (const field of fields) delete open[field];
		return taken;
	};
	const whole = (kind: EmploymentEventKind, effectiveOn: string | undefined): EmploymentEvent =>
		eventOf(kind, take(Object.keys(open) as Field[]), effectiveOn);

	if (after.state === 'left') {
		if (before?.state === 'left') return [whole('detailsChanged', undefined)];
		return [whole('left', after.leftOn)];
	}
	const events: EmploymentEvent[] = [];
	const away = after.state === 'onLeave';
	if (before === undefined || before.state === 'left') {
		const leave = away ? take(['leave']) : {};
		const came = before === undefined ? 'hired' : 'rehired';
		events.push(whole(came, after.hiredOn));
		if (away) events.push(eventOf('leaveStarted', leave, after.leave?.from));
		return events;
	}

	const assignedOn = open.assignedOn === undefined ? undefined : after.assignedOn;
	const assigned = (kind: EmploymentEventKind, fields: Field[]): void => {
		if (fields.some((field) => open[field] !== undefined))
			events.push(eventOf(kind, take([...fields, 'assignedOn']), assignedOn));
	};
	assigned('moved', whereabouts);
	if (after.rank !== undefined && before.rank !== undefined)
		assigned(after.rank > before.rank ? 'promoted' : 'demoted', ['rank']);
	assigned('managerChanged', ['manager']);
	if (before.state !== after.state) {
		const changes = take(['state', 'leave']);
		events.push(eventOf(away ? 'leaveStarted' : 'leaveEnded', changes, away ? after.leave?.from : undefined));
	}
	if (Object.keys(open).length > 0) events.push(whole('detailsChanged', undefined));
	return events;
}

/** A person's record without what is not compared. */
export function personalState({ revision: _revision, native: _native, ...state }: Employee): PersonalState {
	return state;
}

function eventOf(
	kind: EmploymentEventKind,
	changes: EmploymentEvent['changes'],
	effectiveOn: string | undefined,
): EmploymentEvent {
	return { kind, ...(effectiveOn === undefined ? {} : { effectiveOn }), changes };
}

function changedFields(before: PersonalState | undefined, after: PersonalState): EmploymentEvent['changes'] {
	const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after)] as Array<'key' | Field>);
	const changes: EmploymentEvent['changes'] = {};
	for (const field of fields) {
		if (field === 'key') continue;
		const from = before?.[field];
		const to = after[field];
		if (isDeepStrictEqual(from, to)) continue;
		changes[field] = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
	}
	return changes;
}
