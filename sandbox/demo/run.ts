import { setTimeout as pause } from 'node:timers/promises';

import type { ErpOrder, OrderPatch } from '../company/erp/model';
import { Answers } from './answers';
import { planItems } from './catalogue';
import { compare, type Comparison } from './comparison';
import type { SuperstoreOrder } from './dataset';
import { figuresOf, type Phase, type PhaseFigures } from './figures';
import { masterOf, stockUp, type Masters } from './masters';
import { planSteps, type Plan, type Step } from './plan';
import { inPages, Services, type Movement, type ServiceAddresses } from './services';

export interface DemoOptions {
	orders: SuperstoreOrder[];
	changes: number;
	cancellations: number;
	/** events per second of the stream */
	rate: number;
	/** longest time that the stream lasts; half of all events are left for the burst in any case */
	streamSeconds?: number;
	/** events of the stream and the burst are chosen by it */
	seed: number;
	/** how long nothing may move while orders are unanswered; then they count as lost */
	patienceMs?: number;
	/** ends the run with an AbortError */
	signal?: AbortSignal;
	progress?: (progress: Progress) => void;
}

export interface Progress {
	phase: 'stock' | 'stream' | 'burst' | 'comparison';
	/** commits so far and in all */
	done: number;
	total: number;
	/** orders whose newest version the WMS has not answered yet */
	waiting: number;
}

export interface DemoResult extends Comparison {
	orders: number;
	/** lines of the orders as the ERP has them */
	lines: number;
	/** of these, ordered in cartons */
	linesInCartons: number;
	/** pieces first ordered, over all lines */
	pieces: number;
	items: number;
	/** items that the WMS counts in cartons */
	itemsCountedInCartons: number;
	stream: PhaseFigures;
	burst: PhaseFigures;
	all: PhaseFigures;
}

const defaultPatienceMs = 60_000;
const defaultStreamSeconds = 60;
const quietMs = 1_000;
const bulk = 100;

/**
 * Streams the orders and their changes into the sandbox's ERP, waits until the WMS has answered and compares both. The workflow that joins them must
 * be running.
 */
export async function runDemo(addresses: ServiceAddresses, options: DemoOptions): Promise<DemoResult> {
	const services = new Services(addresses);
	const following = new AbortController();
	try {
		await services.refuseOthers();
		return await new Run(services, options, following.signal).toTheEnd();
	} finally {
		following.abort();
		services.close();
	}
}

class Run {
	private readonly answers: Answers;
	private readonly signal: AbortSignal;
	/** what each order of the data set became in the ERP; a change waits for the one before it */
	private readonly created = new Map<string, Promise<ErpOrder>>();
	private masters: Masters = new Map();
	private pieces = 0;
	private readonly key = `superstore-${Date.now()}`;

	constructor(
		private readonly services: Services,
		private readonly options: DemoOptions,
		private readonly finished: AbortSignal,
	) {
		this.answers = new Answers(services);
		this.signal = options.signal ?? new AbortController().signal;
	}

	async toTheEnd(): Promise<DemoResult> {
		const { orders, seed } = this.options;
		this.report('stock', 0, 0);
		const items = planItems(orders, seed);
		this.masters = await stockUp(this.services, items);
		const firstMovement = await this.lastMovement();
		await this.answers.start();
		const following = this.follow();
		const plan = this.plan();
		const stream = await Promise.race([this.stream(plan.stream), following]);
		const burst = await Promise.race([this.burst(plan.burst), following]);
		return await Promise.race([this.conclude(stream, burst, firstMovement), following]);
	}

	/** Rejects when the WMS no longer answers; never resolves. */
	private follow(): Promise<never> {
		return new Promise((_, reject) => {
			this.answers.follow(this.finished).catch(reject);
		});
	}

	private plan(): Plan {
		const { orders, changes, cancellations, rate, seed, streamSeconds = defaultStreamSeconds } = this.options;
		const steps = orders.length + changes + cancellations;
		const streamed = Math.min(rate * streamSeconds, Math.floor(steps / 2));
		return planSteps(orders, this.masters, { changes, cancellations, streamed, seed });
	}

	/** One commit a step, at its time, whatever became of the step before. */
	private async stream(steps: Step[]): Promise<Phase> {
		const phase = phaseOf(steps);
		const started = performance.now();
		const under: Array<Promise<void>> = [];
		for (const [index, step] of steps.entries()) {
			const due = started + (index * 1_000) / this.options.rate;
			await pause(Math.max(0, due - performance.now()), undefined, { signal: this.signal });
			under.push(this.apply(step, phase));
			under.at(-1)?.catch(() => undefined);
			this.report('stream', phase.commits.length, steps.length);
		}
		await Promise.all(under);
		await this.settled('stream', steps.length);
		return phase;
	}

	/** As fast as the ERP commits, a hundred steps a call. */
	private async burst(steps: Step[]): Promise<Phase> {
		const phase = phaseOf(steps);
		const creations = steps.filter((step) => step.kind === 'create');
		const alterations = steps.filter((step) => step.kind !== 'create');
		for (const some of inPages(creations, bulk)) {
			this.signal.throwIfAborted();
			const orders = await this.services.createOrders(
				some.map(({ order, content }) => ({ ...content, idempotencyKey: `${this.key}/${order}` })),
			);
			some.forEach(({ order }, index) => {
				const created = orders[index];
				if (created) this.created.set(order, Promise.resolve(created));
			});
			this.committed(orders, phase);
			this.report('burst', phase.commits.length, steps.length);
		}
		for (const some of inPages(alterations, bulk)) {
			this.signal.throwIfAborted();
			const patches = await Promise.all(some.map(async (step) => patchOf(await this.orderOf(step), step)));
			this.committed(await this.services.patchOrders(patches), phase);
			this.report('burst', phase.commits.length, steps.length);
		}
		await this.settled('burst', steps.length);
		return phase;
	}

