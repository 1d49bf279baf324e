import type { ActRequest, NoInput } from '../../../core/ports/systemConnector';
import { apiKey } from '../../connectors/sandboxFixture';
import type { WorkRequest } from './subject';

export const wrongKey = 'a-key-of-nobody';

/** More than two pages of changes. */
export const manyRecords = 1_003;

/** Every record stays; the sandbox cancels where others delete. */
export const kept = { remove: 'the sandbox deletes nothing' };

/** The company runs in this process: its clock is the one that is moved, and the connectors read none. */
export async function skewed<T>(offsetMs: number, work: () => Promise<T>): Promise<T> {
	const now = Date.now.bind(Date);
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

/** With the clock of the company stopped, so that all that is written has one timestamp. */
export async function stopped<T>(work: () => Promise<T>): Promise<T> {
	const at = Date.now();
	const clock = jest.spyOn(Date, 'now').mockReturnValue(at);
	try {
		return await work();
	} finally {
		clock.mockRestore();
	}
}

/** The record of an action's call as it is, which is what the service answers when it does nothing. */
export async function unchanged(address: string, method: string, path: string): Promise<string | undefined> {
	const [, kind, id] =
		/^\/api\/(\w+)\/([^/]+)\/(confirm|cancel|ship|receive|post|close|lock|reopen|move|startLeave|endLeave|terminate|rehire)$/.exec(
			path,
		) ?? [];
	if (method !== 'POST' || kind === undefined || id === undefined) return undefined;
	const response = await fetch(`${address}/api/${kind}/search`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
		body: JSON.stringify({ ids: [decodeURIComponent(id)] }),
	});
	const [records = []] = Object.values((await response.json()) as Record<string, unknown[]>);
	return JSON.stringify(records[0]);
}

export function actOn(key: string, idempotencyKey: string): ActRequest<NoInput> {
	return { key, idempotencyKey, input: {} };
}

export function requestOf(
	sent: { key?: string; idempotencyKey: string },
	applied: () => Promise<number>,
	more: Partial<WorkRequest> = {},
): WorkRequest {
	return { ...(sent.key === undefined ? {} : { key: sent.key }), sent, applied, ...more };
}

/** Up to 18 digits before and 3 after the point; binary floating point keeps none of the longer ones. */
export const fractions = ['0.3', '0.1', '0.7', '1.005', '123456789.123', '999999999.999', '4.35', '0.001'];
