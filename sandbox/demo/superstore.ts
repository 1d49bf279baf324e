import { readFile } from 'node:fs/promises';

import { readSuperstore } from './dataset';
import { readCommandLine, UsageError, type CommandLine } from './options';
import { startOwnSandbox, type OwnSandbox } from './ownSandbox';
import { ProgressBar } from './progressBar';
import { runDemo, type DemoResult } from './run';
import type { ServiceAddresses } from './services';
import { isClean, tableOf } from './table';

const stopping = new AbortController();
const bar = new ProgressBar();

/** Exit code 0 when nothing is lost, applied twice or wrong; 1 otherwise; 2 for a wrong command line; 130 after Ctrl-C. */
async function main(): Promise<number> {
	const options = readCommandLine(process.argv.slice(2));
	stopOnSignals();
	if (options.sandbox) return conclude(await demo(options.sandbox, options));
	const own = await startOwnSandbox((what) => bar.say(what), stopping.signal);
	try {
		const ended = own.ended.then((reason) => {
			throw new Error(`${reason}. The demo cannot go on.`);
		});
		const result = await Promise.race([demo(own, options), ended]);
		const code = conclude(result);
		await figuresOfN8n(own, result);
		if (code !== 0) console.error(await tail(own));
		return code;
	} finally {
		if (!stopping.signal.aborted) bar.say('Stopping');
		await own.close();
	}
}

async function demo(sandbox: ServiceAddresses, options: CommandLine): Promise<DemoResult> {
	const { changes, cancellations, rate, seed } = options;
	const orders = readSuperstore().slice(0, options.orders);
	try {
		return await runDemo(sandbox, {
			orders,
			changes,
			cancellations,
			rate,
			seed,
			signal: stopping.signal,
			progress: (progress) => bar.show(progress),
		});
	} finally {
		bar.end();
	}
}

function conclude(result: DemoResult): number {
	console.log(`\n${tableOf(result)}\n`);
	return isClean(result) ? 0 : 1;
}

async function figuresOfN8n({ n8n }: OwnSandbox, { all }: DemoResult): Promise<void> {
	if (process.platform !== 'linux') return;
	const [{ peak }, cpu] = await Promise.all([n8n.memoryMb(), n8n.cpuSeconds()]);
	const perEvent = ((cpu * 1_000) / Math.max(1, all.events)).toFixed(1);
	console.log(
		`  n8n: ${Math.round(peak)} MB resident at most, ${cpu.toFixed(1)} s of CPU from its start on (${perEvent} ms an event)\n`,
	);
}

async function tail({ n8n }: OwnSandbox): Promise<string> {
	const log = await readFile(n8n.logFile, 'utf8');
	return `The end of n8n's log:\n${log.trim().split('\n').slice(-15).join('\n')}`;
}

/** The first signal, or the end of the starter, stops everything in order; a second signal at once. */
function stopOnSignals(): void {
	const stop = (): void => {
		if (stopping.signal.aborted) process.exit(130);
		bar.end();
		bar.say('Stopping');
		stopping.abort();
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	process.stdin.once('end', stop).resume();
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		if (stopping.signal.aborted) process.exit(130);
		console.error(error instanceof Error ? `\n${error.message}` : error);
		process.exit(error instanceof UsageError ? 2 : 1);
	},
);
