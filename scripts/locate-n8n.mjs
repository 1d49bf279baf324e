/** Installs n8n if it is missing and prints one JSON line that says where everything is. */
import { join } from 'node:path';
import { run } from './failure.mjs';
import { installN8n, n8nVersion } from './n8n.mjs';
import { node24 } from './node24.mjs';
import { cacheFolder } from './paths.mjs';

await run(async () => {
	const node = await node24();
	const folder = await installN8n(node);
	const cli = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	console.log(JSON.stringify({ version: n8nVersion, folder, cli, node, cacheFolder }));
});
