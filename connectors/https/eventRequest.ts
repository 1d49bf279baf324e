import { HTTP, type CloudEventV1 } from 'cloudevents';

/** One event of a request, as it came. */
export type SentEvent = { payload: string } | { refused: string };

export type EventRequest =
	| { events: SentEvent[]; batch: boolean }
	| { status: 400 | 413 | 415; reason: string };

export const singleType = 'application/cloudevents+json';
export const batchType = 'application/cloudevents-batch+json';
export const largestBatch = 5_000;

/**
 * Takes the events out of an HTTP request in each mode of the CloudEvents HTTP binding 1.0 (3.1 binary, 3.2 structured,
 * 3.3 batched). Header names are lower-case. What the events say is not looked at.
 */
export function readEventRequest(headers: Record<string, string | undefined>, body: Buffer): EventRequest {
	const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
	const text = decode(body);
	if (text === undefined) return { status: 400, reason: 'The body is not text in UTF-8.' };
	if (type === batchType) return readBatch(text);
	if (type === singleType) {
		if (parse(text) === undefined) return { status: 400, reason: 'The body is not JSON.' };
		return { events: [{ payload: text }], batch: false };
	}
	if (headers['ce-specversion'] !== undefined) return readBinary(headers, type, text);
	return {
		status: 415,
		reason: `Content-Type must be ${singleType} or ${batchType}, or the event's attributes must be in ce- headers.`,
	};
}

function readBatch(text: string): EventRequest {
	const parsed = parse(text);
	if (parsed === undefined) return { status: 400, reason: 'The body is not JSON.' };
	if (!Array.isArray(parsed.json)) return { status: 400, reason: 'A batch must be a JSON array of events.' };
	if (parsed.json.length > largestBatch) {
		return {
			status: 413,
			reason: `The batch has ${parsed.json.length} events; at most ${largestBatch} are accepted. Send smaller batches.`,
		};
	}
	return { events: parsed.json.map((event: unknown) => ({ payload: JSON.stringify(event) })), batch: true };
}

function readBinary(headers: Record<string, string | undefined>, type: string, text: string): EventRequest {
	if (type !== '' && type !== 'application/json')
		return { status: 415, reason: 'The data of an event in binary mode must be application/json.' };
	const parsed = text === '' ? { json: undefined } : parse(text);
	if (parsed === undefined) return { status: 400, reason: 'The body is not JSON.' };
	try {
		const event = HTTP.toEvent({ headers, body: parsed.json }) as CloudEventV1<unknown>;
		return { events: [{ payload: JSON.stringify(event) }], batch: false };
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return { events: [{ refused: `The headers are not those of a CloudEvent: ${reason}` }], batch: false };
	}
}

function parse(text: string): { json: unknown } | undefined {
	try {
		return { json: JSON.parse(text) as unknown };
	} catch {
		return undefined;
	}
}

function decode(body: Buffer): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(body);
	} catch {
		return undefined;
	}
}
