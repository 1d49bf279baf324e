import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { withProgress } from './progress.mjs';

const stamp = join(root, 'node_modules', '.erp-bridge-lock-hash');

const lockHash = async () =>
	createHash('sha256')
		.update(await readFile(join(root, 'package-lock.json')))
		.digest('hex');

async function current() {
	if (!existsSync(stamp)) return false;
	return (await readFile(stamp, 'utf8')) === (await lockHash());
}

/** npm keeps a copy of the lock it installed; a developer's own `npm install` counts as much as ours. */
async function installedByHand() {
	try {
		const [ours, theirs] = await Promise.all(
			[join(root, 'package-lock.json'), join(root, 'node_modules', '.package-lock.json')].map(async (file) =>
				JSON.parse(await readFile(file, 'utf8')),
			),
		);
		return Object.entries(ours.packages).every(
			([path, wanted]) => path === '' || wanted.optional || theirs.packages[path]?.version === wanted.version,
		);
	} catch {
		return false;
	}
}

/** Brings node_modules in line with package-lock.json. */
export async function installDependencies() {
	if (await current()) return;
	if (!(await installedByHand()))
		await withLock(join(root, '.npm-ci.lock'), 'installing dependencies', async () => {
			if (await current()) return;
			await withProgress("Installing this package's dependencies", root, (onLine) =>
				command('npm ci', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'], {
					cwd: root,
					onLine,
				}),
			);
		});
	await writeFile(stamp, await lockHash());
}
