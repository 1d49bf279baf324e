/** `npm run bench:<name>`: sets up what is missing and runs bench/<name>.ts. Arguments after -- go to the benchmark. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { attached } from '../scripts/command.mjs';
import { run } from '../scripts/failure.mjs';
import { environmentFor } from '../scripts/node24.mjs';
import { root } from '../scripts/paths.mjs';
import { installMosquitto } from '../scripts/peers.mjs';
import { setup } from '../scripts/setup.mjs';

await run(async () => {
	const [name, ...forBenchmark] = process.argv.slice(2);
	const node = await setup();
	await installMosquitto();
	const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
	const env = environmentFor(node, { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' });
	const args = ['--import', tsx, join(root, 'bench', `${name}.ts`), ...forBenchmark];
	process.exitCode = await attached(node, args, { cwd: root, env });
});
