import { setTimeout as pause } from 'node:timers/promises';

import type { ErpOrder } from '../company/erp/model';
import type { Movement, ReservationCursor, Services } from './services';

/** A commit in the ERP: one version of one order. */
export interface Commit {
	order: string;
	version: number;
	/** milliseconds since 1970 by the ERP's clock */
	at: number;
}

const lookEveryMs = 100;

/**
 * Follows what the WMS commits and sets it against what the ERP committed. Both services take their times from the same computer's clock, in
 * whole milliseconds, so a difference is exact to 1 ms; nothing is measured at the demo's own end of a connection.
 */
export class Answers {
	private readonly newest = new Map<string, number>();
	/** by order: sequences of its reservation with the time at which each was first seen committed */
	private readonly answered = new Map<string, Map<number, number>>();
	private cursor: ReservationCursor | undefined;
	/** orders whose newest version the WMS has not taken up */
	readonly open = new Set<string>();
	/** performance.now() at which the WMS last did something for one of these orders */
	lastProgress = performance.now();

	constructor(private readonly services: Services) {}

	/** Skips what the WMS did before. */
	async start(): Promise<void> {
		while ((await this.look()) > 0);
	}

	committed({ id, version }: ErpOrder): void {
		this.newest.set(id, Math.max(version, this.newest.get(id) ?? 0));
		if (!this.isAnswered(id)) this.open.add(id);
	}

	/** Until the signal ends it. */
	async follow(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			while ((await this.look()) >= 1_000);
			await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
		}
	}

	/** Milliseconds since then. */
	quietFor(): number {
		return performance.now() - this.lastProgress;
	}

	/** A reservation as it was found at the WMS. */
	note({ order, sequence, changedAt }: { order: string; sequence: number; changedAt: string }): void {
		const known = this.answered.get(order) ?? new Map<number, number>();
		this.answered.set(order, known);
		const at = Date.parse(changedAt);
		const before = known.get(sequence);
		if (before === undefined || at < before) known.set(sequence, at);
		if (before === undefined && this.newest.has(order)) this.lastProgress = performance.now();
		if (this.isAnswered(order)) this.open.delete(order);
	}

	/** What the log of movements says of when a sequence was applied is exact even where a later change followed within one look. */
	noteMovement({ order, sequence, at, cause }: Movement): void {
		if (cause === 'match') this.note({ order, sequence, changedAt: at });
	}

	/** Milliseconds from the commit to the first commit of the WMS that answers this version or a newer one. */
	latencyOf({ order, version, at }: Commit): number | undefined {
		const answeredAt = this.answeredAt(order, version);
		return answeredAt === undefined ? undefined : answeredAt - at;
	}

	answeredAt(order: string, version: number): number | undefined {
		const times = [...(this.answered.get(order) ?? [])].flatMap(([sequence, at]) =>
			sequence >= version ? [at] : [],
		);
		return times.length === 0 ? undefined : Math.min(...times);
	}

	private isAnswered(order: string): boolean {
		return this.answeredAt(order, this.newest.get(order) ?? 0) !== undefined;
	}

	private async look(): Promise<number> {
		const reservations = await this.services.reservationChanges(this.cursor);
		for (const reservation of reservations) this.note(reservation);
		const last = reservations.at(-1);
		if (last) this.cursor = { changedAt: last.changedAt, id: last.order };
		return reservations.length;
	}
}
