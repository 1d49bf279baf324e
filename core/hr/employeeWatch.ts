import type { Dispatcher } from '../events/dispatcher';
import { eventOf, topicOf, type BridgeEvent } from '../events/event';
import type { Inbox } from '../events/inbox';
import type { Employee } from '../model/employee';
import type { IncomingMessage } from '../ports/eventTransport';
import type { Change, SystemConnector } from '../ports/systemConnector';
import { moveCursor, readCursor } from '../store/cursors';
import type { Database } from '../store/database';
import {
	employedAsKnown,
	keepingEmployees,
	knownEmployees,
	type KnownEmployee,
} from '../store/knownEmployees';
import { absentFrom, sweepsUntilMissing } from './absentPeople';
import {
	employmentEventsBetween,
	personalState,
	type EmploymentEvent,
	type PersonalState,
} from './employmentEvents';

/** Beside what happened to a person, what happened to our knowledge of them. */
export type WatchedKind = EmploymentEvent['kind'] | 'missing' | 'reappeared';

/** What an event about a person says beside the person's state; it travels in the event's extension `employment`. */
export interface EmploymentNotice extends Omit<EmploymentEvent, 'kind'> {
	kind: WatchedKind;
	/** the state known before; absent for somebody never seen */
	before?: PersonalState;
}

/** A complete answer that lacks so many people that nothing follows from it. */
export interface DoubtfulAnswer {
	system: string;
	/** people who are known and have not left */
	expected: number;
	/** of whom so many were not in the answer */
	absent: number;
}

export interface WatchSettings {
	connector: SystemConnector;
	database: Database;
	inbox: Inbox;
	/** `now`: only what happens from here on; `beginning`: everyone once as hired or left, then what happens */
	startFrom: 'now' | 'beginning';
	wants?: (kind: WatchedKind) => boolean;
	/** how often everyone is compared where the system tells of changes by itself; otherwise each look does */
	sweepEveryMs: number;
	/** told again at each look that finds the same doubt */
	onDoubt?: (doubt: DoubtfulAnswer) => Promise<void> | void;
	now?: () => number;
}

/** Kept in place of a cursor when no change was there at the first look. */
const nothingYet = '';

/**
 * Watches the people of a system: compares each state read with the one last known, which is kept in the store together with the
 * events that tell of the difference. Whatever was missed between two looks is in that difference, and a look that dies half-way is
 * repeated. A person absent from complete answers is told as missing, never as having left.
 */
export class EmployeeWatch {
	private readonly now: () => number;

	constructor(private readonly settings: WatchSettings) {
		this.now = settings.now ?? Date.now;
	}

	/** One look at the system. Returns the number of new events. */
	async look(offer: Dispatcher['offer']): Promise<number> {
		const { connector } = this.settings;
		const begun = await this.recall('begun');
		const silent = begun === undefined && this.settings.startFrom === 'now';
		let events = 0;
		if (connector.capabilities().entities.employee?.changes === true)
			events += await this.takeChanges(silent, offer);
		const last = Number((await this.recall('swept')) ?? 0);
		const isDue =
			connector.capabilities().entities.employee?.changes !== true ||
			this.now() - last >= this.settings.sweepEveryMs;
		if (begun === undefined || isDue) events += await this.sweep(silent, offer);
		if (begun === undefined) await this.remember('begun', undefined, 'yes');
		return events;
	}

	private async takeChanges(silent: boolean, offer: Dispatcher['offer']): Promise<number> {
		const { connector } = this.settings;
		const start = await this.recall('changes');
		let cursor = start;
		let events = 0;
		for await (const page of connector.changes('employee', start === nothingYet ? undefined : start)) {
			events += await this.takePage(page.changes, silent, offer);
			await this.remember('changes', cursor, page.cursor);
			cursor = page.cursor;
		}
		if (cursor === undefined) await this.remember('changes', undefined, nothingYet);
		return events;
	}

	private async takePage(
		changes: Array<Change<Employee>>,
		silent: boolean,
		offer: Dispatcher['offer'],
	): Promise<number> {
		const people = changes.flatMap(({ record }) => (record === undefined ? [] : [record]));
		let events = await this.take(people, silent, offer);
		const unreadable = changes.filter(({ problem }) => problem !== undefined);
		const { inbox, connector } = this.settings;
		if (unreadable.length > 0 && !silent) {
			const messages = unreadable.map(({ key, changedAt, problem }) => ({
				topic: `watched/${connector.system}/employee`,
				payload: JSON.stringify({ system: connector.system, entity: 'employee', key, changedAt }),
				refused: problem?.message ?? '',
			}));
			offer(await inbox.accept(messages, this.now()));
			events += messages.length;
		}
		const gone = changes.filter(({ record, problem }) => record === undefined && problem === undefined);
		if (gone.length > 0)
			events += await this.noteAbsent(
				gone.map(({ key }) => key),
				sweepsUntilMissing,
				silent,
				offer,
			);
		return events;
	}

