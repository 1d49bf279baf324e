import { createHash } from 'node:crypto';

import type { Dispatcher } from './dispatcher';
import { eventOf, topicOf, type BridgeEvent, type EventChange, type EventEntity } from './event';
import type { Inbox } from './inbox';
import type { IncomingMessage } from '../ports/eventTransport';
import type { Change, ChangePage, SystemConnector } from '../ports/systemConnector';
import { announcement, capture, type CapturedChange } from '../store/captured';
import { moveCursor, readCursor } from '../store/cursors';
import type { Database } from '../store/database';

export interface CaptureSettings {
	connector: SystemConnector;
	entity: EventEntity;
	database: Database;
	inbox: Inbox;
	/** `now`: only what changes from here on; `beginning`: every record once, then its changes */
	startFrom: 'now' | 'beginning';
	/** which of the events found the workflow wants; all when left out */
	wants?: (event: BridgeEvent) => boolean;
	/** what of a record must differ for its change to count; all of it when left out */
	stateOf?: (record: unknown) => string;
}

/** Kept in place of a cursor when the first look found no record: what appears from then on is new. */
const nothingYet = '';

/**
 * Makes events of a system that has none: reads its changes from where the last look ended and puts what is really new
 * into the inbox. A record read again without a change makes no event; a look that dies half-way is repeated.
 */
export class ChangeCapture {
	private cursor: string | undefined;
	private loaded = false;

	constructor(private readonly settings: CaptureSettings) {}

	/** One look at the system. Returns the number of new events. */
	async look(offer: Dispatcher['offer']): Promise<number> {
		const { connector, entity, database, inbox, startFrom } = this.settings;
		if (!this.loaded) {
			this.cursor = await readCursor(database, inbox.consumer, this.cursorName());
			this.loaded = true;
		}
		const silent = this.cursor === undefined && startFrom === 'now';
		let events = 0;
		const since = this.cursor === nothingYet ? undefined : this.cursor;
		for await (const page of connector.changes(entity, since)) {
			if (page.changes.length > 0) events += await this.take(page, silent, offer);
			if (!silent) await this.advance(page.cursor);
			else this.pendingCursor = page.cursor;
		}
		if (silent) await this.advance(this.pendingCursor ?? nothingYet);
		return events;
	}

	/** The cursor of a first, silent look: kept only when the look has ended, so that a broken one begins again. */
	private pendingCursor: string | undefined;

	private async take(
		page: ChangePage<unknown>,
		silent: boolean,
		offer: Dispatcher['offer'],
	): Promise<number> {
		const { entity, database, inbox, stateOf } = this.settings;
		const now = Date.now();
		const changes = new Map(page.changes.map((change) => [change.key, change]));
		const captured = await capture(
			database,
			inbox.consumer,
			entity,
			[...changes.values()].map((change) => ({
				key: change.key,
				fingerprint: fingerprintOf(change, stateOf),
				...(change.version === undefined ? {} : { version: change.version }),
			})),
			now,
		);
		if (captured.length === 0) return 0;
		const announced = announcement(inbox.consumer, entity, captured, now);
		if (silent) {
			await database.transaction(announced);
			return 0;
		}
		const messages = captured.flatMap((one): IncomingMessage[] => {
			const change = changes.get(one.key);
			const message = change && this.messageOf(change, one);
			return message === undefined ? [] : [message];
		});
		offer(await inbox.accept(messages, now, announced));
		return messages.length;
	}

	private async advance(to: string): Promise<void> {
		if (to === this.cursor) return;
		const { database, inbox } = this.settings;
		const moved = await moveCursor(database, {
			owner: inbox.consumer,
			name: this.cursorName(),
			from: this.cursor,
			to,
			at: Date.now(),
		});
		this.cursor = moved ? to : await readCursor(database, inbox.consumer, this.cursorName());
	}

	/** Nothing for an event that the workflow does not want. */
	private messageOf(change: Change<unknown>, one: CapturedChange): IncomingMessage | undefined {
		const { connector, entity, wants } = this.settings;
		const { system } = connector;
		if (change.problem === undefined) {
			const event = eventOfChange(system, entity, change, one);
			if (wants?.(event) === false) return undefined;
			return { topic: topicOf('captured', event), payload: JSON.stringify(event) };
		}
		const { key, changedAt } = change;
		return {
			topic: `captured/${system}/${entity}`,
			payload: JSON.stringify({ system, entity, key, changedAt, sequence: one.sequence }),
			refused: change.problem.message,
		};
	}

	private cursorName(): string {
		return `${this.settings.connector.system}/${this.settings.entity}`;
	}
}

/** The event of one record as it now is. */
export function eventOfChange(
	system: string,
	entity: EventEntity,
	change: Change<unknown>,
	{ sequence, isNew }: Pick<CapturedChange, 'sequence' | 'isNew'>,
): BridgeEvent {
	return eventOf({
		system,
		entity,
		change: kindOf(change, isNew),
		key: change.key,
		sequence,
		...(change.record === undefined ? {} : { record: change.record }),
		changedAt: change.changedAt,
	});
}

function kindOf({ record }: Change<unknown>, isNew: boolean): EventChange {
	if (record === undefined) return 'deleted';
	if ((record as { state?: unknown }).state === 'cancelled') return 'cancelled';
	return isNew ? 'created' : 'changed';
}

function fingerprintOf(
	{ record, problem }: Change<unknown>,
	stateOf: (record: unknown) => string = JSON.stringify,
): string {
	const content =
		problem !== undefined
			? `problem ${problem.message}`
			: record === undefined
				? JSON.stringify('deleted')
				: stateOf(record);
	return createHash('sha256').update(content).digest('base64');
}
