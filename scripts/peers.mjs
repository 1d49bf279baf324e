import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { command } from './command.mjs';
import { Failure } from './failure.mjs';
import { withProgress } from './progress.mjs';

/** The real systems that test/peers runs against. Each test starts servers of its own; no service of the machine is used. */
const debianPackages = [
	'tryton-server',
	'tryton-proteus',
	'tryton-modules-stock',
	'tryton-modules-sale',
	'tryton-modules-sale-amendment',
	'tryton-modules-purchase',
	'tryton-modules-account-asset',
	'tryton-modules-analytic-account',
	'libfaketime',
	'python3-psycopg2',
	'mosquitto',
	'postgresql',
	'slapd',
	'chromium',
	'fonts-noto-cjk',
];

/** Installs what is missing of the peers on Debian as root; elsewhere refuses with the list of what is missing. */
export async function installPeers() {
	if (existsSync('/etc/debian_version')) await installOnDebian(debianPackages);
	else refuseWithoutPrograms(['trytond-admin', 'mosquitto', 'initdb', 'slapd', 'chromium']);
}

/** The same for the one peer that benchmarks need. */
export async function installMosquitto() {
	if (existsSync('/etc/debian_version')) await installOnDebian(['mosquitto']);
	else refuseWithoutPrograms(['mosquitto']);
}

async function installOnDebian(wanted) {
	const missing = wanted.filter((name) => !installed(name));
	if (missing.length === 0) return;
	if (process.getuid?.() !== 0)
		throw new Failure(
			`This command needs packages that are not installed here. Run: sudo apt-get install ${missing.join(' ')}`,
		);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	await withoutServiceStarts(() =>
		withProgress(`Installing ${missing.join(', ')}`, '/', async (onLine) => {
			await command('apt-get update', 'apt-get', ['update'], { env, onLine });
			const install = ['install', '-y', '--no-install-recommends', ...missing];
			await command('apt-get install', 'apt-get', install, { env, onLine });
		}),
	);
}

function installed(name) {
	try {
		const status = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		return status === 'installed';
	} catch {
		return false;
	}
}

/** Debian starts a service when its package is installed, unless policy-rc.d (invoke-rc.d(8)) forbids it. */
async function withoutServiceStarts(work) {
	const policy = '/usr/sbin/policy-rc.d';
	if (existsSync(policy)) return await work();
	await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
	try {
		return await work();
	} finally {
		const now = await readFile(policy, 'utf8').catch(() => '');
		if (now.endsWith('exit 101\n')) await rm(policy, { force: true });
	}
}

function refuseWithoutPrograms(wanted) {
	const folders = [
		...(process.env.PATH ?? '').split(':'),
		'/usr/sbin',
		'/usr/local/sbin',
		...postgresFolders(),
	];
	const has = (program) => folders.some((folder) => existsSync(`${folder}/${program}`));
	const missing = wanted.filter((name) => !has(name));
	if (missing.length > 0)
		throw new Failure(
			`This command needs programs that are not on this machine: ${missing.join(', ')}. The peers are Tryton 6.0 (server, proteus, psycopg2; modules sale, sale_amendment, purchase, stock, account_invoice_stock, account_asset, analytic_account, company), Mosquitto 2, PostgreSQL 15 or later, Redis 7, libfaketime and Chromium; on Debian this command installs them itself when run as root.`,
		);
}

function postgresFolders() {
	const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
	return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
}
