import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import type { ReplayResult } from './abac/replay';
import type { SideResult } from './abac/side';

/**
 * Sensitive operations decided by the compiled engine, by cedar-wasm with its policies parsed beforehand, by CASL and by
 * casbin: the same policies, and the same requests in the same form. Every measurement is a process of its own; the engines
 * take turns, so that what other programs do to the machine meets all alike. The figures are medians, in decisions a second
 * of the processor's time. Then a million logged decisions are replayed against changed policies, by the clock on the wall.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
	const times = values.quick ? 1 : 3;
	const seconds = values.quick ? 0.4 : 1.5;
	const results = new Map<string, SideResult[]>();
	const keep = (name: string, result: SideResult) => {
		results.set(name, [...(results.get(name) ?? []), result]);
		process.stderr.write(`${name} policies: ${Math.round(result.perSecond)}/s\n`);
	};
	for (let time = 0; time < times; time += 1)
		for (const policies of SIZES) {
			for (const engine of ENGINES) keep(`${engine} ${policies}`, await measured(engine, policies, seconds));
			keep(sameAsked(policies), await measured('ours', policies, seconds, SIZES[0]));
		}
	const replay = await printedBy<ReplayResult>('replay', [
		...['--decisions', values.quick ? '100000' : '1000000'],
	]);
	process.stderr.write(`${replay.decisions} decisions replayed in ${replay.seconds.toFixed(1)} s\n`);
	const load = loadavg().map((value) => value.toFixed(1));
	process.stderr.write(`load of the machine over 1, 5 and 15 minutes: ${load.join(', ')}\n`);
	report((name) => middle(results.get(name) ?? []), replay);
}

/** Asked about the one operation that ten policies are about, however many there are about others. */
function sameAsked(policies: number): string {
	return `ours on one operation ${policies}`;
}

const SIZES = [10, 1000, 10_000] as const;
const ENGINES = ['ours', 'cedar', 'casl', 'caslPrepared', 'casbin'] as const;
type Engine = (typeof ENGINES)[number];

/** `asked`: the requests are about the operations of the first so many policies. */
async function measured(
	engine: Engine,
	policies: number,
	seconds: number,
	asked = policies,
): Promise<SideResult> {
	return await printedBy('side', [
		...['--engine', engine, '--policies', String(policies), '--asked', String(asked)],
		...['--seconds', String(seconds)],
	]);
}

/** One of the files in abac/, in a process of its own; it prints one line of JSON. */
async function printedBy<T>(file: string, args: string[]): Promise<T> {
	const { stdout } = await promisify(execFile)(process.execPath, [
		...process.execArgv,
		join(__dirname, 'abac', `${file}.ts`),
		...args,
	]);
	return JSON.parse(stdout) as T;
}

/** The run of median speed. */
function middle(runs: SideResult[]): SideResult {
	const median = runs.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(runs.length / 2)];
	if (median === undefined) throw new Error('Nothing was measured.');
	return median;
}

function report(named: (name: string) => SideResult, replay: ReplayResult): void {
	const of = (engine: Engine, policies: number) => named(`${engine} ${policies}`);
	const alike = (policies: number) =>
		round(named(sameAsked(policies)).perSecond / named(sameAsked(SIZES[0])).perSecond);
	const ratio = (engine: Engine, policies: number) =>
		round(of('ours', policies).perSecond / of(engine, policies).perSecond);
	const ratios = {
		toCedar10: ratio('cedar', 10),
		toCedar1000: ratio('cedar', 1000),
		toCedar10000: ratio('cedar', 10_000),
		toCasl10: ratio('casl', 10),
		toCasl1000: ratio('casl', 1000),
		toCasl10000: ratio('casl', 10_000),
		// CASL with everything that it looks at worked out beforehand, which is not measured.
		toCaslPrepared10: ratio('caslPrepared', 10),
		toCaslPrepared1000: ratio('caslPrepared', 1000),
		toCasbin10: ratio('casbin', 10),
		toCasbin1000: ratio('casbin', 1000),
		// The same requests about the same ten policies: 1 when policies about other actions cost nothing.
		flat1000: alike(1000),
		flat10000: alike(10_000),
		// Requests about as many operations as there are: what differs between them is no longer at hand in the processor.
		ours10000To10: round(of('ours', 10_000).perSecond / of('ours', 10).perSecond),
		// Decisions a second in Simulate: the compiled engine to cedar-wasm, reading the log and all else included.
		simulateToCedar: round(
			replay.decisions / replay.seconds / (replay.decisionsByCedar / replay.secondsByCedar),
		),
	};
	const figures = {
		...Object.fromEntries(
			SIZES.flatMap((policies) =>
				ENGINES.map((engine) => [
					`${engine}${policies}PerSecond`,
					Math.round(of(engine, policies).perSecond),
				]),
			),
		),
		simulateSeconds: round(replay.seconds),
	};
	let disagreements = 0;
	let decisions = 0;
	for (const policies of SIZES)
		for (const [place, verdict] of [...of('cedar', policies).verdicts].entries()) {
			decisions += 1;
			if (ENGINES.some((engine) => of(engine, policies).verdicts[place] !== verdict)) disagreements += 1;
		}
	const permitted = SIZES.map((policies) => of('cedar', policies).verdicts.replaceAll('n', '').length);
	const counts = {
		decisions,
		permitted: permitted.reduce((sum, count) => sum + count, 0),
		disagreements,
		simulated: replay.decisions,
		simulatedFlips: replay.flips,
		simulatedWrongly: replay.wrong,
	};
	console.log(`${'decisions a second'.padEnd(24)}${ENGINES.map((engine) => engine.padStart(14)).join('')}`);
	for (const policies of SIZES)
		console.log(
			`${`${policies} policies`.padEnd(24)}${ENGINES.map((engine) => String(Math.round(of(engine, policies).perSecond)).padStart(14)).join('')}`,
		);
	console.log(JSON.stringify({ bench: 'abac', ratios, figures, counts }));
}

function round(value: number): number {
	return value >= 10 ? Math.round(value) : Math.round(value * 100) / 100;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
