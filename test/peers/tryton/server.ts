import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
	copyFile,
	glob,
	mkdir,
	mkdtemp,
	open,
	readFile,
	rename,
	rm,
	statfs,
	writeFile,
} from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Debian's own interpreter; another one further up on PATH does not see Debian's modules. */
const python = '/usr/bin/python3';
const setupScript = join(__dirname, 'setup.py');
const cacheFolder = join(__dirname, '../../../node_modules/.cache/tryton-peers');

/** What a database is used for, and the modules that this takes. */
const modules = {
	erp: ['sale', 'sale_amendment', 'purchase'],
	wms: ['stock'],
	finance: ['sale', 'sale_amendment', 'purchase', 'account_asset', 'analytic_account'],
};
export type TrytonRole = keyof typeof modules;

export const trytonUser = 'admin';
/** Only ever reachable on the loopback interface, for the length of a test. */
export const trytonPassword = 'only-for-tests';

export interface TrytonServer {
	/** changes with no restart */
	url: string;
	/** Ends the server as an administrator does, and waits until it is gone. */
	stop(): Promise<void>;
	/** Ends it as a power cut does. */
	kill(): Promise<void>;
	/** Starts it again on the same port with the same databases, after `stop` or `kill`. */
	restart(): Promise<void>;
	/** Moves the server's own clock so much off ours, at once; for servers with a clock that can be moved. */
	moveClock(offsetMs: number): Promise<void>;
	/** Opens a database past Tryton, as whoever may write its file can. */
	edit(database: string, work: (opened: DatabaseSync) => void): void;
	/** Stops it and removes its databases. */
	remove(): Promise<void>;
}

/**
 * A Tryton server of its own, on a free loopback port, with one SQLite database for each entry: a company, a customer
 * "RETAIL", units, and for `erp` accounts; for `finance` also fiscal years, analytic accounts and an asset's product. Prepared databases are kept beside node_modules and copied, so only the first
 * start takes half a minute.
 */
