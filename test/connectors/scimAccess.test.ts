import { axiosTransport } from '../../connectors/http/axiosTransport';
import { ScimAccess } from '../../connectors/scim/scimAccess';
import { ConflictError, NotFoundError } from '../../core/ports/errors';
import { enterprise, scimToken, startScimServer, type ScimServer } from './scimServer';

let server: ScimServer;
const transport = axiosTransport();
let access: ScimAccess;
beforeAll(async () => {
	server = await startScimServer();
	access = new ScimAccess({ system: 'scim', url: `${server.url}/scim/v2`, token: scimToken, transport });
});
afterAll(async () => {
	transport.close();
	await server.close();
});

/** As another client of the directory does. */
async function scim(
	method: 'GET' | 'POST',
	path: string,
	body?: object,
): Promise<Record<string, unknown> & { id: string }> {
	const { body: answer } = await transport({
		method,
		url: `${server.url}/scim/v2${path}`,
		headers: { authorization: `Bearer ${scimToken}`, 'content-type': 'application/scim+json' },
		...(body === undefined ? {} : { body }),
	});
	return (typeof answer === 'string' ? JSON.parse(answer) : answer) as Record<string, unknown> & {
		id: string;
	};
}
const group = async (displayName: string, members: string[]) =>
	(
		await scim('POST', '/Groups', {
			schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
			displayName,
			members: members.map((value) => ({ value })),
		})
	).id;
const membersOf = async (id: string) =>
	(((await scim('GET', `/Groups/${id}`)).members ?? []) as Array<{ value: string }>).map(
		({ value }) => value,
	);

test('groups and their members are rights and grants; a right and an account that are taken are gone in the directory', async () => {
	const [wang = '', li = ''] = await server.put([
		{ userName: 'wang.fang', active: true, [enterprise]: { employeeNumber: 'E1014' } },
		{ userName: 'li.qiang', active: true },
	]);
	const buyers = await group('Buyers', [wang, li]);
	const { complete, grants, rights, accounts } = await access.grants();
	expect(complete).toBe(true);
	expect(grants.map(({ account, right }) => [account, right]).sort()).toEqual(
		[
			[li, buyers],
			[wang, buyers],
		].sort(),
	);
	expect(rights).toEqual([{ key: buyers, name: 'Buyers', administrator: false }]);
	expect(accounts.find(({ key }) => key === wang)).toMatchObject({
		login: 'wang.fang',
		employee: 'E1014',
		active: true,
	});

	for (let times = 0; times < 2; times += 1) await access.revoke({ account: wang, right: buyers });
	expect(await membersOf(buyers)).toEqual([li]);
	await access.grant({ account: wang, right: buyers });
	expect((await membersOf(buyers)).sort()).toEqual([wang, li].sort());
	await access.deactivate(li);
	expect((await scim('GET', `/Users/${li}`)).active).toBe(false);
	await expect(access.grant({ account: wang, right: 'none' })).rejects.toBeInstanceOf(NotFoundError);
});

test('a directory that says "ok" and keeps the member is found out; a group within a group makes the answer incomplete', async () => {
	const [zhao = ''] = await server.put([{ userName: 'zhao', active: true }]);
	const inner = await group('Inner', [zhao]);
	await server.answers({ lying: true });
	await expect(access.revoke({ account: zhao, right: inner })).rejects.toBeInstanceOf(ConflictError);
	await server.answers({});
	await group('Outer', [inner]);
	const { complete, missing } = await access.grants();
	expect([complete, missing]).toEqual([false, expect.stringContaining('Outer')]);
});
