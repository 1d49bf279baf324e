import type { BridgeEvent } from './event';
import type { Inbox, InboxEntry } from './inbox';

/** What became of one hand-over to the workflow. */
export type RunOutcome = { ok: true } | RunFailure;

export interface RunFailure {
	ok: false;
	reason: string;
	/** the same hand-over may succeed later without anybody's help: a system is away or busy */
	retryable: boolean;
	retryAfterMs?: number;
	/** the events at fault, where the workflow could tell; the others only shared the execution with them */
	failures?: EventFailure[];
}

export interface EventFailure {
	/** source and id, as `identify` gives them */
	event: string;
	reason: string;
	retryable: boolean;
	/** retryable, but perhaps for ever: tries are counted, and the last one makes it a dead letter */
	counted?: boolean;
	retryAfterMs?: number;
}

export interface DispatchOptions {
	/** events handed over in one execution at most */
	maxBatch: number;
	/** executions in flight at most, not counting one for retries */
	maxInFlight: number;
	/** failures of one event, for no passing reason, after which it becomes a dead letter */
	maxAttempts: number;
	/** first and longest wait before a retry, in milliseconds */
	backoffMs: { first: number; longest: number };
	/** an execution that runs longer is slow, and others may start beside it */
	slowAfterMs: number;
	/**
	 * after an execution the next one waits as long as that one took, at most this long, unless a whole batch is ready:
	 * n8n prepares each execution beside the running one, and without a rest all of them get slower
	 */
	longestRestMs: number;
	/**
	 * at the beginning of a burst the first execution waits for a whole batch, at most this long: alone, its event would
	 * cost as much as a batch
	 */
	longestGatherMs: number;
	/** entries held in memory at most; what exceeds it waits in the store */
	maxLoaded: number;
	/** bytes of event text held in memory at most */
	maxLoadedBytes: number;
	/** how long a finished event's id is remembered */
	retentionMs: number;
}

export const defaultDispatchOptions: DispatchOptions = {
	maxBatch: 500,
	maxInFlight: 2,
	maxAttempts: 5,
	backoffMs: { first: 500, longest: 5_000 },
	slowAfterMs: 250,
	longestRestMs: 25,
	longestGatherMs: 150,
	maxLoaded: 2_000,
	maxLoadedBytes: 64 * 1_048_576,
	retentionMs: 72 * 3_600_000,
};

interface RetryBatch {
	entries: InboxEntry[];
	notBefore: number;
	/** waits for a passing fault to pass; goes at once when another batch shows that it has */
	heldBack?: boolean;
}

/** How often the store is asked for waiting events that nobody announced, such as dead letters replayed elsewhere. */
const sweepMs = 5_000;
const purgeMs = 60_000;
/** Events stored in one go that make a burst, and the longest time between two such groups of it. */
const burstGroup = 50;
const groupGapMs = 50;
/** Executions that fail in a row before the fault is taken to be the workflow's and not an event's. */
const systemicFailures = 10;

/**
 * Hands the inbox's events to the workflow: in order per key, in parallel across keys, few executions at a time.
 *
 * Batching adapts. While the workflow keeps up, an event goes out alone and at once. The beginning of a burst is gathered
 * for a moment. Under load whatever waits goes out together as soon as an execution is free. A second execution starts only
 * for a full batch, or beside a slow one: executions share one thread, so more of them would only make each slower.
 *
 * A failed execution is taken apart: events that the workflow names as faulty are set aside and the rest runs again; when it names none, the
 * batch is halved until the faulty event stands alone. A passing fault (system away) holds the whole consumer back, because
 * the next batch would meet it too.
 */
export class Dispatcher {
	private readonly waiting = new Map<string, InboxEntry[]>();
	/** entries taken and not settled, by key; a key that is here is busy */
	private readonly outstanding = new Map<string, number>();
	private readonly loaded = new Set<number>();
	private loadedBytes = 0;
	private readyCount = 0;
	private retries: RetryBatch[] = [];
	private readonly inFlight = new Set<{ startedAt: number; retry: boolean }>();
	private watermark = 0;
	private overflow = true;
	private refilling = false;
	private missedWhileRefilling = false;
	/** somebody asked for a look into the store while there was other work */
	private sweepDue = false;
	private pausedUntil = 0;
	private restUntil = 0;
	private burst: { since: number; lastGroup: number } | undefined;
	private failuresInARow = 0;
	private passingFailures = 0;
	private stopped = false;
	private timer: NodeJS.Timeout | undefined;
	private readonly periodic: NodeJS.Timeout[] = [];
	private idle: Array<() => void> = [];
	private readonly writes = new Set<Promise<void>>();

