/** A message as a transport delivered it. */
export interface IncomingMessage {
	topic: string;
	payload: Uint8Array | string;
	/** why it can't be an event, where the transport knows already */
	refused?: string;
}

/** An event to be sent; source and id make it unique. */
export interface OutgoingEvent {
	topic: string;
	event: { source: string; id: string };
}

/** An event that waits to be sent, in the order of `position`. */
export interface OutboxEntry {
	position: number;
	topic: string;
	payload: string;
}

/** Keeps events until a transport's peer has confirmed them, and for a while after. */
export interface OutgoingEvents {
	/** Stores events durably; the position of each, also of one that waits already. `now` in milliseconds since 1970. */
	add(events: OutgoingEvent[], now: number): Promise<number[]>;
	/** The next entries after `position`. */
	waitingAfter(position: number, limit: number): Promise<OutboxEntry[]>;
	/** They have arrived; kept for a while, in case the peer loses what it confirmed. */
	confirm(positions: number[], now: number): Promise<void>;
	/** Those confirmed since the instant wait again: the peer may have lost them. */
	reopen(confirmedSince: number): Promise<void>;
	/** Forgets those confirmed before the instant. */
	purge(confirmedBefore: number): Promise<void>;
}
