import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import type { SideResult } from './finance/side';

/**
 * Vouchers drafted by rules, and stock movements costed by the moving average, each beside a loop written by hand for one company. Every
 * measurement is a process of its own; the two sides take turns, so that what other programs do to the machine meets both alike. The
 * figures are medians.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const part = values.quick ? 10 : 1;
	const vouchers = await compare('vouchers', 100_000 / part, values.quick ? 1 : 3);
	const costing = await compare('costing', 1_000_000 / part, values.quick ? 1 : 3);
	report(vouchers, costing);
}

interface Comparison {
	count: number;
	ours: SideResult;
	byHand: SideResult;
	oursTenth: SideResult;
	byHandTenth: SideResult;
}

async function compare(work: string, count: number, times: number): Promise<Comparison> {
	const runs = { ours: [], byHand: [], oursTenth: [], byHandTenth: [] } as Record<string, SideResult[]>;
	for (let time = 0; time < times; time += 1) {
		for (const [name, side, size] of [
			['oursTenth', 'ours', count / 10],
			['byHandTenth', 'byHand', count / 10],
			['ours', 'ours', count],
			['byHand', 'byHand', count],
		] as const) {
			const result = await measured(`${work}/${side}`, size);
			runs[name]?.push(result);
			process.stderr.write(`${work}, ${side}, ${size}: ${result.seconds.toFixed(2)} s\n`);
		}
	}
	const of = (name: string) => middle(runs[name] ?? []);
	return {
		count,
		ours: of('ours'),
		byHand: of('byHand'),
		oursTenth: of('oursTenth'),
		byHandTenth: of('byHandTenth'),
	};
}

async function measured(work: string, count: number): Promise<SideResult> {
	const { stdout } = await promisify(execFile)(process.execPath, [
		...process.execArgv,
		join(__dirname, 'finance', 'side.ts'),
		'--work',
		work,
		'--count',
		String(count),
	]);
	return JSON.parse(stdout) as SideResult;
}

/** The run of median time. */
function middle(runs: SideResult[]): SideResult {
	const sorted = [...runs].sort((a, b) => a.seconds - b.seconds);
	const median = sorted[Math.floor(sorted.length / 2)];
	if (median === undefined) throw new Error('Nothing was measured.');
	return median;
}

function report(vouchers: Comparison, costing: Comparison): void {
	const perSecond = (count: number, { seconds }: SideResult) => Math.round(count / seconds);
	const growth = ({ ours, oursTenth }: Comparison) => round(ours.seconds / oursTenth.seconds / 10);
	const ratio = ({ ours, byHand }: Comparison) => round(ours.seconds / byHand.seconds);
	const memory = ({ ours, byHand }: Comparison) => round(ours.memoryMb / byHand.memoryMb);
	const ratios = {
		vouchersTimeToByHand: ratio(vouchers),
		vouchersMemoryToByHand: memory(vouchers),
		// Time for ten times as much, divided by ten: 1 is linear.
		vouchersGrowth: growth(vouchers),
		costingTimeToByHand: ratio(costing),
		costingMemoryToByHand: memory(costing),
		costingGrowth: growth(costing),
	};
	const figures = {
		vouchersSeconds: round(vouchers.ours.seconds),
		vouchersPerSecond: perSecond(vouchers.count, vouchers.ours),
		vouchersMemoryMb: Math.round(vouchers.ours.memoryMb),
		vouchersByHandSeconds: round(vouchers.byHand.seconds),
		costingSeconds: round(costing.ours.seconds),
		costingPerSecond: perSecond(costing.count, costing.ours),
		costingMemoryMb: Math.round(costing.ours.memoryMb),
		costingByHandSeconds: round(costing.byHand.seconds),
	};
	const counts = {
		vouchers: vouchers.ours.good,
		vouchersAsByHand: vouchers.ours.digest === vouchers.byHand.digest ? vouchers.count : 0,
		movements: costing.ours.good,
		movementsAsByHand: costing.ours.digest === costing.byHand.digest ? costing.count : 0,
	};
	const rows: Array<[string, string, string]> = [
		['', 'this package', 'by hand'],
		...(
			[
				['vouchers', vouchers],
				['movements', costing],
			] as const
		).flatMap(
			([what, { count, ours, byHand }]): Array<[string, string, string]> => [
				[`${count} ${what}`, `${ours.seconds.toFixed(2)} s`, `${byHand.seconds.toFixed(2)} s`],
				['  memory', `${ours.memoryMb.toFixed(0)} MB`, `${byHand.memoryMb.toFixed(0)} MB`],
			],
		),
	];
	for (const [what, one, other] of rows)
		console.log(`${what.padEnd(24)}${one.padStart(16)}${other.padStart(16)}`);
	console.log(JSON.stringify({ bench: 'finance', ratios, figures, counts }));
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
