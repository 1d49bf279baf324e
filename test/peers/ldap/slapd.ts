import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'ldapts';

import { freePort } from '../../../sandbox/n8n/ports';
import type { Certificate } from '../../connectors/mqttCertificates';

/** Where Debian puts it, which is not on every user's PATH. */
const program = '/usr/sbin/slapd';

export const suffix = 'dc=example,dc=com';
export const peopleBase = `ou=people,${suffix}`;
export const administrator = { dn: `cn=admin,${suffix}`, password: 'only-for-tests' };
/** may read, and no more than `readerLimit` entries at a time */
export const reader = { dn: `cn=reader,${suffix}`, password: 'only-for-reading' };
export const readerLimit = 5;

const policy = `cn=policy,${suffix}`;

export interface Slapd {
	url: string;
	/** over TLS from the first byte; present where a certificate was given */
	secureUrl?: string;
	/** as the directory's administrator */
	administer<T>(work: (client: Client) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

export interface SlapdOptions {
	/** a policy that locks accounts */
	passwordPolicy?: boolean;
	/** answers over TLS too: by StartTLS, and at an address of its own */
	certificate?: Certificate;
}

/** An OpenLDAP server of its own on a free loopback port, with an empty branch for people. */
export async function startSlapd({ passwordPolicy = false, certificate }: SlapdOptions = {}): Promise<Slapd> {
	if (!existsSync(program))
		throw new Error(
			`${program} is missing: install Debian's package slapd (npm run test:peers does so as root).`,
		);
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-slapd-'));
	const data = join(folder, 'data');
	await mkdir(data);
	const port = await freePort();
	const url = `ldap://127.0.0.1:${port}`;
	const secureUrl = certificate && `ldaps://127.0.0.1:${await freePort()}`;
	const configuration = join(folder, 'slapd.conf');
	await writeFile(
		configuration,
		[
			...['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
			`pidfile ${join(folder, 'slapd.pid')}`,
			'modulepath /usr/lib/ldap',
			'moduleload back_mdb',
			...(passwordPolicy ? ['moduleload ppolicy'] : []),
			...(certificate === undefined
				? []
				: [`TLSCertificateFile ${certificate.files.cert}`, `TLSCertificateKeyFile ${certificate.files.key}`]),
			'database mdb',
			'maxsize 67108864',
			`suffix "${suffix}"`,
			`rootdn "${administrator.dn}"`,
			`rootpw ${administrator.password}`,
			`directory ${data}`,
			'index objectClass,entryUUID eq',
			`limits dn.exact="${reader.dn}" size.soft=${readerLimit} size.hard=${readerLimit} size.prtotal=${readerLimit}`,
			...(passwordPolicy ? ['overlay ppolicy', `ppolicy_default "${policy}"`] : []),
			'',
		].join('\n'),
		{ mode: 0o600 },
	);
	// In the foreground, so that it ends with us.
	const urls = [url, ...(secureUrl === undefined ? [] : [secureUrl])].join(' ');
	const child = spawn(program, ['-d', '0', '-f', configuration, '-h', urls], { stdio: 'inherit' });
	const gone = once(child, 'exit');
	const administer: Slapd['administer'] = async (work) => {
		const client = new Client({ url, timeout: 30_000, connectTimeout: 30_000 });
		try {
			await client.bind(administrator.dn, administrator.password);
			return await work(client);
		} finally {
			await client.unbind().catch(() => undefined);
		}
	};
	const close = async () => {
		if (child.exitCode === null) {
			child.kill();
			await gone;
		}
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await answering(administer, () => child.exitCode !== null);
		await administer(async (client) => {
			await client.add(suffix, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' });
			await client.add(peopleBase, { objectClass: 'organizationalUnit', ou: 'people' });
			if (passwordPolicy)
				await client.add(policy, {
					objectClass: ['device', 'pwdPolicy'],
					cn: 'policy',
					pwdAttribute: 'userPassword',
					pwdLockout: 'TRUE',
				});
			await client.add(reader.dn, {
				objectClass: ['organizationalRole', 'simpleSecurityObject'],
				cn: 'reader',
				userPassword: reader.password,
			});
		});
	} catch (error) {
		await close();
		throw error;
	}
	return { url, administer, close, ...(secureUrl === undefined ? {} : { secureUrl }) };
}

async function answering(administer: Slapd['administer'], hasEnded: () => boolean): Promise<void> {
	for (const deadline = Date.now() + 60_000; ; await pause(50)) {
		try {
			await administer(async () => undefined);
			return;
		} catch (error) {
			if (hasEnded() || Date.now() > deadline) throw error;
		}
	}
}
