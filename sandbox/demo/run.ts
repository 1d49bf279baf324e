import { setTimeout as pause } from 'node:timers/promises';

import type { ErpOrder } from '../company/erp/model';
import { Answers } from './answers';
import { planItems } from './catalogue';
import { compare, type Books, type Comparison } from './comparison';
import type { SuperstoreOrder } from './dataset';
import { figuresOf, togetherOf, type Phase, type PhaseFigures } from './figures';
import { masterOf, stockUp, type Masters } from './masters';
import { OrderWriter } from './orderWriter';
import { planSteps, type Plan } from './plan';
import { Services, type Movement, type ServiceAddresses } from './services';

export interface DemoOptions {
	orders: SuperstoreOrder[];
	changes: number;
	cancellations: number;
	/** events per second of the stream */
	rate: number;
	/** chooses units, stock, changes and cancellations */
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
	/** lines of these orders, of which some are in cartons */
	lines: number;
	linesInCartons: number;
	/** first ordered, over all lines */
	pieces: number;
	/** of which the WMS counts some in cartons */
	items: number;
	itemsCountedInCartons: number;
	stream: PhaseFigures;
	burst: PhaseFigures;
	all: PhaseFigures;
}

/** The stream is no longer than this, and no more than half of all events. */
const streamSeconds = 60;
const defaultPatienceMs = 60_000;
/** The books are compared when the WMS has done nothing for so long. */
const quietMs = 1_000;

/**
 * Writes the orders and their changes into the sandbox's ERP, first as a stream, then as a burst, waits until the WMS has answered and compares both.
 * The workflow that joins them must be running.
 */
export async function runDemo(addresses: ServiceAddresses, options: DemoOptions): Promise<DemoResult> {
	const services = new Services(addresses);
	const finished = new AbortController();
	try {
		await services.refuseOthers();
		const masters = await stock(services, options);
		const firstMovement = await services.lastMovement();
		const answers = new Answers(services);
		await answers.start();
		const followed = new Promise<never>((_, reject) => answers.follow(finished.signal).catch(reject));
		const run = new Run(services, answers, masters, firstMovement, options);
		return await Promise.race([run.toTheEnd(), followed]);
	} finally {
		finished.abort();
		services.close();
	}
}

async function stock(services: Services, { orders, seed, progress }: DemoOptions): Promise<Masters> {
	progress?.({ phase: 'stock', done: 0, total: 0, waiting: 0 });
	return await stockUp(services, planItems(orders, seed));
}

class Run {
	private readonly signal: AbortSignal;
	private readonly patienceMs: number;

	constructor(
		private readonly services: Services,
		private readonly answers: Answers,
		private readonly masters: Masters,
		private readonly firstMovement: number,
		private readonly options: DemoOptions,
	) {
		this.signal = options.signal ?? new AbortController().signal;
		this.patienceMs = options.patienceMs ?? defaultPatienceMs;
	}

	async toTheEnd(): Promise<DemoResult> {
		const { answers, services, signal } = this;
		const plan = this.plan();
		let phase: 'stream' | 'burst' = 'stream';
		const writer = new OrderWriter(services, answers, signal, (done) =>
			this.report(phase, done, plan[phase].length),
		);
		const stream = await writer.stream(plan.stream, this.options.rate);
		await this.settled('stream', plan.stream.length);
		phase = 'burst';
		const burst = await writer.burst(plan.burst);
		await this.settled('burst', plan.burst.length);
		return await this.conclude(writer.created, stream, burst);
	}

	private plan(): Plan {
		const { orders, changes, cancellations, rate, seed } = this.options;
		const steps = orders.length + changes + cancellations;
		const streamed = Math.min(rate * streamSeconds, Math.floor(steps / 2));
		return planSteps(orders, this.masters, { changes, cancellations, streamed, seed });
	}

	/** Until the WMS has answered every order, or holds what it asks for anyhow, or nothing has moved for too long. */
	private async settled(phase: 'stream' | 'burst', total: number): Promise<void> {
		const { answers } = this;
		answers.lastProgress = performance.now();
		for (let looks = 1; answers.open.size > 0; looks += 1) {
			this.report(phase, total, total);
			await pause(50, undefined, { signal: this.signal });
			if (answers.quietFor() > this.patienceMs) return;
			if (looks % 20 === 0) await this.dropUnchanged();
		}
		this.report(phase, total, total);
	}

	/** A version that asks for what the WMS holds already gets no answer, and a look may miss one: ask for those orders by name. */
	private async dropUnchanged(): Promise<void> {
		const { answers, services, masters } = this;
		const ids = [...answers.open].slice(0, 1_000);
		const [orders, reservations] = [await services.orders(ids), await services.reservations(ids)];
		for (const reservation of reservations) answers.note(reservation);
		const { lost } = compare({ orders, reservations, movements: [], available: new Map() }, masters);
		const differing = new Set(lost.map(({ order }) => order));
		for (const { id } of orders) if (!differing.has(id)) answers.open.delete(id);
	}

	/** Compares once the WMS is quiet; again as long as there are differences and patience. */
	private async conclude(created: ErpOrder[], stream: Phase, burst: Phase): Promise<DemoResult> {
		const { answers, masters } = this;
		const total = stream.commits.length + burst.commits.length;
		for (;;) {
			this.report('comparison', total, total);
			const quietFor = answers.quietFor();
			if (quietFor >= quietMs) {
				const books = await this.books(created.map(({ id }) => id));
				const comparison = compare(books, masters);
				const agreed = comparison.lost.length + comparison.wrong.length === 0;
				if (agreed || quietFor > this.patienceMs) {
					for (const movement of books.movements) answers.noteMovement(movement);
					return {
						...comparison,
						...this.extent(books.orders, created),
						stream: figuresOf(stream, answers),
						burst: figuresOf(burst, answers),
						all: figuresOf(togetherOf(stream, burst), answers),
					};
				}
			}
			await pause(quietMs, undefined, { signal: this.signal });
		}
	}

	private async books(ids: string[]): Promise<Books> {
		const { services, masters, firstMovement } = this;
		const own = new Set(ids);
		const movements: Movement[] = [];
		for await (const some of services.movements(firstMovement))
			movements.push(...some.filter(({ order }) => own.has(order)));
		const levels = await services.stock([...masters.values()].map(({ sku }) => sku));
		return {
			orders: await services.orders(ids),
			reservations: await services.reservations(ids),
			movements,
			available: new Map(levels.map(({ sku, available }) => [sku, available])),
		};
	}

	private extent(
		orders: ErpOrder[],
		created: ErpOrder[],
	): Pick<DemoResult, 'orders' | 'lines' | 'linesInCartons' | 'pieces' | 'items' | 'itemsCountedInCartons'> {
		const { masters } = this;
		const lines = orders.flatMap((order) => order.lines);
		const pieces = created
			.flatMap((order) => order.lines)
			.map(({ item, quantity, unit }) => {
				const { carton = 1 } = unit === 'XCT' ? masterOf(masters, item) : {};
				return Number(quantity) * carton;
			});
		const items = [...masters.values()];
		return {
			orders: orders.length,
			lines: lines.length,
			linesInCartons: lines.filter(({ unit }) => unit === 'XCT').length,
			pieces: pieces.reduce((sum, some) => sum + some, 0),
			items: items.length,
			itemsCountedInCartons: items.filter(({ thousandths }) => thousandths.get('XCT') === 1_000).length,
		};
	}

	private report(phase: Progress['phase'], done: number, total: number): void {
		this.signal.throwIfAborted();
		this.options.progress?.({ phase, done, total, waiting: this.answers.open.size });
	}
}
