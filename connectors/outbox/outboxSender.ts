import type { OutgoingEvent, OutgoingEvents } from '../../core/ports/eventTransport';

export interface PublishOutcome {
	/** false: stored safely and sent as soon as the receiver takes it */
	confirmed: boolean;
	/** why the receiver has not confirmed it yet */
	reason?: string;
}

interface Confirmation {
	promise: Promise<void>;
	settle: () => void;
}

export interface SenderOptions {
	/** how long a failed attempt waits before the next one at most */
	longestRetryMs: number;
	/** the connection is given up when it was idle for so long */
	idleMs: number;
	/** why an event may still wait when nothing went wrong */
	unconfirmed: string;
}

const firstRetryMs = 100;

/** Sends an outbox, oldest first, in the background until all is confirmed; how it gets there is for the transport to say. */
export abstract class OutboxSender {
	private flushing: Promise<void> | undefined;
	private again = false;
	private lastProblem: string | undefined;
	private idleTimer: NodeJS.Timeout | undefined;
	private wake: () => void = () => undefined;
	private readonly confirmations = new Map<number, Confirmation>();
	protected closed = false;

	constructor(
		protected readonly outbox: OutgoingEvents,
		private readonly sending: SenderOptions,
	) {}

	/** Sends what waits. Throws when something still does. */
	protected abstract sendWaiting(): Promise<void>;

	/** Gives the connection up, if there is one. */
	protected abstract disconnect(): Promise<void>;

	/** Stores the events, sends them, and waits up to `patienceMs` for the confirmation of each. */
	async publish(events: OutgoingEvent[], patienceMs: number): Promise<PublishOutcome[]> {
		const positions = await this.outbox.add(events, Date.now());
		const confirmed = new Set<number>();
		const waits = positions.map(async (position) => {
			await this.confirmationOf(position).promise;
			confirmed.add(position);
		});
		this.flush();
		await settledWithin(Promise.all(waits), patienceMs);
		for (const position of positions) this.confirmations.delete(position);
		const reason = this.lastProblem ?? this.sending.unconfirmed;
		return positions.map((position) =>
			confirmed.has(position) ? { confirmed: true } : { confirmed: false, reason },
		);
	}

	/** Sends what waits, without waiting for it. */
	flush(): void {
		clearTimeout(this.idleTimer);
		this.again = true;
		this.wake();
		this.flushing ??= this.drain().finally(() => {
			this.flushing = undefined;
			this.idleTimer = setTimeout(() => void this.disconnect(), this.sending.idleMs);
			this.idleTimer.unref();
		});
	}

	async close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.idleTimer);
		this.wake();
		await this.disconnect();
		await this.flushing;
	}

	/** They have arrived. */
	protected async confirm(positions: number[]): Promise<void> {
		if (positions.length === 0) return;
		await this.outbox.confirm(positions, Date.now());
		for (const position of positions) this.confirmations.get(position)?.settle();
	}

	private async drain(): Promise<void> {
		for (let wait = firstRetryMs; !this.closed; wait = Math.min(this.sending.longestRetryMs, wait * 2)) {
			try {
				while (this.again && !this.closed) {
					this.again = false;
					await this.sendWaiting();
				}
				this.lastProblem = undefined;
				return;
			} catch (error) {
				this.again = true;
				this.lastProblem = error instanceof Error ? error.message : String(error);
				await this.disconnect();
				if (!this.closed) await this.pause(wait);
			}
		}
	}

	/** Ends early when there is something new to send: perhaps the receiver is back. */
	private async pause(milliseconds: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>((resolve) => {
			this.wake = resolve;
			timer = setTimeout(resolve, milliseconds).unref();
		});
		clearTimeout(timer);
		this.wake = () => undefined;
	}

	private confirmationOf(position: number): Confirmation {
		const known = this.confirmations.get(position);
		if (known !== undefined) return known;
		const { promise, resolve } = Promise.withResolvers<void>();
		const confirmation = { promise, settle: resolve };
		this.confirmations.set(position, confirmation);
		return confirmation;
	}
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([promise, timeout]);
	clearTimeout(timer);
}
