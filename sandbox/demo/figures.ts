import type { Answers, Commit } from './answers';

/** What was done in a part of the run, and how fast the WMS answered. */
export interface Phase {
	orders: number;
	changes: number;
	cancellations: number;
	commits: Commit[];
}

export interface PhaseFigures {
	orders: number;
	changes: number;
	cancellations: number;
	/** commits in the ERP, each of which sent one event */
	events: number;
	/** from the first commit in the ERP to the last one in the WMS */
	seconds: number;
	eventsPerSecond: number;
	/** events that the WMS answered; the others asked for what it held already */
	measured: number;
	/** milliseconds from the commit in the ERP to the commit in the WMS that answers it; absent when nothing was measured */
	p50?: number;
	p95?: number;
	p99?: number;
}

export function figuresOf(phase: Phase, answers: Answers): PhaseFigures {
	const { commits, orders, changes, cancellations } = phase;
	const measured = commits
		.map((commit) => answers.latencyOf(commit))
		.filter((latency) => latency !== undefined)
		.sort((a, b) => a - b);
	const at = (share: number): number | undefined => measured[Math.ceil(measured.length * share) - 1];
	const started = Math.min(...commits.map((commit) => commit.at));
	const ended = Math.max(...commits.map((commit) => commit.at + (answers.latencyOf(commit) ?? 0)));
	const seconds = commits.length === 0 ? 0 : (ended - started) / 1_000;
	return {
		orders,
		changes,
		cancellations,
		events: commits.length,
		seconds,
		eventsPerSecond: seconds === 0 ? 0 : commits.length / seconds,
		measured: measured.length,
		p50: at(0.5),
		p95: at(0.95),
		p99: at(0.99),
	};
}

export function togetherOf(first: Phase, second: Phase): Phase {
	return {
		orders: first.orders + second.orders,
		changes: first.changes + second.changes,
		cancellations: first.cancellations + second.cancellations,
		commits: [...first.commits, ...second.commits],
	};
}
