import { parseEvent, topicOf, type BridgeEvent } from './event';
import { largestMessageBytes, type Inbox, type InboxEntry } from './inbox';

export interface ReceivedEvent {
	/** the event's place in the request */
	index: number;
	/** as far as it could be read */
	id?: string;
	subject?: string;
	status: 'stored' | 'duplicate' | 'refused';
	reason?: string;
	/** refused for its size alone */
	tooLarge?: true;
}

/** What a sender gave us, read but not stored. */
export interface Reading {
	events: Array<{ index: number; event: BridgeEvent; payload: string }>;
	refused: ReceivedEvent[];
}

/** Reads what a sender gave us and waits for an answer about. Nothing is stored. */
export function readEvents(sent: Array<{ payload: string } | { refused: string }>): Reading {
	const reading: Reading = { events: [], refused: [] };
	for (const [index, one] of sent.entries()) {
		if ('refused' in one) {
			reading.refused.push({ index, status: 'refused', reason: one.refused });
			continue;
		}
		const size = Buffer.byteLength(one.payload);
		const parsed = parseEvent(one.payload);
		const { id, subject } = 'event' in parsed ? parsed.event : parsed;
		const name = {
			index,
			...(id === undefined ? {} : { id }),
			...(subject === undefined ? {} : { subject }),
		};
		if (size > largestMessageBytes) {
			const reason = `The event has ${size} bytes; at most ${largestMessageBytes} are accepted. Send a claim check.`;
			reading.refused.push({ ...name, status: 'refused', reason, tooLarge: true });
		} else if ('event' in parsed) {
			reading.events.push({ index, event: parsed.event, payload: one.payload });
		} else {
			reading.refused.push({ ...name, status: 'refused', reason: parsed.reason });
		}
	}
	return reading;
}

/**
 * Stores what could be read in the inbox, each event once; resolves when the sender may forget them. In contrast to
 * messages from a broker, what is refused does not become a dead letter: the sender hears of it and keeps it.
 */
export async function receiveEvents(
	inbox: Inbox,
	{ events, refused }: Reading,
	now: number,
): Promise<{ results: ReceivedEvent[]; stored: InboxEntry[] }> {
	const messages = events.map(({ event, payload }) => ({ topic: topicOf('https', event), payload }));
	const stored = messages.length === 0 ? [] : await inbox.accept(messages, now);
	const fresh = new Set(stored.map(({ event }) => identityOf(event)));
	const results = events.map(({ index, event }): ReceivedEvent => {
		const status = fresh.delete(identityOf(event)) ? 'stored' : 'duplicate';
		return { index, id: event.id, subject: event.subject, status };
	});
	return { results: [...results, ...refused].sort((a, b) => a.index - b.index), stored };
}

function identityOf({ source, id }: BridgeEvent): string {
	return `${source} ${id}`;
}
