import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const alive = (pid) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
};

async function abandoned(file) {
	try {
		const holder = JSON.parse(await readFile(file, 'utf8'));
		return holder.host === hostname() && !alive(holder.pid);
	} catch {
		return false; // Being written or just released: look again.
	}
}

/**
 * Does `work` while no other process holds the lock file; says so once when it has to wait. A lock whose holder has died is taken over.
 */
export async function withLock(file, waitingFor, work) {
	await mkdir(dirname(file), { recursive: true });
	for (let said = false; ; ) {
		try {
			await writeFile(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
			break;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		if (await abandoned(file)) {
			const aside = `${file}.${process.pid}`;
			await rename(file, aside).catch(() => {});
			await rm(aside, { force: true });
			continue;
		}
		if (!said) process.stderr.write(`Another process is ${waitingFor}; waiting for it (lock ${file}).\n`);
		said = true;
		await pause(500);
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}
