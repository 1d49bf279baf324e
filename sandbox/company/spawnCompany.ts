import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { z } from 'zod/v4';

import { CompanyAddresses, type CompanyOptions } from './options';

export interface SpawnedCompany {
	addresses: CompanyAddresses;
	process: ChildProcess;
	/** SIGTERM, then waits until it has ended */
	close(): Promise<void>;
	/** SIGKILL, then waits until it has ended */
	kill(): Promise<void>;
}

export interface SpawnedBroker {
	url: string;
	process: ChildProcess;
	close(): Promise<void>;
	kill(): Promise<void>;
}

/** The company in a process of its own, ready for calls. It ends with the process that started it. */
export async function spawnCompany(options: CompanyOptions): Promise<SpawnedCompany> {
	const { process, ready } = await start(options, {});
	return { addresses: CompanyAddresses.parse(ready), process, ...endings(process) };
}

/** The embedded broker alone, so that it can be killed apart from the company. */
export async function spawnBroker(
	options: Pick<CompanyOptions, 'host' | 'ports' | 'broker'> = {},
): Promise<SpawnedBroker> {
	const { process, ready } = await start(options, { SANDBOX_ONLY: 'broker' });
	const { broker } = CompanyAddresses.pick({ broker: true }).parse(ready);
	return { url: broker.url, process, ...endings(process) };
}

/** node:sqlite without a flag needs Node 22.13; the sandbox is built for the Node that n8n needs. */
const leastNode = 24;

async function start(
	options: unknown,
	environment: Record<string, string>,
): Promise<{ process: ChildProcess; ready: unknown }> {
	const require = createRequire(__filename);
	const child = spawn(
		nodeProgram(),
		['--import', pathToFileURL(require.resolve('tsx')).href, join(__dirname, 'main.ts')],
		{
			stdio: ['pipe', 'pipe', 'inherit'],
			env: {
				...process.env,
				NODE_OPTIONS: '',
				...environment,
				SANDBOX_COMPANY: JSON.stringify(options),
				SANDBOX_STOP_WITH_PARENT: '1',
			},
		},
	);
	const ended = once(child, 'exit').then(([code, signal]) => {
		throw new Error(
			`The sandbox company ended before it was ready (${String(signal ?? `exit code ${String(code)}`)}); its message is above.`,
		);
	});
	const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text));
	const ready = Ready.parse(JSON.parse(await Promise.race([line, ended])));
	ended.catch(() => undefined);
	return { process: child, ready };
}

const Ready = z.looseObject({ ready: z.literal(true) });

function endings(child: ChildProcess): { close(): Promise<void>; kill(): Promise<void> } {
	const end = async (signal: NodeJS.Signals): Promise<void> => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const exit = once(child, 'exit');
		child.kill(signal);
		await exit;
	};
	return { close: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

function nodeProgram(): string {
	if (Number(process.versions.node.split('.')[0]) >= leastNode) return process.execPath;
	return join(__dirname, '../../node_modules/.bin/node');
}
