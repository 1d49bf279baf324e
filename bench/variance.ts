import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { median } from './sync/measurement';
import { generate, type Planted } from './variance/data';
import type { Order, Outcome } from './variance/oneRun';

/**
 * Orders against deliveries and invoices from three CSV files with every class of difference planted: the comparison of this package
 * against the same join written by hand in DuckDB SQL. Each run is a process of its own; the two take turns, so that what else the
 * machine does meets both alike.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { quick: { type: 'boolean', default: false }, large: { type: 'boolean', default: false } },
	});
	const [deals, turns, memoryMb] = values.quick
		? [100_000, 1, 800]
		: values.large
			? [10_000_000, 1, 2_500]
			: [1_000_000, 3, 800];
	const loadBefore = loadavg()[0] ?? 0;
	const full = await measured(deals, turns, memoryMb);
	const growth = values.large ? undefined : await measured(deals / 4, turns, memoryMb);
	console.error(
		`Load of the machine before and after: ${loadBefore.toFixed(1)}, ${(loadavg()[0] ?? 0).toFixed(1)}`,
	);
	console.log(JSON.stringify(results(deals, full, growth)));
}

interface Measured {
	ours: Outcome[];
	hand: Outcome[];
	planted: Planted;
}

async function measured(deals: number, turns: number, memoryMb: number): Promise<Measured> {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-bench-variance-'));
	try {
		const { files, planted } = await generate(folder, deals);
		const result: Measured = { ours: [], hand: [], planted };
		for (let turn = 0; turn < turns; turn += 1) {
			for (const side of ['ours', 'hand'] as const) {
				const outcome = await inProcess({ side, files, folder, memoryMb });
				result[side].push(outcome);
				console.error(
					`${deals} deals, ${side}: ${outcome.seconds.toFixed(2)} s, ${outcome.peakMemoryMb.toFixed(0)} MB, event loop stood still for ${outcome.blockedMs.toFixed(0)} ms at most (${outcome.lateMs.toFixed(0)} with waiting for a processor)`,
				);
			}
		}
		return result;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function results(deals: number, { ours, hand, planted }: Measured, growth: Measured | undefined): object {
	const seconds = (outcomes: Outcome[]) => median(outcomes.map((outcome) => outcome.seconds));
	const round = (value: number, places = 2) => Number(value.toFixed(places));
	const worst = (of: (outcome: Outcome) => number) => Math.max(...ours.map(of));
	const misclassified = worst(({ classes }) => wrong(classes, planted));
	const unplaced = worst(({ lines }) => Math.abs((lines?.read ?? 0) - (lines?.placed ?? 0)));
	const smaller = deals / 4;
	return {
		ratios: {
			timeToHandSql: round(seconds(ours) / seconds(hand)),
			...(growth === undefined
				? {}
				: {
						// At most 1 when four times the lines cost no more than n log n allows.
						growthToNLogN: round(
							seconds(ours) /
								seconds(growth.ours) /
								((deals * Math.log(deals)) / (smaller * Math.log(smaller))),
						),
					}),
		},
		figures: {
			seconds: round(seconds(ours)),
			handSeconds: round(seconds(hand)),
			peakMemoryMb: Math.round(worst(({ peakMemoryMb }) => peakMemoryMb)),
			eventLoopBlockedMs: round(
				worst(({ blockedMs }) => blockedMs),
				1,
			),
			eventLoopLateMs: round(
				worst(({ lateMs }) => lateMs),
				1,
			),
		},
		counts: {
			linesASide: deals,
			planted: Object.entries(planted).reduce(
				(sum, [name, count]) => (name === 'matched' ? sum : sum + count),
				0,
			),
			misclassified,
			unplacedLines: unplaced,
			handMisclassified: Math.max(...hand.map(({ classes }) => wrong(classes, { ...planted, matched: 0 }))),
		},
	};
}

function wrong(found: Record<string, number>, planted: Record<string, number>): number {
	return [...new Set([...Object.keys(found), ...Object.keys(planted)])].reduce(
		(sum, name) => sum + Math.abs((found[name] ?? 0) - (planted[name] ?? 0)),
		0,
	);
}

function inProcess(order: Order): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const child = fork(join(__dirname, 'variance', 'oneRun.ts'), { execArgv: process.execArgv });
		child.once('message', (outcome) => resolve(outcome as Outcome));
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`The process of ${order.side} ended with ${code}.`)));
		child.send(order);
	});
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
