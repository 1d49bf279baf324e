import { setTimeout as pause } from 'node:timers/promises';

import type { ErpOrder, NewOrder, OrderPatch } from '../company/erp/model';
import type { Answers } from './answers';
import type { Phase } from './figures';
import type { Step } from './plan';
import { inPages, type Services } from './services';

/** Steps that one call of a burst carries; the ERP commits them together. */
const stepsInCall = 100;

/** Carries the plan's steps out in the ERP and notes every commit. */
export class OrderWriter {
	/** what each order of the data set last became in the ERP; a change waits for the one before it */
	private readonly written = new Map<string, Promise<ErpOrder>>();
	/** orders as the ERP first had them */
	readonly created: ErpOrder[] = [];
	/** tells this run's orders from those of an earlier run */
	private readonly run = `superstore-${Date.now()}`;

	constructor(
		private readonly services: Services,
		private readonly answers: Answers,
		private readonly signal: AbortSignal,
		private readonly progress: (done: number) => void,
	) {}

	/** One commit a step, at its time, whatever became of the step before. `rate` is steps per second. */
	async stream(steps: Step[], rate: number): Promise<Phase> {
		const phase = phaseOf(steps);
		const started = performance.now();
		const writing: Array<Promise<void>> = [];
		for (const [index, step] of steps.entries()) {
			const due = started + (index * 1_000) / rate;
			await pause(Math.max(0, due - performance.now()), undefined, { signal: this.signal });
			const write = this.write(step, phase);
			// It is awaited below; an error until then must not end the process.
			write.catch(() => undefined);
			writing.push(write);
			this.progress(phase.commits.length);
		}
		await Promise.all(writing);
		return phase;
	}

	/** As fast as the ERP commits. */
	async burst(steps: Step[]): Promise<Phase> {
		const phase = phaseOf(steps);
		const creations = steps.filter((step) => step.kind === 'create');
		const alterations = steps.filter((step) => step.kind !== 'create');
		for (const some of inPages(creations, stepsInCall)) {
			this.signal.throwIfAborted();
			const orders = await this.services.createOrders(some.map((step) => this.newOrder(step)));
			for (const [index, order] of orders.entries())
				this.written.set(some[index]?.order ?? '', Promise.resolve(order));
			this.committed(orders, phase);
			this.progress(phase.commits.length);
		}
		for (const some of inPages(alterations, stepsInCall)) {
			this.signal.throwIfAborted();
			const patches = await Promise.all(
				some.map(async (step) => patchOf(await this.lastWritten(step), step)),
			);
			this.committed(await this.services.patchOrders(patches), phase);
			this.progress(phase.commits.length);
		}
		return phase;
	}

	private async write(step: Step, phase: Phase): Promise<void> {
		const answer =
			step.kind === 'create'
				? this.services.createOrder(this.newOrder(step))
				: this.lastWritten(step).then(async (order) => {
						const { id, patch } = patchOf(order, step);
						return await this.services.patchOrder(id, patch);
					});
		this.written.set(step.order, answer);
		this.committed([await answer], phase);
	}

	private newOrder({ order, content }: Extract<Step, { kind: 'create' }>): NewOrder {
		return { ...content, idempotencyKey: `${this.run}/${order}` };
	}

	private async lastWritten({ order }: Step): Promise<ErpOrder> {
		const known = await this.written.get(order);
		if (known === undefined)
			throw new Error(`Order ${order} of the data set is to be changed before it is created.`);
		return known;
	}

	private committed(orders: ErpOrder[], phase: Phase): void {
		for (const order of orders) {
			const { id, version, changedAt } = order;
			phase.commits.push({ order: id, version, at: Date.parse(changedAt) });
			this.answers.committed(order);
			if (version === 1) this.created.push(order);
		}
	}
}

function phaseOf(steps: Step[]): Phase {
	const count = (kind: Step['kind']): number => steps.filter((step) => step.kind === kind).length;
	return { orders: count('create'), changes: count('change'), cancellations: count('cancel'), commits: [] };
}

function patchOf(order: ErpOrder, step: Step): { id: string; patch: OrderPatch } {
	const { id, lines } = order;
	if (step.kind !== 'change') return { id, patch: { status: 'cancelled' } };
	const line = lines[step.line];
	if (line === undefined) throw new Error(`Order "${id}" of the ERP has no line at position ${step.line}.`);
	return { id, patch: { quantities: { [line.id]: String(step.quantity) } } };
}
