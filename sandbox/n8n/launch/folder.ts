import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchFailure } from './failure';

/** What a sandbox remembers between starts: small JSON files that only their owner may read. */
export interface SandboxFolder {
	path(file: string): string;
	recall<T>(file: string): T | undefined;
	write(file: string, content: unknown): void;
	/** What the file holds, or what `make` gives, which is then written. */
	remember<T>(file: string, make: () => T): T;
	/** Lets another launch use the folder. */
	release(): void;
}

/** Opens the folder for this process alone. */
export function openFolder(folder: string): SandboxFolder {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const path = (file: string): string => join(folder, file);
	const recall = <T>(file: string): T | undefined =>
		existsSync(path(file)) ? (JSON.parse(readFileSync(path(file), 'utf8')) as T) : undefined;
	const write = (file: string, content: unknown): void => {
		writeFileSync(path(`${file}.new`), JSON.stringify(content, null, '\t'), { mode: 0o600 });
		renameSync(path(`${file}.new`), path(file));
	};
	const holder = recall<{ pid: number }>('running.json')?.pid;
	if (holder !== undefined && isAlive(holder))
		throw new LaunchFailure(
			`This sandbox is already running (process ${holder}, data in ${folder}). Stop it first, or start another with --folder and other ports. If that process is something else, delete ${path('running.json')}.`,
		);
	write('running.json', { pid: process.pid });
	return {
		path,
		recall,
		write,
		remember: (file, make) => {
			const known = recall<ReturnType<typeof make>>(file);
			if (known !== undefined) return known;
			const made = make();
			write(file, made);
			return made;
		},
		release: () => rmSync(path('running.json'), { force: true }),
	};
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
