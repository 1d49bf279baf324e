/** Brings everything that a fresh clone lacks: dependencies, Node 24, the build, n8n. What is there already costs well under a second. */
import { build } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { run, Failure } from './failure.mjs';
import { installN8n } from './n8n.mjs';
import { node24 } from './node24.mjs';
import { pathToFileURL } from 'node:url';

/** @returns {Promise<string>} the Node 24 binary */
export async function setup() {
	if (Number(process.versions.node.split('.')[0]) < 20)
		throw new Failure(
			`This is Node ${process.versions.node}; Node 20 or later is needed to begin with. Install it and try again.`,
		);
	await installDependencies();
	const node = await node24();
	await build(node);
	await installN8n(node);
	return node;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(setup);
