import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtemp } from 'node:fs/promises';
import { z } from 'zod/v4';
import { spawnCompany } from '../company/spawnCompany';
import { credentialsFor, importCredentials } from './credentials';
import { openFolder } from './launch/folder';
import { newSecret, ownerOf } from './launch/owner';
import { readOptions } from './launch/options';
import { refuseTakenPorts } from './launch/ports';
import { importTemplates } from './launch/templates';
import { LaunchFailure } from './launch/failure';
import { type N8n, startN8n } from './n8n';
import { installPackage, packageTarball } from './package';

/**
 * Starts the sandbox company with its broker and a real n8n with this package, and stays until it is told to stop. Data is
 * in one folder, so that a second start goes on where the first stopped.
 */
async function launch(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	const folder = openFolder(options.folder);
	const { ports } = options;
	await refuseTakenPorts(ports);

	const closing: Array<{ close: () => Promise<unknown>; kill: () => Promise<unknown> }> = [];
	stopOnSignals(closing, folder.release);

	say('Starting the sandbox company');
	const secrets = folder.remember('company.json', () => ({
		apiKey: newSecret(),
		brokerPassword: newSecret(),
	}));
	const company = await spawnCompany({
		folder: join(options.folder, 'company'),
		apiKey: secrets.apiKey,
		ports,
		plantErrors: true,
		broker: { embedded: true, username: 'n8n', password: secrets.brokerPassword },
	});
	closing.push(company);

	const userFolder = join(options.folder, 'n8n');
	const credentials = credentialsFor(company.addresses, secrets.apiKey);
	const { newly: firstStart, owner } = ownerOf(folder);
	say(firstStart ? 'Preparing n8n' : 'Starting n8n');
	const packed = await mkdtemp(join(tmpdir(), 'erp-bridge-packed-'));
	await installPackage(userFolder, await packageTarball(packed));
	rmSync(packed, { recursive: true, force: true });
	const reachable = JSON.stringify(credentials);
	const before = folder.recall<{ reachable: string }>('credentials.json');
	const known = z.array(z.object({ id: z.string() })).parse(JSON.parse(before?.reachable ?? '[]'));
	const added = credentials.filter(({ id }) => !known.some((one) => one.id === id));
	if (added.length > 0) await importCredentials(userFolder, added);
	const n8n = await startN8n({ userFolder, port: ports.editor, allModules: true });
	closing.unshift({ close: () => n8n.stop('SIGTERM'), kill: () => n8n.stop('SIGKILL') });
	await n8n.api.signIn(owner);
	// A user may have edited the credentials: they are written again only when the addresses have changed.
	if (before && before.reachable !== reachable)
		for (const credential of credentials) await n8n.api.setCredential(credential);
	folder.write('credentials.json', { reachable });
	await importTemplates(n8n.api, folder, say);

	announce(n8n, company.addresses.page, owner, firstStart, folder.path('owner.json'));
	const reason = await Promise.race([
		n8n.ended.then((how) => `n8n ended (${how}); its log is ${n8n.logFile}`),
		new Promise<string>((resolve) =>
			company.process.once('exit', (code, signal) =>
				resolve(`The sandbox company ended (${signal ?? `exit code ${code}`})`),
			),
		),
	]);
	if (stopping > 0) return;
	await stopAll(closing, folder.release);
	throw new LaunchFailure(`${reason}. Run npm start again to go on with the same data.`);
}

function announce(
	n8n: N8n,
	page: string | undefined,
	owner: { email: string; password: string },
	first: boolean,
	file: string,
): void {
	const password = first ? owner.password : `(in ${file})`;
	console.log(`
  Editor         ${n8n.url}
                 user ${owner.email}, password ${password}
  Sandbox page   ${page ?? '(switched off)'}

Ctrl-C stops everything; npm start goes on with the same data.`);
}

let stopping = 0;

/** The first signal, or the end of the starter, stops everything in order; a second one at once. */
function stopOnSignals(
	closing: Array<{ close: () => Promise<unknown>; kill: () => Promise<unknown> }>,
	release: () => void,
): void {
	const stop = (): void => {
		stopping += 1;
		if (stopping === 1) {
			say('Stopping');
			void stopAll(closing, release).then(() => process.exit(0));
		} else {
			void Promise.all(closing.map(async ({ kill }) => await kill())).finally(() => {
				release();
				process.exit(1);
			});
		}
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	process.stdin.once('end', stop).resume();
}

async function stopAll(
	closing: Array<{ close: () => Promise<unknown> }>,
	release: () => void,
): Promise<void> {
	for (const { close } of closing) await close();
	release();
}

function say(what: string): void {
	console.log(`${what} ...`);
}

launch().catch((error: unknown) => {
	console.error(error instanceof LaunchFailure ? `\n${error.message}` : error);
	process.exit(1);
});
