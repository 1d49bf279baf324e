import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { startCompany, type Company } from '../../sandbox/company/company';
import type { Mail } from '../../sandbox/company/mail/mailbox';
import { itemsOf, type Execution } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { apiKey, template } from './harness/orderPath';
import { runByHand } from './harness/runNode';
import { until } from './harness/until';
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
		// Years without review: among others the 37 super administrators.
		plantErrors: true,
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
		erp: { publish: false },
		wms: { publish: false },
		finance: { publish: false },
		hr: { publish: false },
	});
	for (const credential of credentialsFor(company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await company?.close();
	await rm(folder, { recursive: true, force: true });
});

type Item = Record<string, unknown>;

async function imported(name: string): Promise<string> {
	return (await host().api.importWorkflow(await template(`${name}/${name}.json`))).id;
}

async function run(workflow: string, start = 'Run now'): Promise<Execution> {
	const { api } = host();
	const execution = await api.finished(await api.run(workflow, start));
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

/** What came in since the last call. */
let seen = 0;
function newMails(): Mail[] {
	const fresh = company.mailbox.list({ limit: 100 }).filter(({ id }) => Number(id) > seen);
	seen = Math.max(seen, ...fresh.map(({ id }) => Number(id)));
	return fresh;
}

test('Super administrator watch: each is told once, against the limit', async () => {
	const workflow = await imported('super-administrator-watch');
	const [alert] = itemsOf(await run(workflow), 'Alert');
	const [mail, ...others] = newMails();
	expect(others).toEqual([]);
	expect(mail).toMatchObject({ to: ['security@example.com'], subject: alert?.subject });
	expect(mail?.subject).toBe('37 new super administrators, 37 in all, limit 3');
	expect(mail?.text).toContain('That is more than the limit.');
	// Buyers may do everything, and so may accounts that are nobody's.
	expect(alert?.holders).toEqual(expect.arrayContaining(['E1043', 'sandbox-erp: consultant.2019']));

	await run(workflow);
	expect(newMails()).toEqual([]);
});

describe('Weekly access review', () => {
	let workflow: string;
	let letters: Mail[];

	beforeAll(async () => {
		workflow = await imported('weekly-access-review');
		await host().api.publish(workflow);
		await run(workflow);
		letters = newMails();
	});

	const linkTo = (decision: string, about: string) => {
		const letter = letters.find(({ text }) => text.includes(about));
		const line = letter?.text.slice(letter.text.indexOf(about)) ?? '';
		return new RegExp(`${decision}: (\\S+)`).exec(line)?.[1] ?? '';
	};

	/** Sends the form as a browser does, with the link's answers; resolves to the last page. */
	async function follow(link: string): Promise<string> {
		const query = new URL(link).searchParams;
		const form = new FormData();
		form.set('field-0', query.get('Token') ?? '');
		form.set('field-1', query.get('Decision') ?? '');
		form.set('field-2', 'Ma Hongmei');
		form.set('field-3', 'moved to another post');
		const { data } = await axios.post<{ formWaitingUrl: string }>(link.split('?')[0] ?? '', form, {
			proxy: false,
		});
		let shown = '';
		await until('the last page of the form', async () => {
			// n8n may never answer a page that is asked for before its execution waits.
			const answer = await axios
				.get<string>(data.formWaitingUrl, { proxy: false, validateStatus: () => true, timeout: 2_000 })
				.catch(() => undefined);
			shown = answer?.data ?? shown;
			return answer?.status === 200 && /已撤销|尚未撤销|已保留|未作更改/.test(shown);
		});
		return shown;
	}
	const campaign = async (only: string): Promise<Item[]> =>
		(
			await runByHand(host().api, [
				{
					node: 'accessInsights',
					parameters: {
						resource: 'campaign',
						operation: 'getAll',
						campaign: letters[0]?.subject.split(' · ')[1],
						only,
						returnAll: true,
						stateStore: 'sqlite',
					},
				},
			])
		).items;

	/** What the ERP answers to somebody's own call: 403 without the right. */
	async function status(login: string, path: string): Promise<number> {
		const { status: answered } = await axios.get(`${company.addresses.erp}/api/${path}`, {
			headers: { 'x-api-key': apiKey, 'x-on-behalf-of': login },
			validateStatus: () => true,
			proxy: false,
		});
		return answered;
	}

	test('writes to each manager once, with two links for each right that the ERP has', async () => {
		const buyers = letters.find(({ to }) => to.includes('ma.hongmei@sandbox.example'));
		expect(buyers?.text).toContain('Gong Xue · sandbox-erp · purchasing.write');
		expect(buyers?.text.match(/Revoke: /g)?.length).toBe(buyers?.text.match(/Keep: /g)?.length);
		// Nobody is asked about their own rights.
		expect(buyers?.text).not.toContain('Ma Hongmei');
		await run(workflow);
		expect(newMails()).toEqual([]);
	});

	test('"Revoke" takes the right away in the ERP, "Keep" leaves it, and the first decision holds', async () => {
		expect(await status('gong.xue', 'orders')).toBe(200);
		expect(await follow(linkTo('Revoke', 'Gong Xue · sandbox-erp · erp.admin'))).toContain('已撤销');
		// The buyer has the orders only as a super administrator, and the purchases by the post.
		expect([await status('gong.xue', 'orders'), await status('gong.xue', 'purchases')]).toEqual([403, 200]);
		expect(await follow(linkTo('Keep', 'Gong Xue · sandbox-erp · erp.admin'))).toContain('未作更改');
		expect(await status('gong.xue', 'orders')).toBe(403);
		expect(await follow(linkTo('Keep', 'Wen Jing · sandbox-erp · erp.admin'))).toContain('已保留');
		expect(await status('wen.jing', 'orders')).toBe(200);
		expect(await campaign('revoke')).toEqual([
			expect.objectContaining({
				person: 'E1043',
				right: 'erp.admin',
				decidedBy: 'Ma Hongmei',
				reason: 'moved to another post',
			}),
		]);
		expect((await campaign('keep')).map(({ person }) => person)).toEqual(['E1044']);
		expect(newMails()).toEqual([]);
	});

	test('a right that the ERP keeps, whatever it says, is told to the reviewer and to audit', async () => {
		company.accounts.liesAboutRevocations = true;
		try {
			expect(await follow(linkTo('Revoke', 'Pang Bo · sandbox-erp · erp.admin'))).toContain('尚未撤销');
		} finally {
			company.accounts.liesAboutRevocations = false;
		}
		expect(await status('pang.bo', 'orders')).toBe(200);
		expect(newMails().map(({ to, subject }) => [to, subject])).toEqual([
			[['audit@example.com'], 'Not revoked · 未能撤销: sandbox-erp · erp.admin · pang.bo'],
		]);
	});

	test('nobody is reminded on the first day', async () => {
		const execution = await run(workflow, 'Remind now');
		expect(itemsOf(execution, 'Reminders')).toEqual([]);
		expect(newMails()).toEqual([]);
	});
});

test('Monthly behaviour graph: who tries door after door stands in the mail, and page and workbook come along', async () => {
	const workflow = await imported('monthly-behaviour-graph');
	const decide = {
		node: 'abac',
		parameters: {
			resource: 'decision',
			operation: 'decide',
			stateStore: 'sqlite',
			policySet: { __rl: true, mode: 'name', value: 'main' },
			sensitiveOperation: { __rl: true, mode: 'id', value: '={{ $json.operation }}' },
			subject: '={{ $json.employee }}',
			peopleFrom: 'request',
			subjectAttributes: {},
			others: '[]',
			record: '={{ $json.record }}',
			recordAttributes: {},
			requestAttributes: { at: '={{ $json.at }}' },
			options: {},
		},
	};
	const questions = `
		const at = (day, hour) => new Date(Date.now() - (day * 24 + hour) * 3600000).toISOString();
		const usual = Array.from({ length: 60 }, (_, index) => [2, 3, 4].map((day) => ({ employee: 'E' + (1001 + index), operation: 'price.change', record: 'I-' + index, at: at(day, 1) }))).flat();
		const tried = Array.from({ length: 60 }, (_, index) => ({ employee: 'E1043', operation: 'supplier.changeBankDetails', record: 'S-' + index, at: at(2 + index % 5, 1) }));
		return [...usual, ...tried].sort((a, b) => (a.at < b.at ? -1 : 1)).map((json) => ({ json }));`;
	const asked = await runByHand(host().api, [
		{ node: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode: questions } },
		decide,
	]);
	expect(asked.error).toBeUndefined();

	const [report] = itemsOf(await run(workflow), 'Mail');
	expect(report).toMatchObject({ named: ['E1043'] });
	const [mail, ...others] = newMails();
	expect(others).toEqual([]);
	expect(mail?.to).toEqual(['audit@example.com']);
	expect(mail?.text).toContain('Gong Xue (E1043): deniedAttempts');
	expect(mail?.attachments.map(({ name }) => name.split('.').at(-1))).toEqual(['html', 'xlsx']);
	const page = company.mailbox.attachment(mail?.id ?? '', 0)?.content.toString('utf8') ?? '';
	expect(page).toContain('supplier.changeBankDetails');
});
