import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../sandbox/n8n/ports';

export interface Broker {
	url: string;
	close(): Promise<void>;
}

/** Where Debian puts it, which is not on every user's PATH. */
const debianProgram = '/usr/sbin/mosquitto';

/** Mosquitto on loopback with persistence, and with no limit on what waits for an absent or slow subscriber. */
export async function startMosquitto(folder: string): Promise<Broker> {
	await mkdir(folder, { recursive: true });
	const port = await freePort();
	const file = join(folder, 'mosquitto.conf');
	const lines = [
		`listener ${port} 127.0.0.1`,
		'allow_anonymous true',
		`user ${userInfo().username}`,
		'persistence true',
		`persistence_location ${folder}/`,
		'max_queued_messages 0',
		`log_dest file ${join(folder, 'mosquitto.log')}`,
	];
	await writeFile(file, `${lines.join('\n')}\n`);
	const program = existsSync(debianProgram) ? debianProgram : 'mosquitto';
	const child = spawn(program, ['-c', file], { stdio: 'ignore' });
	const ended = Promise.race([once(child, 'exit'), once(child, 'error')]);
	let running = true;
	void ended.then(() => (running = false));
	for (const until = Date.now() + 10_000; !(await accepts(port)); await pause(50)) {
		if (!running || Date.now() > until)
			throw new Error(`Mosquitto (${program}) did not start; see ${folder} for its log.`);
	}
	const stop = (): void => void child.kill('SIGKILL');
	process.once('exit', stop);
	return {
		url: `mqtt://127.0.0.1:${port}`,
		async close() {
			process.off('exit', stop);
			child.kill('SIGTERM');
			await ended;
		},
	};
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
