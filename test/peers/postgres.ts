import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgresServer {
	host: string;
	port: number;
	user: string;
	password: string;
	database: string;
	/** Ends the server at once, as a crash would. */
	kill(): Promise<void>;
	/** Starts it again on its port and files. */
	start(): Promise<void>;
	stop(): Promise<void>;
}

const installation = 'PostgreSQL is needed here: apt-get update && apt-get install -y postgresql';

/** For a test that does not crash the server: nothing waits for the disk. */
const notDurable = ['fsync', 'synchronous_commit', 'full_page_writes'].flatMap((name) => [
	'-c',
	`${name}=off`,
]);

/** A PostgreSQL server of one's own in a temporary folder, on a free loopback port. */
export async function startPostgres({ durable = true } = {}): Promise<PostgresServer> {
	const binaries = await findBinaries();
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-postgres-'));
	const identity = await serverIdentity();
	if (identity.uid !== undefined && identity.gid !== undefined)
		await chown(folder, identity.uid, identity.gid);
	const data = join(folder, 'data');
	const passwordFile = join(folder, 'password');
	const password = 'loopback only';
	await writeFile(passwordFile, password, { mode: 0o644 });
	await run(
		join(binaries, 'initdb'),
		['-D', data, '-U', 'bridge', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-sync'],
		{ ...identity, cwd: folder },
	);
	const port = await freePort();
	let running = await serve();

	async function serve() {
		const server = spawn(
			join(binaries, 'postgres'),
			['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', ...(durable ? [] : notDurable)],
			{ ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
		);
		const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
		const log: string[] = [];
		await new Promise<void>((resolve, reject) => {
			createInterface(server.stderr).on('line', (line) => {
				log.push(line);
				if (line.includes('database system is ready to accept connections')) resolve();
			});
			void exited.then(() => reject(new Error(`PostgreSQL did not start:\n${log.join('\n')}`)));
		});
		return { server, exited };
	}

	async function end(signal: NodeJS.Signals) {
		running.server.kill(signal);
		await running.exited;
	}

	return {
		host: '127.0.0.1',
		port,
		user: 'bridge',
		password,
		database: 'postgres',
		kill: () => end('SIGQUIT'),
		async start() {
			running = await serve();
		},
		async stop() {
			await end('SIGINT');
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Debian keeps each version's programs in a folder of its own, outside PATH; others put them on PATH. */
async function findBinaries(): Promise<string> {
	const debian = '/usr/lib/postgresql';
	const versions = (await readdir(debian).catch(() => [])).sort((a, b) => Number(b) - Number(a));
	const folders = [
		...versions.map((version) => join(debian, version, 'bin')),
		...(process.env.PATH ?? '').split(delimiter),
	];
	for (const folder of folders) {
		const programs = await readdir(folder).catch(() => [] as string[]);
		if (programs.includes('initdb') && programs.includes('postgres')) return folder;
	}
	throw new Error(installation);
}

/** PostgreSQL refuses to run as root, so root runs it as the user that its package has made. */
async function serverIdentity(): Promise<{ uid?: number; gid?: number }> {
	if (process.getuid?.() !== 0) return {};
	try {
		const [uid, gid] = await Promise.all(
			['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
		);
		return { uid, gid };
	} catch (error) {
		throw new Error(installation, { cause: error });
	}
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