export async function startTryton(
	databases: Record<string, TrytonRole>,
	{ movableClock = false } = {},
): Promise<TrytonServer> {
	requirePackages();
	const folder = await mkdtemp(join(await quickFolder(), 'erp-bridge-tryton-'));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const configuration = join(folder, 'trytond.conf');
	await writeFile(configuration, configurationOf(folder, port));
	for (const [name, role] of Object.entries(databases)) {
		await copyFile(await preparedDatabase(role), join(folder, `${name}.sqlite`));
	}
	const clock = join(folder, 'clock');
	await writeFile(clock, '+0');
	const environment = movableClock ? { ...process.env, ...(await movedBy(clock)) } : process.env;
	let child: ChildProcess | undefined;
	const restart = async () => {
		child = await launch(configuration, Object.keys(databases), folder, url, environment);
	};
	const end = async (signal: NodeJS.Signals) => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const gone = once(running, 'exit');
		running.kill(signal);
		await gone;
	};
	try {
		await restart();
	} catch (error) {
		await end('SIGKILL');
		throw error;
	}
	return {
		url,
		restart,
		stop: () => end('SIGTERM'),
		kill: () => end('SIGKILL'),
		moveClock: async (offsetMs) => {
			if (!movableClock) throw new Error('the clock of this server cannot be moved');
			// In one step: the server reads it at any moment.
			await writeFile(`${clock}.new`, `${offsetMs < 0 ? '' : '+'}${offsetMs / 1_000}`);
			await rename(`${clock}.new`, clock);
		},
		edit: (database, work) => {
			const opened = new DatabaseSync(join(folder, `${database}.sqlite`));
			try {
				work(opened);
			} finally {
				opened.close();
			}
		},
		remove: async () => {
			await end('SIGTERM');
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** In memory where there is room: SQLite waits for the disk several times a transaction, and no test cuts the power of the machine. */
async function quickFolder(): Promise<string> {
	const memory = '/dev/shm';
	try {
		const { bavail, bsize } = await statfs(memory);
		return bavail * bsize > 512 * 1024 * 1024 ? memory : tmpdir();
	} catch {
		return tmpdir();
	}
}

/** libfaketime between the server, SQLite in it, and the system's clock. */
async function movedBy(file: string): Promise<Record<string, string>> {
	for await (const library of glob('/usr/lib/*/faketime/libfaketimeMT.so.1')) {
		return {
			LD_PRELOAD: library,
			FAKETIME_TIMESTAMP_FILE: file,
			FAKETIME_NO_CACHE: '1',
		};
	}
	throw new Error('libfaketime is not installed; `npm run test:peers` installs it on Debian.');
}

/**
 * The same on a PostgreSQL server, with one new database named after the role. There many write at once, and a transaction's rows appear
 * when it ends.
 */
export async function startTrytonOnPostgres(
	postgresUri: string,
	role: TrytonRole,
): Promise<Pick<TrytonServer, 'url' | 'remove'>> {
	requirePackages();
	const folder = await mkdtemp(join(await quickFolder(), 'erp-bridge-tryton-'));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const configuration = join(folder, 'trytond.conf');
	await writeFile(configuration, configurationOf(folder, port, postgresUri), { mode: 0o600 });
	await fillDatabase(configuration, folder, role, `${postgresUri}/${role}`);
	const child = await launch(configuration, [role], folder, url, process.env);
	return {
		url,
		remove: async () => {
			const gone = once(child, 'exit');
			child.kill('SIGTERM');
			await gone;
			await rm(folder, { recursive: true, force: true });
		},
	};
}

function requirePackages(): void {
	const probe = spawnSync(
		python,
		[
			'-W',
			'ignore',
			'-c',
			'import proteus, trytond.modules.stock, trytond.modules.sale_amendment, trytond.modules.purchase, trytond.modules.account_asset, trytond.modules.analytic_account',
		],
		{ encoding: 'utf8' },
	);
	if (probe.status === 0) return;
	throw new Error(
		`Tryton is not installed; \`npm run test:peers\` installs it on Debian.\n${probe.stderr ?? probe.error?.message ?? ''}`,
	);
}

/** With a queue and nobody who works it, confirmed sales stay in their grace period until a test processes them. */
function configurationOf(folder: string, port: number, uri = 'sqlite://'): string {
	return [
		'[database]',
		`uri = ${uri}`,
		`path = ${folder}`,
		'[queue]',
		'worker = True',
		'[web]',
		`listen = 127.0.0.1:${port}`,
		'',
	].join('\n');
}

/** Path of a database that is ready to be copied; made once for each state of the set-up script and each year, which is its fiscal year. */
async function preparedDatabase(role: TrytonRole): Promise<string> {
	const script = await readFile(setupScript);
	const state = createHash('sha256')
		.update(script)
		.update(JSON.stringify([modules, trytonPassword, trytonVersion(), new Date().getFullYear()]))
		.digest('hex');
	const prepared = join(cacheFolder, `${role}-${state.slice(0, 16)}.sqlite`);
	if (await exists(prepared)) return prepared;
	await mkdir(cacheFolder, { recursive: true });
	const folder = await mkdtemp(join(await quickFolder(), 'erp-bridge-tryton-setup-'));
	try {
		const configuration = join(folder, 'trytond.conf');
		await writeFile(configuration, configurationOf(folder, 0));
		await writeFile(join(folder, `${role}.sqlite`), '');
		await fillDatabase(configuration, folder, role, `sqlite:///${role}`);
		// Into its place in one step: another test file may be preparing the same.
		const complete = `${prepared}.${randomBytes(4).toString('hex')}`;
		await copyFile(join(folder, `${role}.sqlite`), complete);
		await rename(complete, prepared);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	return prepared;
}

/** Makes a company of an empty database. */
async function fillDatabase(
	configuration: string,
	folder: string,
	role: TrytonRole,
	uri: string,
): Promise<void> {
	const passwordFile = join(folder, 'password');
	await writeFile(passwordFile, trytonPassword, { mode: 0o600 });
	const admin = ['trytond-admin', '-c', configuration, '-d', role];
	const environment = { ...process.env, TRYTONPASSFILE: passwordFile };
	await run([...admin, '--all', '--email', 'admin@example.invalid'], environment);
	await run([...admin, '-u', ...modules[role], '--activate-dependencies'], environment);
	await run([python, '-W', 'ignore', setupScript, configuration, uri], environment);
}

function trytonVersion(): string {
	return spawnSync('trytond', ['--version'], { encoding: 'utf8' }).stdout;
}

async function exists(path: string): Promise<boolean> {
	try {
		await (await open(path)).close();
		return true;
	} catch {
		return false;
	}
}

async function run([command = '', ...parameters]: string[], environment: NodeJS.ProcessEnv): Promise<void> {
	const child = spawn(command, parameters, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
	let output = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		output = (output + text).slice(-4000);
	});
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${code}:\n${output}`);
}

async function launch(
	configuration: string,
	databases: string[],
	folder: string,
	url: string,
	environment: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
	const logPath = join(folder, 'trytond.log');
	const log = await open(logPath, 'a');
	const child = spawn('trytond', ['-c', configuration, '-d', ...databases], {
		env: environment,
		stdio: ['ignore', 'ignore', log.fd],
	});
	await log.close();
	while (!(await answers(url))) {
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error(`trytond ended while starting:\n${(await readFile(logPath, 'utf8')).slice(-4000)}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return child;
}

async function answers(url: string): Promise<boolean> {
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ id: 1, method: 'common.server.version', params: [] }),
		});
		return response.ok;
	} catch {
		return false;
	}
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, 'close');
	return port;
}
