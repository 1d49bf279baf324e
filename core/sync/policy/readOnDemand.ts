import { randomUUID } from 'node:crypto';

import {
	AuthenticationError,
	BridgeError,
	ConflictError,
	NotFoundError,
	PermissionError,
	RateLimitError,
	UnavailableError,
	ValidationError,
	type ErrorSubject,
} from '../../ports/errors';
import type { EntityName, SystemConnector } from '../../ports/systemConnector';
import type { Database } from '../../store/database';
import {
	failReading,
	keepRecords,
	keptRecords,
	renewLeases,
	takeLeases,
	type KeptRecord,
	type ReadScope,
} from '../../store/onDemandRecords';

export interface OnDemandRead {
	database: Database;
	connector: Pick<SystemConnector, 'system' | 'get'>;
	/** whose rights the answer depends on, such as the credential's id; nobody is shown what another reader may see */
	reader: string;
	entity: EntityName;
	keys: string[];
	/** how old a kept record may be; 0: ask the system, together with those who ask at the same time */
	timeToLiveMs: number;
	/** answer with the last known record while the system is away */
	allowStale: boolean;
	/** how long a reader that shows no sign of life is waited for; 15 s when absent */
	leaseMs?: number;
	/** milliseconds since 1970 */
	clock?: () => number;
}

export type OnDemandAnswer =
	| {
			record: object;
			/** milliseconds since 1970 */
			fetchedAt: number;
			/** `request`: the system was asked for it now; `cache`: it was kept; `shared`: somebody else was asking already */
			from: 'request' | 'cache' | 'shared';
			/** older than the time to live, because the system is away */
			stale: boolean;
	  }
	| { error: BridgeError };

export interface OnDemandResult {
	answers: Map<string, OnDemandAnswer>;
	/** how often the system was asked */
	requests: number;
}

const defaultLeaseMs = 15_000;
/** Readings of a record that changes all the time; the last one counts, but is not kept. */
const mostReadings = 3;
const firstLookMs = 20;
const longestLookMs = 250;

/**
 * Records as they are now or were at most the time to live ago. Those that are not kept are read in one request; whoever
 * else asks for them meanwhile, in this process or another on the same store, waits for that request and shares its answer or its error.
 */
export async function readOnDemand(read: OnDemandRead): Promise<OnDemandResult> {
	const { database, connector, reader, entity, timeToLiveMs, allowStale, clock = Date.now } = read;
	const scope: ReadScope = { system: connector.system, entity, reader };
	const answers = new Map<string, OnDemandAnswer>();
	const pending = new Set(read.keys);
	/** the lease that had ended last when the waiting for a key began */
	const waiting = new Map<string, string | undefined>();
	const readings = new Map<string, number>();
	let requests = 0;
	let lookMs = firstLookMs;

	const answer = (key: string, given: OnDemandAnswer) => {
		answers.set(key, given);
		pending.delete(key);
	};
	const answerFailure = (key: string, error: BridgeError, kept: KeptRecord | undefined) => {
		if (allowStale && error.retryable && kept?.record !== undefined) {
			const { record, fetchedAt } = kept;
			answer(key, { record: recordOf(record), fetchedAt, from: 'cache', stale: true });
		} else answer(key, { error });
	};

	while (pending.size > 0) {
		const woken = changeOf([...pending].map((key) => nameOf(scope, key)));
		try {
			const kept = await keptRecords(database, scope, [...pending]);
			const free: string[] = [];
			for (const key of [...pending]) {
				const row = kept.get(key);
				const now = clock();
				const hasSettled = waiting.has(key) && row?.settled !== undefined && row.settled !== waiting.get(key);
				const isFresh = row?.record !== undefined && row.fetchedAt + timeToLiveMs > now;
				if (hasSettled && row.failure !== undefined)
					answerFailure(key, errorOf(row.failure, scope, key), row);
				else if (row?.record !== undefined && (isFresh || hasSettled)) {
					const from = waiting.has(key) ? 'shared' : 'cache';
					answer(key, { record: recordOf(row.record), fetchedAt: row.fetchedAt, from, stale: false });
				} else if (row?.lease === undefined || row.leaseUntil <= now) free.push(key);
				else if (!waiting.has(key)) waiting.set(key, row.settled);
			}
			if (free.length > 0) {
				const lease = randomUUID();
				const now = clock();
				const leaseMs = read.leaseMs ?? defaultLeaseMs;
				const taken = await takeLeases(database, scope, free, {
					lease,
					until: now + leaseMs,
					now,
					freshAfter: now - timeToLiveMs,
				});
				if (taken.length === 0) continue;
				requests += 1;
				const outcome = await readNow(read, scope, taken, lease, leaseMs, clock);
				for (const key of taken) {
					const count = (readings.get(key) ?? 0) + 1;
					readings.set(key, count);
					waiting.delete(key);
					const found = outcome.get(key);
					if (found === undefined) continue;
					if ('error' in found) answerFailure(key, found.error, kept.get(key));
					else if (found.isKept || count >= mostReadings)
						answer(key, { record: found.record, fetchedAt: found.at, from: 'request', stale: false });
				}
				continue;
			}
			if (pending.size === 0) break;
			await woken.orAfter(lookMs);
			lookMs = Math.min(lookMs * 2, longestLookMs);
		} finally {
			woken.forget();
		}
	}
	return { answers, requests };
}

