import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../sandbox/n8n/ports';

export interface Mosquitto {
	/** changes with no restart */
	url: string;
	/** Ends the broker as an administrator does, and waits until it is gone. */
	stop(): Promise<void>;
	/** Ends it as a power cut does: what it had not written to disk is lost. */
	kill(): Promise<void>;
	/** Starts it again on the same port with what it kept, after `stop` or `kill`. */
	restart(): Promise<void>;
}

/** Where Debian puts it, which is not on every user's PATH. */
const debianProgram = '/usr/sbin/mosquitto';
const startTimeoutMs = 20_000;

/**
 * A Mosquitto of its own on a free loopback port, with the settings that docs/operations.md asks of a site: persistence
 * written every minute, and no limit on what waits for an absent consumer. `listener` are more settings of it, such as for TLS.
 */
export async function startMosquitto(folder: string, listener: string[] = []): Promise<Mosquitto> {
	const data = join(folder, 'mosquitto');
	await mkdir(data, { recursive: true });
	const port = await freePort();
	const file = join(data, 'mosquitto.conf');
	const lines = [
		`listener ${port} 127.0.0.1`,
		...listener,
		'allow_anonymous true',
		`user ${userInfo().username}`,
		'persistence true',
		`persistence_location ${data}/`,
		'autosave_interval 60',
		'max_queued_messages 0',
		`log_dest file ${join(data, 'mosquitto.log')}`,
	];
	await writeFile(file, `${lines.join('\n')}\n`);
	let child: ChildProcess | undefined;
	const restart = async () => {
		child = await launch(file, port);
	};
	const end = async (signal: NodeJS.Signals) => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const gone = once(running, 'exit');
		running.kill(signal);
		await gone;
	};
	await restart();
	return { url: `mqtt://127.0.0.1:${port}`, restart, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function launch(file: string, port: number): Promise<ChildProcess> {
	const program = existsSync(debianProgram) ? debianProgram : 'mosquitto';
	const child = spawn(program, ['-c', file], { stdio: 'ignore' });
	const end = (): void => void child.kill('SIGKILL');
	process.once('exit', end);
	child.once('exit', () => process.off('exit', end));
	const failed = Promise.race([
		once(child, 'error').then(([error]) => String(error)),
		once(child, 'exit').then(([code]) => `exit code ${String(code)}`),
	]);
	let problem: string | undefined;
	void failed.then((reason) => (problem = reason));
	for (const until = Date.now() + startTimeoutMs; !(await accepts(port)); await pause(20)) {
		if (problem === undefined && Date.now() < until) continue;
		throw new Error(
			`Mosquitto (${program}) did not start: ${problem ?? 'no answer'}. On Debian: apt-get install --no-install-recommends mosquitto`,
		);
	}
	return child;
}

async function accepts(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
