import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { command } from './command.mjs';
import { Failure, run } from './failure.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';

const sources = ['core', 'connectors', 'nodes', 'credentials'];
const dist = join(root, 'dist');
const stamp = join(root, 'node_modules', '.erp-bridge-build');

async function filesUnder(folder) {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) =>
			relative(root, join(entry.parentPath ?? entry.path, entry.name))
				.split(sep)
				.join('/'),
		)
		.sort();
}

/** Compiles into dist/ and puts icons and codex files beside the compiled nodes; does nothing when no source has changed. */
export async function build(node = process.execPath) {
	await withLock(join(root, 'node_modules', '.erp-bridge-build.lock'), 'building', async () => {
		const files = (await Promise.all(sources.map((folder) => filesUnder(join(root, folder))))).flat();
		const print = await fingerprint(files);
		if (existsSync(dist) && print === (await readFile(stamp, 'utf8').catch(() => ''))) return;
		await refuseUnlisted(files);
		await rm(stamp, { force: true });
		await rm(dist, { recursive: true, force: true });
		const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
		// `npm run types` checks the types.
		await command('Compiling', node, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { cwd: root });
		await Promise.all(
			files.filter((file) => /\.svg$|\.png$|\.node\.json$/.test(file)).map((file) => copyBeside(file)),
		);
		await writeFile(stamp, print);
	});
}

async function copyBeside(file) {
	await mkdir(join(dist, dirname(file)), { recursive: true });
	await cp(join(root, file), join(dist, file));
}

async function fingerprint(files) {
	const hash = createHash('sha256');
	for (const file of [...files, 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
		const { mtimeMs, size } = await stat(join(root, file));
		hash.update(`${file} ${mtimeMs} ${size}\n`);
	}
	return hash.digest('hex');
}

/** n8n loads what package.json lists: a node that is missing there is a node that users never see. */
async function refuseUnlisted(files) {
	const { n8n } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	const compiled = (pattern) =>
		files.filter((file) => pattern.test(file)).map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
	compare('nodes', n8n.nodes, compiled(/^nodes\/[^/]+\/[^/]+\.node\.ts$/));
	compare('credentials', n8n.credentials, compiled(/^credentials\/[^/]+\.credentials\.ts$/));
}

function compare(list, listed, present) {
	const missing = present.filter((file) => !listed.includes(file));
	const gone = listed.filter((file) => !present.includes(file));
	if (missing.length === 0 && gone.length === 0) return;
	const parts = [
		missing.length > 0 ? `add ${missing.map((file) => JSON.stringify(file)).join(', ')}` : '',
		gone.length > 0 ? `remove ${gone.map((file) => JSON.stringify(file)).join(', ')}` : '',
	].filter(Boolean);
	throw new Failure(`n8n.${list} in package.json does not match the files: ${parts.join(' and ')}.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(() => build());
