import { TrytonAccess } from '../../../connectors/tryton/access/trytonAccess';
import { TrytonSession } from '../../../connectors/tryton/session';
import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { AuthenticationError, PermissionError, ValidationError } from '../../../core/ports/errors';
import { sessionOf } from './company';
import { startTryton, trytonPassword, trytonUser, type TrytonServer } from './server';

jest.setTimeout(240_000);

let server: TrytonServer;
const transport = axiosTransport();
let access: TrytonAccess;
beforeAll(async () => {
	server = await startTryton({ access: 'wms' });
	access = new TrytonAccess({
		system: 'tryton',
		url: server.url,
		database: 'access',
		user: trytonUser,
		password: trytonPassword,
		transport,
	});
});
afterAll(async () => {
	transport.close();
	await server?.remove();
});

const administrator = () => sessionOf(server.url, 'access');
const password = 'Mq7-tZx4_wKv9';
/** As the person does, anew. */
const signIn = async (login: string) => {
	const answer = await transport({
		method: 'POST',
		url: `${server.url}/access/`,
		body: { id: 1, method: 'common.db.login', params: [login, { password }, 'en'] },
	});
	if (answer.status === 401) throw new AuthenticationError('refused', { system: 'tryton' });
};
/** A user as the administrator enters one, and that user's own session. */
async function enter(login: string): Promise<{ account: string; own: TrytonSession }> {
	const [id] = await administrator().create('res.user', [{ login, name: login, password }]);
	const own = new TrytonSession({
		system: 'tryton',
		url: server.url,
		database: 'access',
		user: login,
		password,
		transport,
	});
	return { account: String(id), own };
}
const rightOf = async (name: string) =>
	(await access.grants()).rights.find((right) => right.name === name)?.key ?? '';
/** A call that takes the group "Stock Administration": enters a location. */
const work = async (session: TrytonSession) =>
	await session.create('stock.location', [{ name: 'Shelf', type: 'storage' }]);

test('a call that worked is refused by Tryton once the right is taken, in the session that is open', async () => {
	const { account, own } = await enter('wang.fang');
	const right = await rightOf('Stock Administration');
	await expect(work(own)).rejects.toBeInstanceOf(PermissionError);
	await access.grant({ account, right });
	await expect(work(own)).resolves.toHaveLength(1);
	const { grants, complete } = await access.grants();
	expect(complete).toBe(true);
	expect(grants).toContainEqual({ system: 'tryton', account, right, why: 'unknown' });
	for (let times = 0; times < 2; times += 1) await access.revoke({ account, right });
	await expect(work(own)).rejects.toBeInstanceOf(PermissionError);
});

test('whoever is made inactive can no longer sign in, and has no rights in the session that is open', async () => {
	const { account, own } = await enter('zhang.wei');
	await access.grant({ account, right: await rightOf('Stock Administration') });
	await expect(work(own)).resolves.toHaveLength(1);
	for (let times = 0; times < 2; times += 1) await access.deactivate(account);
	await expect(work(own)).rejects.toBeInstanceOf(PermissionError);
	await expect(signIn('zhang.wei')).rejects.toBeInstanceOf(AuthenticationError);
	const { accounts } = await access.grants();
	expect(accounts.find(({ key }) => key === account)).toMatchObject({ login: 'zhang.wei', active: false });
});

test('the administrators’ group is marked; the user of the credential never takes its own rights', async () => {
	const { rights, accounts, grants } = await access.grants();
	const administration = rights.filter((right) => right.administrator);
	expect(administration).toHaveLength(1);
	const own = accounts.find(({ login }) => login === trytonUser)?.key ?? '';
	const held = grants.find(({ account }) => account === own);
	await expect(access.deactivate(own)).rejects.toBeInstanceOf(ValidationError);
	await expect(access.revoke({ account: own, right: held?.right ?? '' })).rejects.toBeInstanceOf(
		ValidationError,
	);
});
