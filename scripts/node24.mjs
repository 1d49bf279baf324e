import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cleanEnvironment, command } from './command.mjs';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { withProgress } from './progress.mjs';

const wanted = 24;
const windows = process.platform === 'win32';
const packaged = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

const versionOf = (program) => {
	try {
		return execFileSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
	} catch {
		return undefined;
	}
};
const suits = (version) => version !== undefined && Number(version.split('.')[0]) >= wanted;

/** The Node that runs n8n, our tests and the sandbox: the devDependency `node`, whose install script is run here on purpose. */
export async function node24() {
	if (existsSync(packaged) && suits(versionOf(packaged))) return packaged;
	try {
		await withProgress(`Installing Node ${wanted} for this checkout`, root, (onLine) =>
			command(`Installing Node ${wanted}`, 'npm', ['rebuild', 'node', '--ignore-scripts=false'], {
				cwd: root,
				onLine,
			}),
		);
		if (suits(versionOf(packaged))) return packaged;
	} catch (error) {
		if (!suits(process.versions.node)) throw error;
	}
	if (suits(process.versions.node)) return process.execPath;
	throw new Failure(
		`n8n needs Node ${wanted} or later, this is ${process.versions.node}, and the packaged Node ${wanted} does not run on this system (${process.platform} ${process.arch}). Install Node ${wanted} yourself and run the same command again.`,
	);
}

/** The environment in which `node`, also for native add-ons, means the given one. */
export function environmentFor(node, extra = {}) {
	const clean = cleanEnvironment(extra);
	const pathName = Object.keys(clean).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
	const headers = headersOf(node);
	return {
		...clean,
		...(headers ? { npm_config_nodedir: headers } : {}),
		[pathName]: [dirname(node), join(root, 'node_modules', '.bin'), clean[pathName]].join(delimiter),
	};
}

/** The folder with include/node that belongs to this binary, so that add-ons compile without a download. */
function headersOf(node) {
	const candidates = [
		join(root, 'node_modules', 'node', 'node_modules', `node-${process.platform}-${process.arch}`),
		join(root, 'node_modules', `node-${process.platform}-${process.arch}`),
		dirname(dirname(node)),
	];
	return candidates.find((folder) => existsSync(join(folder, 'include', 'node', 'node.h')));
}
