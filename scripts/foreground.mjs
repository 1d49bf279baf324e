import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { environmentFor } from './node24.mjs';
import { root } from './paths.mjs';

/**
 * Runs one of our TypeScript programs on the given Node; resolves to its exit code. It has a process group of its own, so that a
 * terminal's Ctrl-C comes through here only and everything stops in order; it ends when its input does.
 */
export async function foreground(node, file, args) {
	const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
	const child = spawn(node, ['--import', tsx, file, ...args], {
		cwd: root,
		detached: process.platform !== 'win32',
		stdio: ['pipe', 'inherit', 'inherit'],
		env: environmentFor(node),
	});
	process.on('SIGINT', () => child.kill('SIGINT'));
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