	/** Reads everyone. Only an answer that was read to its end says who is absent. */
	private async sweep(silent: boolean, offer: Dispatcher['offer']): Promise<number> {
		const { connector, database, inbox, onDoubt } = this.settings;
		// Whoever was told as missing is expected no more: a directory that deletes its leavers one by one is believed on.
		const expected = await employedAsKnown(database, inbox.consumer, sweepsUntilMissing);
		const seen = new Set<string>();
		let events = 0;
		for await (const page of connector.list('employee')) {
			for (const { key } of page) seen.add(key);
			events += await this.take(page, silent, offer);
		}
		const absence = absentFrom({ expected, seen });
		if (!absence.believed) {
			await onDoubt?.({ system: connector.system, expected: absence.expected, absent: absence.absent });
		} else if (absence.absent.length > 0) {
			events += await this.noteAbsent(absence.absent, 1, silent, offer);
		}
		await this.remember('swept', await this.recall('swept'), String(this.now()));
		return events;
	}

	private async take(people: Employee[], silent: boolean, offer: Dispatcher['offer']): Promise<number> {
		const { database, inbox } = this.settings;
		const latest = new Map(people.map((person) => [person.key, person]));
		const known = await knownEmployees(database, inbox.consumer, [...latest.keys()]);
		const messages: IncomingMessage[] = [];
		const kept: KnownEmployee[] = [];
		for (const person of latest.values()) {
			const state = personalState(person);
			const last = known.get(person.key);
			const before = last && (JSON.parse(last.state) as PersonalState);
			const found: EmploymentNotice[] = employmentEventsBetween(before, state);
			if (last !== undefined && last.absences >= sweepsUntilMissing)
				found.unshift({ kind: 'reappeared', changes: {} });
			if (found.length === 0 && (last === undefined || last.absences === 0)) continue;
			const sequence = (last?.sequence ?? 0) + (found.length === 0 ? 0 : 1);
			kept.push({
				key: person.key,
				sequence,
				state: JSON.stringify(state),
				employment: state.state,
				absences: 0,
			});
			if (!silent) messages.push(...this.messages(state, sequence, found, before));
		}
		return await this.commit(messages, kept, offer);
	}

	/** Counts the absence; who was absent often enough is told as missing, once. */
	private async noteAbsent(
		keys: string[],
		counts: number,
		silent: boolean,
		offer: Dispatcher['offer'],
	): Promise<number> {
		const { database, inbox } = this.settings;
		const messages: IncomingMessage[] = [];
		const kept: KnownEmployee[] = [];
		for (const last of (await knownEmployees(database, inbox.consumer, keys)).values()) {
			if (last.absences >= sweepsUntilMissing || last.employment === 'left') continue;
			const absences = Math.min(sweepsUntilMissing, last.absences + counts);
			const told = absences >= sweepsUntilMissing;
			const sequence = last.sequence + (told ? 1 : 0);
			kept.push({ ...last, sequence, absences });
			if (told && !silent) {
				const state = JSON.parse(last.state) as PersonalState;
				messages.push(...this.messages(state, sequence, [{ kind: 'missing', changes: {} }], state));
			}
		}
		return await this.commit(messages, kept, offer);
	}

	private async commit(
		messages: IncomingMessage[],
		kept: KnownEmployee[],
		offer: Dispatcher['offer'],
	): Promise<number> {
		if (kept.length === 0) return 0;
		const { inbox } = this.settings;
		const now = this.now();
		const entries = await inbox.accept(messages, now, keepingEmployees(inbox.consumer, kept, now));
		offer(entries);
		return entries.length;
	}

	private messages(
		state: PersonalState,
		sequence: number,
		notices: EmploymentNotice[],
		before: PersonalState | undefined,
	): IncomingMessage[] {
		const { connector, wants = () => true } = this.settings;
		const { system } = connector;
		return notices
			.filter(({ kind }) => wants(kind))
			.map((notice) => {
				const event = employmentEvent(
					system,
					state,
					sequence,
					{ ...notice, ...(before === undefined ? {} : { before }) },
					new Date(this.now()).toISOString(),
				);
				return { topic: topicOf('watched', event), payload: JSON.stringify(event) };
			});
	}

	private async recall(name: string): Promise<string | undefined> {
		const { database, inbox } = this.settings;
		return await readCursor(database, inbox.consumer, this.nameOf(name));
	}

	private async remember(name: string, from: string | undefined, to: string): Promise<void> {
		const { database, inbox } = this.settings;
		await moveCursor(database, {
			owner: inbox.consumer,
			name: this.nameOf(name),
			from,
			to,
			at: this.now(),
		});
	}

	private nameOf(name: string): string {
		return `${this.settings.connector.system}/employee/${name}`;
	}
}

/** The event of one notice: a change of an employee, with the notice as the extension `employment`. */
export function employmentEvent(
	system: string,
	state: PersonalState,
	sequence: number,
	notice: EmploymentNotice,
	changedAt: string,
): BridgeEvent {
	const event = eventOf({
		system,
		entity: 'employee',
		change: notice.kind === 'hired' ? 'created' : 'changed',
		key: state.key,
		sequence,
		record: state,
		changedAt,
	});
	return { ...event, id: `${event.id}/${notice.kind}`, employment: notice };
}

/** What an event of {@link employmentEvent} says. */
export function noticeOf(event: BridgeEvent): EmploymentNotice | undefined {
	return event.employment as EmploymentNotice | undefined;
}
