/** `npm start`: sets up what is missing and runs the sandbox company and n8n until Ctrl-C. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './failure.mjs';
import { environmentFor } from './node24.mjs';
import { root } from './paths.mjs';
import { setup } from './setup.mjs';

await run(async () => {
	const node = await setup();
	const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
	// In a process group of its own, so that a terminal's Ctrl-C comes through here only and everything stops in order.
	const child = spawn(
		node,
		['--import', tsx, join(root, 'sandbox', 'n8n', 'launch.ts'), ...process.argv.slice(2)],
		{
			cwd: root,
			detached: process.platform !== 'win32',
			stdio: ['pipe', 'inherit', 'inherit'],
			env: environmentFor(node),
		},
	);
	process.on('SIGINT', () => child.kill('SIGINT'));
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
