import { setTimeout as pause } from 'node:timers/promises';

import type { N8nHost } from '../../test/e2e/harness/host';
import { audit, type Audit } from './audit';
import type { Child } from './childProcess';
import { machineNow } from './clock';
import type { Generator } from './generatorProcess';
import { eventsOf, type OrderRun } from './orders';
import type { Ledger, WarehouseProcess } from './warehouseProcess';

export interface Measured extends Audit {
	orders: number;
	events: number;
	/** events whose state, or a later one of the order, the warehouse has */
	arrived: number;
	/** from the first publish to the last reservation */
	seconds: number;
	/** events arrived by second */
	perSecond: number;
	/** from the publish of an event to its reservation, in milliseconds, ascending; without those that never arrived */
	latencies: number[];
	/** of n8n's process, for each event that arrived */
	cpuPerEventMs: number;
}

export interface Measurable {
	host: N8nHost;
	generator: Child<Generator>;
	warehouse: Child<WarehouseProcess>;
}

export interface Load {
	name: string;
	orders: number;
	updates?: number;
	/** as fast as the broker takes them when left out */
	perSecond?: number;
	/** how long to wait after the last publish */
	patienceSeconds: number;
}

const tailMs = 500;

/** Publishes the orders of a run and looks at what becomes of them in the warehouse. */
export async function measure({ host, generator, warehouse }: Measurable, load: Load): Promise<Measured> {
	const run: OrderRun = { name: load.name, orders: load.orders, updates: load.updates ?? 1 };
	await warehouse.ask('begin', { finalSequence: run.updates });
	const cpuBefore = await host.n8n.cpuSeconds();
	const published = await generator.ask('publish', { run, perSecond: load.perSecond });
	await ordersDone(warehouse, run.orders, load.patienceSeconds);
	// What n8n still does after the last reservation belongs to the events too.
	await pause(tailMs);
	const cpu = (await host.n8n.cpuSeconds()) - cpuBefore;
	const ledger = await warehouse.ask('ledger');

	const latencies = latenciesOf(run, published, ledger);
	const first = published[0] ?? 0;
	const last = ledger.commits.at(-1)?.at ?? first;
	const seconds = (last - first) / 1_000;
	const arrived = latencies.length;
	return {
		...audit(run, ledger),
		orders: run.orders,
		events: published.length,
		arrived,
		seconds,
		perSecond: arrived === 0 ? 0 : arrived / seconds,
		latencies,
		cpuPerEventMs: (cpu * 1_000) / Math.max(1, arrived),
	};
}

async function ordersDone(
	warehouse: Child<WarehouseProcess>,
	orders: number,
	patienceSeconds: number,
): Promise<void> {
	for (const until = machineNow() + patienceSeconds * 1_000; machineNow() < until; await pause(50)) {
		if ((await warehouse.ask('ordersDone')) >= orders) return;
	}
}

/** An event has arrived when its state or a later one of its order is reserved. */
function latenciesOf(run: OrderRun, published: number[], { commits }: Ledger): number[] {
	const byOrder = Map.groupBy(commits, ({ order }) => order);
	const latencies: number[] = [];
	let index = 0;
	for (const { subject, sequence } of eventsOf(run, new Date(0).toISOString())) {
		const commit = byOrder.get(subject)?.find((one) => one.sequence >= Number(sequence));
		if (commit !== undefined) latencies.push(commit.at - (published[index] ?? 0));
		index += 1;
	}
	return latencies.sort((a, b) => a - b);
}

/** The smallest value that `share` of the ascending values do not exceed (nearest rank). */
export function percentile(ascending: number[], share: number): number {
	return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;
}

export function median(values: number[]): number {
	return percentile(
		values.toSorted((a, b) => a - b),
		0.5,
	);
}
