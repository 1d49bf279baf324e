/** `node scripts/asyncapi.mjs`: writes docs/asyncapi.yaml and docs/schemas/ anew from the schemas in core/. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { attached } from './command.mjs';
import { run } from './failure.mjs';
import { environmentFor } from './node24.mjs';
import { root } from './paths.mjs';
import { setup } from './setup.mjs';

await run(async () => {
	const node = await setup();
	const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
	const args = ['--import', tsx, join(root, 'scripts', 'asyncapi', 'write.ts')];
	process.exitCode = await attached(node, args, { cwd: root, env: environmentFor(node, {}) });
});
