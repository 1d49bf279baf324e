import { existsSync, statfsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.mjs';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { environmentFor } from './node24.mjs';
import { cacheFolder } from './paths.mjs';
import { withProgress } from './progress.mjs';

/** Later patches cannot be installed from the registry: one of their dependencies was never published. */
export const n8nVersion = '2.41.1';
const neededBytes = 3.5e9;
const unfinished = `n8n-${n8nVersion}-unfinished-`;

/** Where the finished installation is, or will be. */
export const n8nFolder = join(cacheFolder, `n8n-${n8nVersion}`);
const marker = join(n8nFolder, '.complete.json');

const abiOf = async (node) =>
	(await command('Asking Node for its ABI', node, ['-p', 'process.versions.modules'])).trim();

async function complete(abi) {
	try {
		return JSON.parse(await readFile(marker, 'utf8')).abi === abi;
	} catch {
		return false;
	}
}

/** Makes sure that n8n is installed in the cache for the given Node; about 3 minutes and 3 GB the first time. */
export async function installN8n(node) {
	const abi = await abiOf(node);
	if (await complete(abi)) return n8nFolder;
	await mkdir(cacheFolder, { recursive: true });
	await withLock(join(cacheFolder, `n8n-${n8nVersion}.lock`), 'installing n8n', async () => {
		if (await complete(abi)) return;
		await removeInterrupted();
		refuseWhenFull();
		const folder = await mkdtemp(join(cacheFolder, unfinished));
		try {
			await install(folder, node);
			await writeFile(join(folder, '.complete.json'), JSON.stringify({ version: n8nVersion, abi }));
			await rm(n8nFolder, { recursive: true, force: true });
			await rename(folder, n8nFolder);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	});
	return n8nFolder;
}

/** An installation that was interrupted leaves gigabytes behind. */
async function removeInterrupted() {
	for (const name of await readdir(cacheFolder))
		if (name.startsWith(unfinished)) await rm(join(cacheFolder, name), { recursive: true, force: true });
}

function refuseWhenFull() {
	const { bavail, bsize } = statfsSync(cacheFolder);
	const free = bavail * bsize;
	if (free < neededBytes)
		throw new Failure(
			`Not enough disk space for n8n: it needs ${(neededBytes / 1e9).toFixed(1)} GB in ${cacheFolder}, where ${(free / 1e9).toFixed(1)} GB are free. Free some space, or set ERP_BRIDGE_CACHE to a folder on a larger disk.`,
		);
}

async function install(folder, node) {
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ private: true, name: 'n8n-host', dependencies: { n8n: n8nVersion } }),
	);
	const env = environmentFor(node);
	const npm = (what, args, onLine) => command(what, 'npm', args, { cwd: folder, env, onLine });
	await withProgress(
		`Installing n8n ${n8nVersion} into ${cacheFolder} (once, about 3 GB)`,
		cacheFolder,
		(onLine) =>
			npm(
				'Installing n8n',
				['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'],
				onLine,
			),
	);
	// n8n itself needs only these two of all its dependencies' install scripts.
	await withProgress('Building the native parts of n8n (sqlite3, isolated-vm)', cacheFolder, (onLine) =>
		npm(
			'Building sqlite3 and isolated-vm',
			['rebuild', 'sqlite3', 'isolated-vm', '--ignore-scripts=false'],
			onLine,
		),
	);
	const cli = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	const version = existsSync(cli)
		? (await command('Starting n8n', node, [cli, '--version'], { env })).trim()
		: 'nothing';
	if (version !== n8nVersion)
		throw new Failure(`npm installed ${version} where n8n ${n8nVersion} was asked for.`);
	await command(
		'Loading the native parts of n8n',
		node,
		['-e', "require('sqlite3'); require('isolated-vm')"],
		{
			cwd: join(folder, 'node_modules', 'n8n'),
			env,
		},
	);
}
