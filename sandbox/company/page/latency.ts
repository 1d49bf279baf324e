import type { OrderCommit } from '../erp/erp';
import type { ReservationCommit } from '../wms/warehouse';

/** How long the warehouse took to answer one version of an order. */
export interface Answer {
	/** the order's version */
	sequence: number;
	/** from the ERP's commit to the WMS's, to a tenth */
	milliseconds: number;
}

const mostOrders = 20_000;
const mostMeasured = 1_000;

/** Measures from the ERP's commit of a version to the first WMS commit that answers it, by one clock of one process. */
export class Latency {
	private readonly waiting = new Map<string, { version: number; committedAt: number }>();
	private readonly answers = new Map<string, Answer>();
	private recent: number[] = [];

	ordersCommitted(commits: OrderCommit[]): void {
		for (const { order, committedAt } of commits) {
			remember(this.waiting, order.id, { version: order.version, committedAt });
		}
	}

	reservationsCommitted(commits: ReservationCommit[]): void {
		for (const { reservation, committedAt } of commits) {
			const change = this.waiting.get(reservation.order);
			if (!change || reservation.sequence !== change.version) continue;
			this.waiting.delete(reservation.order);
			const milliseconds = Math.round((committedAt - change.committedAt) * 10) / 10;
			remember(this.answers, reservation.order, { sequence: change.version, milliseconds });
			this.recent.push(milliseconds);
			if (this.recent.length > mostMeasured) this.recent = this.recent.slice(-mostMeasured / 2);
		}
	}

	answerOf(order: string): Answer | undefined {
		return this.answers.get(order);
	}

	/** Of the last measurements; absent before the first. */
	summary(): { last: number; p50: number; p95: number; measured: number } | undefined {
		const last = this.recent.at(-1);
		if (last === undefined) return undefined;
		const sorted = [...this.recent].sort((a, b) => a - b);
		const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? last;
		return { last, p50: at(0.5), p95: at(0.95), measured: sorted.length };
	}
}

/** The oldest entries make room. */
function remember<T>(entries: Map<string, T>, key: string, value: T): void {
	entries.delete(key);
	entries.set(key, value);
	for (const oldest of entries.keys()) {
		if (entries.size <= mostOrders) return;
		entries.delete(oldest);
	}
}
