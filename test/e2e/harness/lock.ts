import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Takes the write lock, says so, keeps it for the time and gives it back. */
const program = `
const [file, milliseconds] = process.argv.slice(1);
const database = new (require('node:sqlite').DatabaseSync)(file, { timeout: 60000 });
database.exec('BEGIN EXCLUSIVE');
process.stdout.write('locked');
setTimeout(() => { database.exec('ROLLBACK'); database.close(); }, Number(milliseconds));
`;

/** Another process, a backup say, holds an SQLite file locked for so long. Resolves when it has let go. */
export async function holdLocked(file: string, milliseconds: number): Promise<void> {
	const child = spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', '-e', program, '--', file, String(milliseconds)],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);
	const ended = once(child, 'exit');
	await Promise.race([once(child.stdout, 'data'), ended]);
	const [code] = (await ended) as [number | null];
	if (code !== 0) throw new Error(`The process that locks ${file} ended with code ${code}.`);
}
