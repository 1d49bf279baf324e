import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LdapAccess } from '../../../connectors/ldap/ldapAccess';
import type { LdapOptions } from '../../../connectors/ldap/directory';
import { UnavailableError } from '../../../core/ports/errors';
import { Authority } from '../../connectors/mqttCertificates';
import { administrator, peopleBase, startSlapd, suffix, type Slapd } from './slapd';

jest.setTimeout(120_000);

let folder: string;
let authority: Authority;
let stranger: Authority;
let server: Slapd;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-ldap-tls-'));
	authority = await Authority.create(folder, 'directory');
	stranger = await Authority.create(folder, 'stranger');
	server = await startSlapd({ passwordPolicy: true, certificate: await authority.issue('server') });
	await server.administer(async (client) => {
		for (const uid of ['wang.fang', 'li.qiang'])
			await client.add(dnOf(uid), {
				objectClass: 'inetOrgPerson',
				uid,
				cn: uid,
				sn: uid,
				userPassword: `of ${uid}`,
			});
		await client.add(`cn=buyers,${suffix}`, {
			objectClass: 'groupOfNames',
			cn: 'buyers',
			member: [dnOf('wang.fang'), dnOf('li.qiang')],
		});
	});
});
afterAll(async () => {
	await server?.close();
	await rm(folder, { recursive: true, force: true });
});

const dnOf = (uid: string) => `uid=${uid},${peopleBase}`;
const access = (options: Partial<LdapOptions>) =>
	new LdapAccess({
		system: 'ldap',
		url: server.url,
		bindDn: administrator.dn,
		password: administrator.password,
		baseDn: suffix,
		timeoutMs: 10_000,
		...options,
	});
const membersOf = async () =>
	await server.administer(async (client) => {
		const { searchEntries } = await client.search(`cn=buyers,${suffix}`, {
			scope: 'base',
			attributes: ['member'],
		});
		return [searchEntries[0]?.member ?? []].flat().map(String).sort();
	});
const ways: Record<string, () => Partial<LdapOptions>> = {
	'TLS from the first byte': () => ({ url: server.secureUrl ?? '' }),
	StartTLS: () => ({ startTls: true }),
};

test.each(Object.entries(ways))(
	'over %s a right is read, taken, given back and read back, as in the clear',
	async (_name, way) => {
		const secure = access({ ...way(), caCertificate: authority.ca });
		const { accounts, rights, grants, complete } = await secure.grants();
		expect(complete).toBe(true);
		expect(await access({}).grants()).toMatchObject({ accounts, rights, grants });
		const account = accounts.find(({ login }) => login === 'wang.fang')?.key ?? '';
		const right = rights.find(({ name }) => name === 'buyers')?.key ?? '';
		await secure.revoke({ account, right });
		expect(await membersOf()).toEqual([dnOf('li.qiang')]);
		await secure.grant({ account, right });
		expect(await membersOf()).toEqual([dnOf('li.qiang'), dnOf('wang.fang')]);
	},
);

test.each(Object.entries(ways))(
	'over %s a certificate that was issued for another host is refused',
	async (_name, way) => {
		const other = await startSlapd({
			certificate: await authority.issue('other', 'DNS:ldap.example.com'),
		});
		try {
			const { url, secureUrl = '' } = other;
			const { startTls = false } = way();
			const elsewhere = access({ url: startTls ? url : secureUrl, startTls, caCertificate: authority.ca });
			await expect(elsewhere.grants()).rejects.toThrow(/altnames|does not match/);
		} finally {
			await other.close();
		}
	},
);

test.each(Object.entries(ways))(
	'over %s a server whose certificate nobody trusts is given no password, and nothing changes',
	async (_name, way) => {
		const { accounts, rights } = await access({}).grants();
		const before = await membersOf();
		for (const trusted of [{ caCertificate: stranger.ca }, {}]) {
			const secure = access({ ...way(), ...trusted });
			const given = { account: accounts[0]?.key ?? '', right: rights[0]?.key ?? '' };
			await expect(secure.grants()).rejects.toThrow(/certificate/);
			await expect(secure.revoke(given)).rejects.toThrow(UnavailableError);
			await expect(secure.deactivate(given.account)).rejects.toThrow(UnavailableError);
		}
		expect(await membersOf()).toEqual(before);
	},
);
