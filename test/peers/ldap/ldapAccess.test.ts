import { Client } from 'ldapts';

import { LdapAccess } from '../../../connectors/ldap/ldapAccess';
import { PermissionError } from '../../../core/ports/errors';
import { administrator, peopleBase, startSlapd, suffix, type Slapd } from './slapd';

jest.setTimeout(120_000);

let server: Slapd;
beforeAll(async () => {
	server = await startSlapd({ passwordPolicy: true });
});
afterAll(async () => await server?.close());

const access = (options: Partial<ConstructorParameters<typeof LdapAccess>[0]> = {}) =>
	new LdapAccess({
		system: 'ldap',
		url: server.url,
		bindDn: administrator.dn,
		password: administrator.password,
		baseDn: suffix,
		...options,
	});
const dnOf = (uid: string) => `uid=${uid},${peopleBase}`;
const enter = async (...logins: string[]) =>
	await server.administer(async (client) => {
		for (const uid of logins)
			await client.add(dnOf(uid), {
				objectClass: 'inetOrgPerson',
				uid,
				cn: uid,
				sn: uid,
				userPassword: `of ${uid}`,
			});
	});
const group = async (cn: string, members: string[]) =>
	await server.administer(async (client) => {
		await client.add(`cn=${cn},${suffix}`, { objectClass: 'groupOfNames', cn, member: members });
	});
const membersOf = async (cn: string) =>
	await server.administer(async (client) => {
		const { searchEntries } = await client.search(`cn=${cn},${suffix}`, {
			scope: 'base',
			attributes: ['member'],
		});
		return [searchEntries[0]?.member ?? []].flat().map(String);
	});
/** Signs in as the person does. */
async function signIn(uid: string): Promise<boolean> {
	const client = new Client({ url: server.url });
	try {
		await client.bind(dnOf(uid), `of ${uid}`);
		return true;
	} catch {
		return false;
	} finally {
		await client.unbind().catch(() => undefined);
	}
}
async function held(uid: string, cn: string) {
	const { accounts, rights } = await access().grants();
	return {
		account: accounts.find(({ login }) => login === uid)?.key ?? '',
		right: rights.find(({ name }) => name === cn)?.key ?? '',
	};
}

test('groups are rights; a member that is taken is gone, the last one too; each is safe to repeat', async () => {
	await enter('wang.fang', 'li.qiang');
	await group('buyers', [`UID=wang.fang, OU=people, ${suffix}`, dnOf('li.qiang')]);
	const wang = await held('wang.fang', 'buyers');
	const li = await held('li.qiang', 'buyers');
	const { complete, grants } = await access().grants();
	expect(complete).toBe(true);
	expect(grants.map(({ account, right }) => ({ account, right }))).toEqual(
		expect.arrayContaining([wang, li]),
	);
	for (let times = 0; times < 2; times += 1) await access().revoke(wang);
	expect(await membersOf('buyers')).toEqual([dnOf('li.qiang')]);
	await access().revoke(li);
	expect(await membersOf('buyers')).toEqual([`cn=buyers,${suffix}`]);
	expect(await access().grants()).toMatchObject({ complete: true, grants: [] });
	await access().grant(wang);
	expect(await membersOf('buyers')).toContain(dnOf('wang.fang'));
});

test('whoever is locked can no longer sign in, and is shown as inactive', async () => {
	await enter('zhang.wei');
	expect(await signIn('zhang.wei')).toBe(true);
	const { account } = await held('zhang.wei', '');
	for (let times = 0; times < 2; times += 1) await access().deactivate(account);
	expect(await signIn('zhang.wei')).toBe(false);
	const { accounts } = await access().grants();
	expect(accounts.find(({ key }) => key === account)?.active).toBe(false);
});

test('a user without the right to change is refused by name; a group within a group makes the answer incomplete', async () => {
	await enter('zhao');
	await group('inner', [dnOf('zhao')]);
	await group('outer', [`cn=inner,${suffix}`]);
	const zhao = await held('zhao', 'inner');
	const failure = await access({ bindDn: dnOf('zhao'), password: 'of zhao' })
		.revoke(zhao)
		.catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(PermissionError);
	expect(await membersOf('inner')).toEqual([dnOf('zhao')]);
	expect(await access().grants()).toMatchObject({
		complete: false,
		missing: expect.stringContaining('outer'),
	});
});