type Reading = { record: object; at: number; isKept: boolean } | { error: BridgeError };

/** One request for all keys. The lease is renewed while it lasts, and given back whatever comes of it. */
async function readNow(
	{ database, connector, entity }: OnDemandRead,
	scope: ReadScope,
	keys: string[],
	lease: string,
	leaseMs: number,
	clock: () => number,
): Promise<Map<string, Reading>> {
	// A renewal that fails is no harm by itself: the next may succeed, and otherwise the lease runs out.
	const renewal = setInterval(
		() => void renewLeases(database, scope, keys, lease, clock() + leaseMs).catch(() => undefined),
		leaseMs / 3,
	);
	try {
		// Before the request: what changes while it is under way may be missing in its answer.
		const at = clock();
		const found = await connector.get(entity, keys);
		const missing = keys.filter((key) => !found.has(key));
		const records = [...found].map(([key, record]) => ({ key, record: JSON.stringify(record) }));
		const kept = new Set(await keepRecords(database, scope, lease, records, at));
		const readings = new Map<string, Reading>(
			[...found].map(([key, record]) => [key, { record, at, isKept: kept.has(key) }]),
		);
		for (const key of missing) {
			const error = notFound(scope, key);
			await failReading(database, scope, lease, [key], failureOf(error));
			readings.set(key, { error });
		}
		return readings;
	} catch (error) {
		const failure =
			error instanceof BridgeError ? error : new UnavailableError(messageOf(error), { system: scope.system });
		await failReading(database, scope, lease, keys, failureOf(failure));
		if (!(error instanceof BridgeError)) throw error;
		return new Map(keys.map((key) => [key, { error: failure }]));
	} finally {
		clearInterval(renewal);
		for (const key of keys) wake(nameOf(scope, key));
	}
}

/** Those in this process who wait for a record; others look again after a while. */
const waiters = new Map<string, Set<() => void>>();

function nameOf({ system, entity, reader }: ReadScope, key: string): string {
	return JSON.stringify([system, entity, reader, key]);
}

/** Listens from now on, so that nothing is missed between looking and waiting. */
function changeOf(names: string[]): { orAfter(milliseconds: number): Promise<void>; forget(): void } {
	let changed = () => {};
	const change = new Promise<void>((resolve) => (changed = resolve));
	for (const name of names) {
		const listeners = waiters.get(name) ?? new Set();
		waiters.set(name, listeners.add(changed));
	}
	return {
		async orAfter(milliseconds) {
			let timer: NodeJS.Timeout | undefined;
			const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
			await Promise.race([change, late]);
			clearTimeout(timer);
		},
		forget() {
			for (const name of names) {
				const listeners = waiters.get(name);
				listeners?.delete(changed);
				if (listeners?.size === 0) waiters.delete(name);
			}
		},
	};
}

function wake(name: string): void {
	for (const changed of waiters.get(name) ?? []) changed();
}

function notFound({ system, entity }: ReadScope, key: string): NotFoundError {
	return new NotFoundError(`${system} has no ${entity} "${key}".`, {
		system,
		entity,
		key,
		hint: 'Check the key; it is the code or key of the system, not the number that people use.',
	});
}

const errorClasses: Record<string, new (message: string, subject: ErrorSubject) => BridgeError> = {
	AuthenticationError,
	ConflictError,
	NotFoundError,
	PermissionError,
	RateLimitError,
	UnavailableError,
	ValidationError,
};

/** What those who wait need of an error; its cause may hold a request with its headers, and stays here. */
function failureOf({ name, message, subject: { hint, retryAfterMs } }: BridgeError): string {
	return JSON.stringify({ name, message, hint, retryAfterMs });
}

function errorOf(failure: string, { system, entity }: ReadScope, key: string): BridgeError {
	const { name, message, ...rest } = JSON.parse(failure) as { name: string; message: string } & Pick<
		ErrorSubject,
		'hint' | 'retryAfterMs'
	>;
	return new (errorClasses[name] ?? UnavailableError)(message, { ...rest, system, entity, key });
}

function recordOf(json: string): object {
	return JSON.parse(json) as object;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
