import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { startCompany, type Company } from '../../sandbox/company/company';
import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, template } from './harness/orderPath';
import { runByHand } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let company: Company;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-company-'));
	company = await startCompany({
		folder,
		apiKey,
		page: false,
		erp: { publish: false },
		wms: { publish: false },
		hr: { publish: false },
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
	});
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await company?.close();
	await rm(folder, { recursive: true, force: true });
});

/** What the ERP answers to somebody's own call: 403 without the right, 401 without an active account. */
async function status(login: string, path: string, body?: object): Promise<number> {
	const { status: answered } = await axios.request({
		method: body === undefined ? 'GET' : 'POST',
		url: `${company.addresses.erp}/api/${path}`,
		...(body === undefined ? {} : { data: body }),
		headers: { 'x-api-key': apiKey, 'x-on-behalf-of': login },
		validateStatus: () => true,
		proxy: false,
	});
	return answered;
}

const imported = new Map<string, string>();

/** Runs a template as it stands, by hand, and returns what its plan did. */
async function carriedOut(name: string, node: string): Promise<Array<Record<string, unknown>>> {
	const { api } = host();
	const id = imported.get(name) ?? (await api.importWorkflow(await template(`${name}/${name}.json`))).id;
	imported.set(name, id);
	const execution = await api.finished(await api.run(id, 'Run now'));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return itemsOf(execution, node);
}
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

test('joiner: a new person gets an account with the rights of the post, and no others', async () => {
	company.hr.employees.create({
		number: 'E2001',
		name: '新员工 Xin Yuangong',
		login: 'xin.yuangong',
		department: 'PUR',
		position: 'PUR-BUY',
		hiredOn: day(-1),
	});
	expect(await status('xin.yuangong', 'purchases')).toBe(401);
	await carriedOut('joiner-rights-of-the-post', 'Give rights of the post');
	expect(await status('xin.yuangong', 'purchases')).toBe(200);
	expect(await status('xin.yuangong', 'orders')).toBe(403);
	expect(company.accounts.account('xin.yuangong')?.rights.map(({ right }) => right)).toEqual([
		'masterData.read',
		'purchasing.read',
		'purchasing.write',
	]);
});

test('mover: after 48 hours the call that worked is refused; before, it is not', async () => {
	await carriedOut('mover-48-hour-revocation', 'Take old rights');
	company.hr.move('E1014', { on: day(-3), department: 'PUR', position: 'PUR-BUY' });
	company.hr.move('E1015', { department: 'PUR', position: 'PUR-BUY' });
	expect([await status('wang.fang', 'orders'), await status('li.qiang', 'orders')]).toEqual([200, 200]);

	await carriedOut('mover-48-hour-revocation', 'Take old rights');
	expect([await status('wang.fang', 'orders'), await status('wang.fang', 'items')]).toEqual([403, 200]);
	expect(await status('li.qiang', 'orders')).toBe(200);

	const people = { node: 'hr', parameters: { resource: 'employee', operation: 'getAll', returnAll: true } };
	const preview = {
		node: 'accessLifecycle',
		parameters: {
			resource: 'plan',
			operation: 'preview',
			rulesFrom: 'json',
			rules: JSON.stringify({
				posts: [{ position: 'PUR-BUY', rights: ['masterData.read'] }],
				scope: ['mover'],
			}),
		},
	};
	const { items, error } = await runByHand(host().api, [people, preview]);
	expect(error).toBeUndefined();
	const ahead = items.filter(({ person, right }) => person === 'E1015' && right === 'sales.write');
	expect(ahead).toEqual([expect.objectContaining({ state: 'waiting', cause: 'moved' })]);
	const [{ noticedAt, dueAt } = {}] = ahead;
	expect(Date.parse(String(dueAt)) - Date.parse(String(noticedAt))).toBe(48 * 3_600_000);

	company.hr.move('E1015', { department: 'SAL-E', position: 'SAL-REP-E' });
	await carriedOut('mover-48-hour-revocation', 'Take old rights');
	const again = await runByHand(host().api, [people, preview]);
	expect(again.items.some(({ person, noticedAt: at }) => person === 'E1015' && at === noticedAt)).toBe(false);
});

test('leaver: the account and every right are gone at once; what the system only says it took is told by mail', async () => {
	company.accounts.give('zhang.wei', 'invoices.write', { grantedBy: 'somebody by hand' });
	company.hr.terminate('E1016', {});
	expect(await status('zhang.wei', 'orders')).toBe(200);
	await carriedOut('leaver-all-at-once', 'Take everything');
	expect(await status('zhang.wei', 'orders')).toBe(401);
	expect(company.accounts.account('zhang.wei')).toMatchObject({ active: false, rights: [] });

	company.hr.terminate('E1017', {});
	company.accounts.liesAboutRevocations = true;
	await carriedOut('leaver-all-at-once', 'Take everything');
	company.accounts.liesAboutRevocations = false;
	const [mail] = company.mailbox.list().filter(({ subject }) => subject.includes('leavers'));
	expect(mail).toBeDefined();
	expect(await status('liu.yang', 'orders')).toBe(200);
});

test('grant: a right until an instant, an exception with an owner; what is wrong is refused by its name', async () => {
	const { api } = host();
	const pick = (value: string) => ({ __rl: true, mode: 'id', value });
	const grant = {
		resource: 'grant',
		operation: 'grant',
		account: pick('yang.liu'),
		right: pick('invoices.read'),
		grantedBy: 'E1008',
		reason: 'cover',
	};
	expect(await status('yang.liu', 'invoices')).toBe(403);
	const given = await runByHand(api, [
		{ node: 'accessLifecycle', parameters: { ...grant, until: `${day(2)}T12:00:00Z` } },
	]);
	expect(given.items).toEqual([
		expect.objectContaining({ why: 'timeBoxed', until: `${day(2)}T12:00:00.000Z` }),
	]);
	expect(await status('yang.liu', 'invoices')).toBe(200);
	const late = await runByHand(api, [
		{ node: 'accessLifecycle', parameters: { ...grant, until: `${day(-2)}T12:00:00Z` } },
	]);
	expect(late.error).toContain('has passed; nothing was given');
	const revoked = await runByHand(api, [
		{ node: 'accessLifecycle', parameters: { ...grant, operation: 'revoke' } },
	]);
	expect(revoked.items).toEqual([expect.objectContaining({ revoked: true })]);
	expect(await status('yang.liu', 'invoices')).toBe(403);

	const exception = {
		resource: 'exception',
		operation: 'add',
		exceptionId: 'handover',
		person: 'E1018',
		owner: 'E1003',
		reason: 'hands over',
	};
	const endless = await runByHand(api, [
		{ node: 'accessLifecycle', parameters: { ...exception, until: `${day(-1)}T00:00:00Z` } },
	]);
	expect(endless.error).toContain('needs an end that lies ahead');
	const added = await runByHand(api, [
		{ node: 'accessLifecycle', parameters: { ...exception, until: `${day(5)}T00:00:00Z` } },
		{ node: 'accessLifecycle', parameters: { resource: 'exception', operation: 'getAll', returnAll: true } },
		{
			node: 'accessLifecycle',
			parameters: { resource: 'exception', operation: 'withdraw', exception: pick('handover') },
		},
	]);
	expect(added.items).toEqual([{ system: 'sandbox-erp', id: 'handover', withdrawn: true }]);
});
