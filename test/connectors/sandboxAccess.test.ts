import { axiosTransport } from '../../connectors/http/axiosTransport';
import { SandboxAccess } from '../../connectors/sandbox/sandboxAccess';
import { ConflictError, NotFoundError } from '../../core/ports/errors';
import { apiKey, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
let access: SandboxAccess;
const transport = axiosTransport();
beforeAll(async () => {
	fixture = await quietCompany({ plantErrors: true });
	access = new SandboxAccess({ url: fixture.company.addresses.erp, apiKey, transport });
});
afterAll(async () => {
	transport.close();
	await fixture.close();
});

async function status(login: string, path: string): Promise<number> {
	const { status: answered } = await transport({
		method: 'GET',
		url: `${fixture.company.addresses.erp}/api/${path}`,
		headers: { 'x-api-key': apiKey, 'x-on-behalf-of': login },
	});
	return answered;
}

test('a call on behalf of an account works as far as its rights go, and is refused once they are taken', async () => {
	expect([await status('wang.fang', 'orders'), await status('wang.fang', 'purchases')]).toEqual([200, 403]);
	await access.grant({ account: 'wang.fang', right: 'purchasing.read' });
	expect(await status('wang.fang', 'purchases')).toBe(200);
	for (let times = 0; times < 2; times += 1)
		await access.revoke({ account: 'wang.fang', right: 'purchasing.read' });
	expect(await status('wang.fang', 'purchases')).toBe(403);
	for (let times = 0; times < 2; times += 1) await access.deactivate('wang.fang');
	expect([await status('wang.fang', 'orders'), await status('nobody', 'orders')]).toEqual([401, 401]);
});

test('a system that says "ok" and changes nothing is found out, and what is not there is no failure', async () => {
	fixture.company.accounts.liesAboutRevocations = true;
	const right = { account: 'li.qiang', right: 'sales.write' };
	await expect(access.revoke(right)).rejects.toBeInstanceOf(ConflictError);
	await expect(access.deactivate('li.qiang')).rejects.toBeInstanceOf(ConflictError);
	fixture.company.accounts.liesAboutRevocations = false;
	await access.revoke({ account: 'nobody', right: 'sales.write' });
	await access.deactivate('nobody');
	await expect(access.grant({ account: 'nobody', right: 'sales.write' })).rejects.toBeInstanceOf(
		NotFoundError,
	);
	await expect(access.grant({ account: 'li.qiang', right: 'none' })).rejects.toBeInstanceOf(NotFoundError);
});

test('with the planted mistakes 37 accounts may do everything, and say when they last did', async () => {
	const { complete, accounts, rights, grants } = await access.grants();
	const everything = new Set(rights.filter(({ administrator }) => administrator).map(({ key }) => key));
	const administrators = grants.filter(({ right }) => everything.has(right));
	expect(complete).toBe(true);
	expect(new Set(administrators.map(({ account }) => account)).size).toBe(37);
	expect(accounts.filter(({ employee }) => employee === undefined).map(({ login }) => login)).toEqual([
		'consultant.2019',
		'wms.interface',
	]);
	expect(administrators.some(({ lastUsedAt }) => lastUsedAt !== undefined)).toBe(true);
});
