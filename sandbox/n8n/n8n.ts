import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import axios from 'axios';
import { N8nApi } from './api';
import { droppedFiles, modulesNotTested, n8nEnvironment, writtenReports } from './environment';
import { installN8n } from './installation';
import { freePort } from './ports';

export interface N8nOptions {
	/** Holds .n8n with the database, the encryption key and installed packages. */
	userFolder: string;
	/** A free one when left out. */
	port?: number;
	/** Set on top of, and instead of, what n8nEnvironment chooses. */
	env?: Record<string, string>;
	/** Where n8n's own output goes; beside the user folder's .n8n when left out. */
	logFile?: string;
	/** Boots with all of n8n's modules instead of those that tests use. */
	allModules?: boolean;
}

/** A running n8n, and what a test or the launcher does with it. Call api.signIn() before anything else of its api. */
export interface N8n {
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	readonly userFolder: string;
	readonly logFile: string;
	readonly api: N8nApi;
	/** Resolves with the reason when n8n has ended, whoever ended it. */
	readonly ended: Promise<string>;
	/** Sends the signal to n8n and resolves when the process is gone; milliseconds that it took. */
	stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number>;
	/** Resident memory of n8n's main process in MB, now and at its highest (Linux only). */
	memoryMb(): Promise<{ now: number; peak: number }>;
	/** CPU time that n8n's main process has used, in seconds (Linux only). */
	cpuSeconds(): Promise<number>;
}

const bootTimeoutMs = 180_000;

/** Starts n8n in a process group of its own and resolves when it takes requests. It stops when this process ends. */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const installation = installN8n();
	const { userFolder, logFile = join(userFolder, 'n8n.log') } = options;
	const port = options.port ?? (await freePort());
	const brokerPort = await freePort();
	for (const folder of [droppedFiles, writtenReports])
		mkdirSync(join(userFolder, folder), { recursive: true });
	// A file, not a pipe: n8n that logs into a pipe which nobody reads any more never ends.
	const log = openSync(logFile, 'a');
	const child = spawn(
		installation.node,
		['--import', join(__dirname, 'stopWithStarter.mjs'), installation.cli, 'start'],
		{
			cwd: userFolder,
			detached: process.platform !== 'win32',
			stdio: ['pipe', log, log],
			env: n8nEnvironment(
				installation,
				{ userFolder, port, brokerPort },
				{
					ERP_BRIDGE_STARTER: String(process.pid),
					...(options.allModules ? {} : { N8N_DISABLED_MODULES: modulesNotTested.join(',') }),
					...options.env,
				},
			),
		},
	);
	closeSync(log);
	const ended = new Promise<string>((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
	});
	void ended.then(() => killGroup(child));
	const url = `http://127.0.0.1:${port}`;
	await ready(url, child, ended, logFile);
	return {
		url,
		port,
		pid: child.pid ?? 0,
		userFolder,
		logFile,
		api: new N8nApi(url),
		ended,
		stop: async (signal = 'SIGTERM') => {
			const started = performance.now();
			if (child.exitCode === null && child.signalCode === null) child.kill(signal);
			await ended;
			return performance.now() - started;
		},
		memoryMb: async () => await memory(child.pid),
		cpuSeconds: async () => await cpu(child.pid),
	};
}

async function ready(
	url: string,
	child: ChildProcess,
	ended: Promise<string>,
	logFile: string,
): Promise<void> {
	let reason: string | undefined;
	void ended.then((how) => (reason = how));
	for (const until = Date.now() + bootTimeoutMs; ; await pause(50)) {
		if (reason !== undefined)
			throw new Error(
				`n8n ended while it started (${reason}). The end of ${logFile}:\n${await tail(logFile)}`,
			);
		const answer = await axios
			.get(`${url}/healthz/readiness`, { validateStatus: () => true, proxy: false, timeout: 2_000 })
			.catch(() => undefined);
		if (answer?.status === 200) return;
		if (Date.now() > until) {
			child.kill('SIGKILL');
			throw new Error(
				`n8n was not ready after ${bootTimeoutMs / 1000} s and was stopped. The end of ${logFile}:\n${await tail(logFile)}`,
			);
		}
	}
}

async function tail(file: string): Promise<string> {
	const text = await readFile(file, 'utf8').catch(() => '(no log)');
	return text.trim().split('\n').slice(-20).join('\n');
}

/** n8n's task runner is a child of n8n; it must not outlive an n8n that was killed. */
function killGroup(child: ChildProcess): void {
	if (child.pid === undefined || process.platform === 'win32') return;
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// No process of the group is left.
	}
}

async function memory(pid = 0): Promise<{ now: number; peak: number }> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	const megabytes = (field: string): number =>
		Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
	return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

async function cpu(pid = 0): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	// Fields 14 and 15 of proc(5) in clock ticks of 1/100 s; the command name before them may hold spaces.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Runs one of n8n's commands, such as import:credentials, on a user folder whose n8n may be running or not. */
export async function n8nCommand(userFolder: string, args: string[]): Promise<string> {
	const installation = installN8n();
	const ports = { port: await freePort(), brokerPort: await freePort() };
	const { stdout } = await promisify(execFile)(installation.node, [installation.cli, ...args], {
		cwd: userFolder,
		env: n8nEnvironment(installation, { userFolder, ...ports }),
		maxBuffer: 64e6,
	});
	return stdout;
}

/** Resolves when n8n has written a line that matches to its log. */
export async function logged(n8n: N8n, pattern: RegExp, timeoutMs = 60_000): Promise<void> {
	for (const until = Date.now() + timeoutMs; ; await pause(100)) {
		if (pattern.test(await readFile(n8n.logFile, 'utf8'))) return;
		if (Date.now() > until)
			throw new Error(`${n8n.logFile} has no line like ${pattern} after ${timeoutMs / 1000} s.`);
	}
}