	constructor(
		private readonly inbox: Inbox,
		private readonly run: (events: BridgeEvent[]) => Promise<RunOutcome>,
		private readonly options: DispatchOptions = defaultDispatchOptions,
		private readonly report: (problem: string) => void = () => {},
	) {}

	/** Begins with what an earlier life left waiting. */
	async start(): Promise<void> {
		this.periodic.push(
			setInterval(() => void this.sweep(), sweepMs),
			setInterval(() => void this.purge(), purgeMs),
		);
		for (const timer of this.periodic) timer.unref();
		await this.refill();
	}

	/** Entries that the inbox has just stored; `moreComing` when others are about to be stored. */
	offer(entries: InboxEntry[], moreComing = false): void {
		this.noticeBurst(moreComing || entries.length >= burstGroup);
		for (const entry of entries) {
			if (this.overflow || this.isFull()) {
				this.overflow = true;
				this.missedWhileRefilling = true;
				continue;
			}
			this.load(entry);
		}
		this.pump();
	}

	/** Looks into the store now: something was put back there. */
	wake(): void {
		void this.sweep();
	}

	/** No new executions; resolves when those in flight have ended and the store knows. */
	async stop(): Promise<void> {
		this.stopped = true;
		clearTimeout(this.timer);
		for (const timer of this.periodic) clearInterval(timer);
		if (this.inFlight.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
		await Promise.all(this.writes);
	}

	private noticeBurst(underWay: boolean): void {
		const now = Date.now();
		const before = this.burst;
		const goesOn = before !== undefined && now - before.lastGroup <= this.options.longestGatherMs;
		this.burst = underWay ? { since: goesOn ? before.since : now, lastGroup: now } : undefined;
	}

	/** Until when the first execution of a burst waits for company. */
	private gatherUntil(): number {
		if (this.burst === undefined) return 0;
		const { since, lastGroup } = this.burst;
		return Math.min(since + this.options.longestGatherMs, lastGroup + groupGapMs);
	}

	private isFull(): boolean {
		return this.loaded.size >= this.options.maxLoaded || this.loadedBytes >= this.options.maxLoadedBytes;
	}

	private load(entry: InboxEntry): void {
		this.watermark = Math.max(this.watermark, entry.position);
		if (this.loaded.has(entry.position)) return;
		this.loaded.add(entry.position);
		this.loadedBytes += entry.bytes;
		this.readyCount += 1;
		const queue = this.waiting.get(entry.orderingKey);
		if (queue === undefined) this.waiting.set(entry.orderingKey, [entry]);
		else queue.push(entry);
	}

	private unload(entries: InboxEntry[]): void {
		for (const entry of entries) {
			this.loaded.delete(entry.position);
			this.loadedBytes -= entry.bytes;
		}
	}

	private async refill(): Promise<void> {
		if (this.refilling || this.stopped) return;
		this.refilling = true;
		try {
			while (this.overflow && !this.isFull() && !this.stopped) {
				this.missedWhileRefilling = false;
				const limit = Math.max(1, Math.min(1_000, this.options.maxLoaded - this.loaded.size));
				const entries = await this.inbox.waitingAfter(this.watermark, limit);
				for (const entry of entries) this.load(entry);
				if (entries.length < limit && !this.missedWhileRefilling) this.overflow = false;
				this.pump();
			}
		} catch (error) {
			this.report(`The inbox could not be read and is tried again: ${messageOf(error)}`);
			this.overflow = true;
		} finally {
			this.refilling = false;
		}
	}

	/** Finds waiting entries below the watermark, and tries again after the store was away. */
	private async sweep(): Promise<void> {
		if (this.stopped) return;
		if (this.overflow) return await this.refill();
		this.sweepDue = this.loaded.size > 0 || this.writes.size > 0;
		if (this.sweepDue) return;
		this.watermark = 0;
		this.overflow = true;
		await this.refill();
	}

	private async purge(): Promise<void> {
		try {
			const before = Date.now() - this.options.retentionMs;
			while (!this.stopped && (await this.inbox.purgeFinishedBefore(before)) > 0);
		} catch (error) {
			this.report(`Finished events could not be purged: ${messageOf(error)}`);
		}
	}

	/** Starts whatever may start now, and sets the clock for what may start later. */
	private pump(): void {
		if (this.stopped) return;
		const now = Date.now();
		this.startRetry(now);
		while (this.mayStart(now)) {
			const batch = this.nextBatch();
			if (batch.length === 0) break;
			void this.execute(batch, false);
		}
		this.setClock(now);
	}

	private startRetry(now: number): void {
		if ([...this.inFlight].some(({ retry }) => retry)) return;
		if (this.passingFailures > 0 && this.inFlight.size > 0) return;
		const index = this.retries.findIndex(({ notBefore }) => notBefore <= now);
		const [batch] = index < 0 ? [] : this.retries.splice(index, 1);
		if (batch !== undefined) void this.execute(batch.entries, true);
	}

	private mayStart(now: number): boolean {
		if (this.readyCount === 0 || now < this.pausedUntil) return false;
		const normal = [...this.inFlight].filter(({ retry }) => !retry);
		if (this.passingFailures > 0 || this.failuresInARow >= systemicFailures) return this.inFlight.size === 0;
		if (this.readyCount >= this.options.maxBatch) return normal.length < this.options.maxInFlight;
		if (normal.length === 0) return now >= Math.max(this.restUntil, this.gatherUntil());
		if (normal.length >= this.options.maxInFlight) return false;
		const oldest = Math.min(...normal.map(({ startedAt }) => startedAt));
		return now - oldest >= this.options.slowAfterMs;
	}

	private setClock(now: number): void {
		clearTimeout(this.timer);
		const moments = this.retries.map(({ notBefore }) => notBefore);
		if (this.readyCount > 0) {
			moments.push(this.pausedUntil, this.restUntil, this.gatherUntil());
			for (const { startedAt, retry } of this.inFlight)
				if (!retry) moments.push(startedAt + this.options.slowAfterMs);
		}
		const next = Math.min(...moments.filter((moment) => moment > now));
		if (Number.isFinite(next)) this.timer = setTimeout(() => this.pump(), next - now);
	}

	/** Whole keys, oldest first. A key is busy until all that was taken of it is settled. */
	private nextBatch(): InboxEntry[] {
		const batch: InboxEntry[] = [];
		for (const [key, queue] of this.waiting) {
			if (batch.length >= this.options.maxBatch) break;
			if (this.outstanding.has(key)) continue;
			const taken = queue.splice(0, this.options.maxBatch - batch.length);
			if (queue.length === 0) this.waiting.delete(key);
			this.outstanding.set(key, taken.length);
			batch.push(...taken);
		}
		this.readyCount -= batch.length;
		return batch;
	}

	private async execute(batch: InboxEntry[], retry: boolean): Promise<void> {
		const flight = { startedAt: Date.now(), retry };
		this.inFlight.add(flight);
		let outcome: RunOutcome;
		try {
			outcome = await this.run(batch.map(({ event }) => event));
		} catch (error) {
			outcome = { ok: false, reason: messageOf(error), retryable: true };
		}
		this.inFlight.delete(flight);
		if (!retry) this.rest(flight.startedAt);
		this.settle(batch, outcome);
		if (this.inFlight.size === 0) for (const resolve of this.idle.splice(0)) resolve();
		if (this.overflow && this.loaded.size <= this.options.maxLoaded / 2) void this.refill();
		this.pump();
	}

	private rest(startedAt: number): void {
		const now = Date.now();
		this.restUntil = now + Math.min(now - startedAt, this.options.longestRestMs);
	}

	private settle(batch: InboxEntry[], outcome: RunOutcome): void {
		if (outcome.ok) {
			this.failuresInARow = 0;
			if (this.passingFailures > 0) this.endPause();
			this.release(batch);
			this.write(() => this.inbox.finish(positionsOf(batch), Date.now()));
			return;
		}
		const named = new Map((outcome.failures ?? []).map((failure) => [failure.event, failure]));
		const faulty = batch.filter(({ event }) => named.has(identify(event)));
		if (faulty.length > 0) this.settleNamed(batch, faulty, named);
		else if (outcome.retryable) this.holdBack(batch, outcome);
		else this.takeApart(batch, outcome.reason);
	}

	/**
	 * The workflow said which events are at fault: they go their way, the others run again without them. What follows
	 * an event that has to wait, under the same key, waits with it.
	 */
	private settleNamed(batch: InboxEntry[], faulty: InboxEntry[], named: Map<string, EventFailure>): void {
		const failureOf = (entry: InboxEntry) => named.get(identify(entry.event)) as EventFailure;
		const passing = faulty.filter((entry) => !this.isFinal(entry, failureOf(entry)));
		const heldKeys = new Set(passing.map(({ orderingKey }) => orderingKey));
		const others = batch.filter((entry) => !faulty.includes(entry));
		const held = batch.filter(
			(entry) => passing.includes(entry) || (others.includes(entry) && heldKeys.has(entry.orderingKey)),
		);
		const free = others.filter(({ orderingKey }) => !heldKeys.has(orderingKey));
		for (const entry of faulty) if (!passing.includes(entry)) this.bury(entry, failureOf(entry).reason);
		const [first] = passing;
		if (first !== undefined) {
			const retryAfterMs = Math.max(...passing.map((entry) => failureOf(entry).retryAfterMs ?? 0));
			const { reason } = failureOf(first);
			const allWouldMeetIt = free.length === 0 && !passing.some((entry) => failureOf(entry).counted);
			if (allWouldMeetIt) return this.holdBack(held, { ok: false, retryable: true, reason, retryAfterMs });
			for (const entry of passing) entry.attempts += 1;
			this.later(held, reason, Math.max(retryAfterMs, this.backoff(attemptsOf(passing) - 1)));
		}
		if (free.length > 0) this.retries.push({ entries: free, notBefore: 0 });
	}

	private isFinal({ attempts }: InboxEntry, { retryable, counted = false }: EventFailure): boolean {
		return !retryable || (counted && attempts + 1 >= this.options.maxAttempts);
	}

	/** A passing fault: nothing is at fault but the moment. No attempt is counted towards a dead letter. */
	private holdBack(batch: InboxEntry[], { reason, retryAfterMs = 0 }: RunFailure): void {
		const wait = Math.max(retryAfterMs, this.backoff(this.passingFailures));
		this.passingFailures += 1;
		this.pausedUntil = Date.now() + wait;
		this.later(batch, reason, wait, true);
		this.report(`${batch.length} events wait ${wait} ms for another try: ${reason}`);
	}

	/** A fault that the workflow did not place: halve the batch until the event stands alone. */
	private takeApart(batch: InboxEntry[], reason: string): void {
		this.failuresInARow += 1;
		if (this.failuresInARow >= systemicFailures) {
			this.pausedUntil = Date.now() + this.backoff(this.failuresInARow - systemicFailures);
		}
		const [only] = batch;
		if (batch.length === 1 && only !== undefined) {
			only.attempts += 1;
			if (only.attempts >= this.options.maxAttempts) this.bury(only, reason);
			else this.later(batch, reason, this.backoff(only.attempts - 1));
			return;
		}
		for (const entries of this.halve(batch)) this.retries.push({ entries, notBefore: this.pausedUntil });
	}

	/** Halves by key, so that one key's events stay in order; of a single key, the first event alone. */
	private halve(batch: InboxEntry[]): InboxEntry[][] {
		const keys = [...new Set(batch.map(({ orderingKey }) => orderingKey))];
		if (keys.length > 1) {
			const left = new Set(keys.slice(0, Math.ceil(keys.length / 2)));
			return [
				batch.filter(({ orderingKey }) => left.has(orderingKey)),
				batch.filter(({ orderingKey }) => !left.has(orderingKey)),
			];
		}
		const [first, ...rest] = batch;
		const key = keys[0] ?? '';
		this.waiting.set(key, [...rest, ...(this.waiting.get(key) ?? [])]);
		this.readyCount += rest.length;
		this.outstanding.set(key, 1);
		return first === undefined ? [] : [[first]];
	}

	private endPause(): void {
		this.passingFailures = 0;
		this.pausedUntil = 0;
		for (const batch of this.retries) if (batch.heldBack) batch.notBefore = 0;
	}

	private later(entries: InboxEntry[], reason: string, waitMs: number, heldBack = false): void {
		const notBefore = Date.now() + waitMs;
		this.retries.push({ entries, notBefore, heldBack });
		this.write(() => this.inbox.recordAttempt(positionsOf(entries), reason, notBefore));
	}

	private bury(entry: InboxEntry, reason: string): void {
		this.release([entry]);
		this.report(`Event ${entry.event.id} became a dead letter: ${reason}`);
		this.write(() => this.inbox.bury(entry.position, reason, Date.now()));
	}

	private release(entries: InboxEntry[]): void {
		this.unload(entries);
		for (const { orderingKey } of entries) {
			const left = (this.outstanding.get(orderingKey) ?? 0) - 1;
			if (left > 0) this.outstanding.set(orderingKey, left);
			else this.outstanding.delete(orderingKey);
		}
	}

	private backoff(failures: number): number {
		const { first, longest } = this.options.backoffMs;
		return Math.min(longest, first * 2 ** Math.min(failures, 20));
	}

	/** The store may be away; then the event is settled in memory and, after a restart, at worst handed over again. */
	private write(action: () => Promise<void>): void {
		const attempt = action()
			.catch((error: unknown) => this.report(`The inbox could not be updated: ${messageOf(error)}`))
			.finally(() => {
				this.writes.delete(attempt);
				if (this.sweepDue && this.loaded.size === 0 && this.writes.size === 0) void this.sweep();
			});
		this.writes.add(attempt);
	}
}

/** Source and id: what makes an event unique (CloudEvents 1.0, 3.1.1). */
export function identify({ source, id }: Pick<BridgeEvent, 'source' | 'id'>): string {
	return `${source} ${id}`;
}

function positionsOf(entries: InboxEntry[]): number[] {
	return entries.map(({ position }) => position);
}

function attemptsOf(entries: InboxEntry[]): number {
	return Math.max(0, ...entries.map(({ attempts }) => attempts));
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
