import { randomUUID } from 'node:crypto';

import { z } from 'zod/v4';

import {
	AuthenticationError,
	PermissionError,
	RateLimitError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import type { OutboxEntry, OutgoingEvents } from '../../core/ports/eventTransport';
import { OutboxSender } from '../outbox/outboxSender';
import { batchType, singleType } from './eventRequest';
import { signInHeaders, WebhookSignIn } from './signIn';

/** Where events are posted to, and how to get in. */
export const ReceiverSettings = WebhookSignIn.extend({
	url: z
		.string()
		.trim()
		.regex(/^https?:\/\/\S+$/i, 'must be the address of the receiver, https://...'),
});
export type ReceiverSettings = z.infer<typeof ReceiverSettings>;

/** Sends text as it is and returns whatever answer came, of any status. Throws when none came. */
export type Post = (
	url: string,
	headers: Record<string, string>,
	body: string,
) => Promise<{ status: number; headers: Record<string, string>; body: unknown }>;

/** Address for people and for keys, without what may hold a secret. */
export function addressOf({ url }: ReceiverSettings): string {
	const { origin, pathname } = new URL(url);
	return origin + pathname;
}

const longestRetryMs = 30_000;
/** A repeated request is recognised by the ids of its events, so those confirmed need not be kept. */
const keepConfirmedMs = 60_000;

/** n8n takes bodies of 16 MiB as it comes; others take less. */
const largestBodyLength = 1_000_000;

/** What the Event Bus Webhook says about each event; other receivers need not. */
const Results = z.object({
	results: z.array(
		z.object({ status: z.enum(['stored', 'duplicate', 'refused']), reason: z.string().optional() }),
	),
});

/**
 * Posts an outbox to a receiver as CloudEvents over HTTP: again and again until it answers 2xx. What the receiver refuses is found
 * and stays, and the others pass it.
 */
export class HttpPublisher extends OutboxSender {
	private notBefore = 0;

	constructor(
		private readonly receiver: ReceiverSettings,
		private readonly post: Post,
		outbox: OutgoingEvents,
		/** events in a request; 1 sends each alone, for receivers without batch mode */
		private readonly batchSize = 100,
	) {
		super(outbox, {
			longestRetryMs,
			idleMs: 60_000,
			unconfirmed: 'The receiver has not confirmed it yet.',
		});
	}

	protected async sendWaiting(): Promise<void> {
		const wait = this.notBefore - Date.now();
		if (wait > 0)
			throw new RateLimitError(`${addressOf(this.receiver)} asks to wait ${wait} ms.`, this.subject);
		const refusals: string[] = [];
		for (let position = 0; !this.closed; ) {
			const entries = await this.outbox.waitingAfter(position, this.batchSize);
			if (entries.length === 0) break;
			for (const part of partsOf(entries)) refusals.push(...(await this.send(part)));
			position = entries.at(-1)?.position ?? position;
		}
		await this.outbox.purge(Date.now() - keepConfirmedMs);
		const [first] = refusals;
		if (first === undefined) return;
		throw new ValidationError(
			`${addressOf(this.receiver)} refuses ${refusals.length} events; the first: ${first}`,
			this.subject,
		);
	}

	protected async disconnect(): Promise<void> {}

	/** Returns why events were refused; they go on waiting. */
	private async send(entries: OutboxEntry[]): Promise<string[]> {
		const batch = this.batchSize > 1;
		const payloads = entries.map(({ payload }) => payload);
		const body = batch ? `[${payloads.join(',')}]` : (payloads[0] ?? '');
		const answer = await this.answerTo(body, batch ? batchType : singleType);
		const { status } = answer;
		if (status >= 200 && status < 300) {
			await this.confirm(entries.map(({ position }) => position));
			return [];
		}
		const results = Results.safeParse(answer.body);
		if (results.success && results.data.results.length === entries.length) {
			const taken = entries.filter((_, index) => results.data.results[index]?.status !== 'refused');
			await this.confirm(taken.map(({ position }) => position));
			return results.data.results
				.filter((result) => result.status === 'refused')
				.map(({ reason }) => reason ?? `HTTP ${status}`);
		}
		if (entries.length > 1) {
			const half = Math.ceil(entries.length / 2);
			return [...(await this.send(entries.slice(0, half))), ...(await this.send(entries.slice(half)))];
		}
		return [`${entries[0]?.topic} with HTTP ${status}`];
	}

	/** Any answer that is about the events; those about the receiver, or about us, are thrown. */
	private async answerTo(body: string, contentType: string): Promise<{ status: number; body: unknown }> {
		const address = addressOf(this.receiver);
		const headers = signInHeaders(this.receiver, { id: randomUUID(), body }, Date.now());
		let answer: Awaited<ReturnType<Post>>;
		try {
			answer = await this.post(this.receiver.url, { ...headers, 'content-type': contentType }, body);
		} catch (error) {
			throw new UnavailableError(
				`${address} gave no answer: ${error instanceof Error ? error.message : String(error)}. Check that it runs and that the address is right.`,
				this.subject,
			);
		}
		const { status } = answer;
		if (status === 401) {
			throw new AuthenticationError(
				`${address} refuses the token or signature (HTTP 401). Sender and receiver must have the same secret and authentication.`,
				this.subject,
			);
		}
		if (status === 403) throw new PermissionError(`${address} forbids the request (HTTP 403).`, this.subject);
		if (status === 407) {
			throw new AuthenticationError(
				`The proxy refuses the user name or password (HTTP 407). Correct them in the proxy credential.`,
				this.subject,
			);
		}
		if (status === 404 || status === 405 || status === 410 || status === 415) {
			throw new UnavailableError(
				`${address} takes no events (HTTP ${status}). Check the address, and that the receiving workflow is published.`,
				this.subject,
			);
		}
		if (status === 408 || status === 425 || status === 429 || status >= 500 || status < 200) {
			const seconds = Number(answer.headers['retry-after']);
			if (seconds > 0) this.notBefore = Date.now() + Math.min(seconds, 3_600) * 1_000;
			throw new UnavailableError(`${address} is not able to take events now (HTTP ${status}).`, this.subject);
		}
		return answer;
	}

	private get subject(): { system: string } {
		return { system: addressOf(this.receiver) };
	}
}

/** No part is longer than a receiver may be expected to take, but for an event that is so by itself. */
function partsOf(entries: OutboxEntry[]): OutboxEntry[][] {
	const parts: OutboxEntry[][] = [];
	let length = Infinity;
	for (const entry of entries) {
		length += entry.payload.length;
		if (length <= largestBodyLength) {
			parts.at(-1)?.push(entry);
		} else {
			parts.push([entry]);
			length = entry.payload.length;
		}
	}
	return parts;
}
