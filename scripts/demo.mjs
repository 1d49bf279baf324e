/** `npm run demo:superstore`: sets up what is missing and runs the demo. Arguments after -- go to it. */
import { join } from 'node:path';
import { run } from './failure.mjs';
import { foreground } from './foreground.mjs';
import { root } from './paths.mjs';
import { setup } from './setup.mjs';

await run(async () => {
	const [name = 'superstore', ...args] = process.argv.slice(2);
	const node = await setup();
	process.exitCode = await foreground(node, join(root, 'sandbox', 'demo', `${name}.ts`), args);
});
