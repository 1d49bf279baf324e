import type { BridgeError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage } from '../../core/ports/systemConnector';
import { captureChanges, type ChangeSource } from './changeCapture';
import type { TrytonSession } from './session';
import { microsecondsOf, type Instant } from './values';

/** A document as read: what it is canonically, or why it is none. */
export interface ReadDocument<T> {
	id: number;
	changedAt: Instant;
	document: T | BridgeError;
}

/** Those that can be expressed, by key. One that cannot is left out; asked for alone, it says why. */
export function byKey<T extends { key: string }>(read: Array<ReadDocument<T>>): Map<string, T> {
	const documents = new Map<string, T>();
	for (const { document } of read) {
		if (!(document instanceof Error)) documents.set(document.key, document);
		else if (read.length === 1) throw document;
	}
	return documents;
}

/** Database numbers among keys; whatever else is asked for does not exist. */
export function numbersIn(keys: string[]): number[] {
	return keys.filter((key) => /^[1-9]\d{0,8}$/.test(key)).map(Number);
}

export function changesOf<T extends object>(
	session: TrytonSession,
	sources: [ChangeSource, ...ChangeSource[]],
	read: (ids: number[]) => Promise<Array<ReadDocument<T>>>,
	cursor: ChangeCursor | undefined,
	overlapSeconds: number | undefined,
): AsyncGenerator<ChangePage<T>> {
	return captureChanges<T>(
		{
			session,
			sources,
			read: async (ids) =>
				(await read(ids)).map(({ id, changedAt, document }) => ({
					id,
					change: {
						key: String(id),
						changedAt,
						version: microsecondsOf(changedAt),
						...(document instanceof Error ? { problem: document } : { record: document }),
					},
				})),
			...(overlapSeconds === undefined ? {} : { overlapSeconds }),
		},
		cursor,
	);
}