	private async apply(step: Step, phase: Phase): Promise<void> {
		const answer =
			step.kind === 'create'
				? this.services.createOrder({ ...step.content, idempotencyKey: `${this.key}/${step.order}` })
				: this.orderOf(step).then(async (order) => {
						const { id, patch } = patchOf(order, step);
						return await this.services.patchOrder(id, patch);
					});
		this.created.set(step.order, answer);
		this.committed([await answer], phase);
	}

	private async orderOf({ order }: Step): Promise<ErpOrder> {
		const known = await this.created.get(order);
		if (known === undefined)
			throw new Error(`Order ${order} of the data set is to be changed before it is created.`);
		return known;
	}

	private committed(orders: ErpOrder[], phase: Phase): void {
		for (const order of orders) {
			const { id, version, changedAt } = order;
			phase.commits.push({ order: id, version, at: Date.parse(changedAt) });
			this.answers.committed(order);
			if (version === 1) this.pieces += this.piecesOf(order);
		}
	}

	private piecesOf({ lines }: ErpOrder): number {
		const pieces = lines.map(({ item, quantity, unit }) => {
			const { carton = 1 } = unit === 'XCT' ? masterOf(this.masters, item) : {};
			return Number(quantity) * carton;
		});
		return pieces.reduce((sum, some) => sum + some, 0);
	}

	/** Until the WMS has answered every order, or holds what it asks for anyhow, or nothing has moved for too long. */
	private async settled(phase: 'stream' | 'burst' | 'comparison', total: number): Promise<void> {
		const { patienceMs = defaultPatienceMs } = this.options;
		const { answers } = this;
		answers.lastProgress = performance.now();
		for (let looks = 1; answers.open.size > 0; looks += 1) {
			this.report(phase, total, total);
			await pause(50, undefined, { signal: this.signal });
			if (performance.now() - answers.lastProgress > patienceMs) return;
			if (looks % 20 === 0) await this.dropUnchanged();
		}
		this.report(phase, total, total);
	}

	/** A version that asks for what the WMS holds already is not answered; nor is one looked at in the middle of a millisecond. */
	private async dropUnchanged(): Promise<void> {
		const ids = [...this.answers.open].slice(0, 1_000);
		const orders = await this.services.orders(ids);
		const reservations = await this.services.reservations(ids);
		for (const reservation of reservations) this.answers.note(reservation);
		const { lost } = compare({ orders, reservations, movements: [], available: new Map() }, this.masters);
		const differing = new Set(lost.map(({ order }) => order));
		for (const { id } of orders) if (!differing.has(id)) this.answers.open.delete(id);
	}

	/** Compares once the WMS is quiet; again as long as there are differences and something still moves. */
	private async conclude(stream: Phase, burst: Phase, firstMovement: number): Promise<DemoResult> {
		const { patienceMs = defaultPatienceMs } = this.options;
		const total = stream.commits.length + burst.commits.length;
		for (;;) {
			this.report('comparison', total, total);
			const quietFor = performance.now() - this.answers.lastProgress;
			if (quietFor >= quietMs) {
				const result = await this.compareAll(stream, burst, firstMovement);
				if (result.lost.length + result.wrong.length === 0 || quietFor > patienceMs) return result;
			}
			await pause(quietMs, undefined, { signal: this.signal });
		}
	}

	private async compareAll(stream: Phase, burst: Phase, firstMovement: number): Promise<DemoResult> {
		const { services, masters, answers } = this;
		const created = await Promise.all(this.created.values());
		const ids = created.map(({ id }) => id);
		const mine = new Set(ids);
		const orders = await services.orders(ids);
		const reservations = await services.reservations(ids);
		const movements: Movement[] = [];
		for await (const some of services.movements(firstMovement))
			movements.push(...some.filter(({ order }) => mine.has(order)));
		for (const movement of movements) answers.noteMovement(movement);
		const stock = await services.stock([...masters.values()].map(({ sku }) => sku));
		const available = new Map(stock.map((level) => [level.sku, level.available]));
		const all = {
			orders: stream.orders + burst.orders,
			changes: stream.changes + burst.changes,
			cancellations: stream.cancellations + burst.cancellations,
			commits: [...stream.commits, ...burst.commits],
		};
		const lines = orders.flatMap((order) => order.lines);
		return {
			...compare({ orders, reservations, movements, available }, masters),
			orders: orders.length,
			lines: lines.length,
			linesInCartons: lines.filter(({ unit }) => unit === 'XCT').length,
			pieces: this.pieces,
			items: masters.size,
			itemsCountedInCartons: [...masters.values()].filter(
				({ thousandths }) => thousandths.get('XCT') === 1_000,
			).length,
			stream: figuresOf(stream, answers),
			burst: figuresOf(burst, answers),
			all: figuresOf(all, answers),
		};
	}

	private async lastMovement(): Promise<number> {
		let last = 0;
		for await (const some of this.services.movements(0)) last = some.at(-1)?.id ?? last;
		return last;
	}

	private report(phase: Progress['phase'], done: number, total: number): void {
		this.signal.throwIfAborted();
		this.options.progress?.({ phase, done, total, waiting: this.answers.open.size });
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
