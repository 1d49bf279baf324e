import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { installN8n } from './installation';

const run = promisify(execFile);
const checkout = resolve(__dirname, '../..');

interface PackageJson {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: unknown;
	peerDependencies?: unknown;
	optionalDependencies?: unknown;
}

/** Builds this checkout if its sources changed and packs it as `npm publish` would; returns the tarball's path. */
export async function packageTarball(folder: string): Promise<string> {
	const { node } = installN8n();
	await mkdir(folder, { recursive: true });
	await run(node, [join(checkout, 'scripts', 'build.mjs')], { cwd: checkout });
	const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
		cwd: checkout,
		shell: process.platform === 'win32',
	});
	const [packed] = JSON.parse(stdout) as Array<{ filename: string }>;
	if (!packed) throw new Error(`npm pack in ${checkout} named no file; run it by hand to see why.`);
	return join(folder, packed.filename);
}

/**
 * Puts a packed community package where n8n puts it when a user installs it in Settings > Community nodes, in the same
 * steps; only the dependencies come from a cache, so that a second installation needs neither time nor the registry.
 */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const unpacked = await mkdtemp(join(await made(nodesFolder), '.unpacked-'));
	try {
		await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
		const file = join(unpacked, 'package.json');
		const { devDependencies, peerDependencies, optionalDependencies, ...kept } = JSON.parse(
			await readFile(file, 'utf8'),
		) as PackageJson;
		await writeFile(file, JSON.stringify(kept, null, 2));
		if (kept.dependencies)
			await linkTree(await installedDependencies(kept.dependencies), join(unpacked, 'node_modules'));
		const home = join(nodesFolder, 'node_modules', kept.name);
		await rm(home, { recursive: true, force: true });
		await made(join(home, '..'));
		await rename(unpacked, home);
		await recordInLedger(nodesFolder, kept);
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
}

async function made(folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	return folder;
}

/** n8n's own list of what it has installed, beside the packages. */
async function recordInLedger(nodesFolder: string, { name, version }: PackageJson): Promise<void> {
	const file = join(nodesFolder, 'package.json');
	const ledger = existsSync(file)
		? (JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> })
		: { name: 'installed-nodes', private: true, dependencies: {} };
	ledger.dependencies = { ...ledger.dependencies, [name]: version };
	await writeFile(file, JSON.stringify(ledger, null, 2));
}

/** node_modules as n8n's own `npm install` for a community package makes it, kept per set of dependencies. */
async function installedDependencies(dependencies: Record<string, string>): Promise<string> {
	const { cacheFolder } = installN8n();
	const hash = createHash('sha256')
		.update(JSON.stringify([process.platform, process.arch, dependencies]))
		.digest('hex')
		.slice(0, 16);
	const finished = join(cacheFolder, `dependencies-${hash}`);
	if (existsSync(finished)) return join(finished, 'node_modules');
	const folder = await mkdtemp(join(cacheFolder, 'dependencies-unfinished-'));
	try {
		await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
		await run(
			'npm',
			[
				'install',
				'--audit=false',
				'--fund=false',
				'--bin-links=false',
				'--install-strategy=shallow',
				'--ignore-scripts=true',
				'--package-lock=false',
			],
			{ cwd: folder, shell: process.platform === 'win32' },
		);
		// Another process may have been faster; its copy is as good as ours.
		await rename(folder, finished).catch((error: unknown) => {
			if (!existsSync(finished)) throw error;
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	return join(finished, 'node_modules');
}

/** Copies a folder by hard links where the disk allows, by content elsewhere. */
async function linkTree(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const entry of await readdir(from, { withFileTypes: true })) {
		const source = join(from, entry.name);
		const target = join(to, entry.name);
		if (entry.isDirectory()) await linkTree(source, target);
		else await link(source, target).catch(async () => await copyFile(source, target));
	}
}
