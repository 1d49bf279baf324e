import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios, { type AxiosResponse } from 'axios';

import { startCompany, type Company } from '../../sandbox/company/company';
import { credentialsFor, decisionPointCredential } from '../../sandbox/n8n/credentials';
import { answerMail, callWorkflow, mailsAbout } from './harness/approvals';
import { apiKey, template } from './harness/orderPath';
import { runByHand, type ManualRun } from './harness/runNode';
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
		erp: { publish: false },
		wms: { publish: false },
		hr: { publish: false },
		// Nothing is published, so nothing is ever sent there.
		broker: { url: 'mqtt://127.0.0.1:1' },
	});
	const { api } = host();
	for (const credential of credentialsFor(company.addresses, apiKey)) await api.setCredential(credential);
});
afterAll(async () => {
	await company?.close();
	await rm(folder, { recursive: true, force: true });
});

type Item = Record<string, unknown>;

const abac = async (resource: string, operation: string, parameters: Item): Promise<ManualRun> =>
	await runByHand(host().api, [
		{
			node: 'abac',
			parameters: { resource, operation, stateStore: 'sqlite', ...parameters },
			credentials: {
				httpHeaderAuth: { id: decisionPointCredential.id, name: decisionPointCredential.name },
			},
		},
	]);
const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/*
 * The messages are those of the OpenID AuthZEN Authorization API 1.0: sections 6 (evaluation), 7 (evaluations), 8 (searches), 9
 * (metadata) and 10 (HTTPS binding: X-Request-ID, status).
 */
describe('AuthZEN decision point', () => {
	const authorization = `Bearer ${apiKey}`;
	const ask = async (path: string, body: unknown, headers: Item = {}): Promise<AxiosResponse<unknown>> =>
		await axios.post(`${host().n8n.url}/webhook/access/v1/${path}`, body, {
			headers: { authorization, 'content-type': 'application/json', ...headers } as Record<string, string>,
			validateStatus: () => true,
			proxy: false,
		});
	const employee = (id: string) => ({ type: 'user', id });
	const supplier = { type: 'Supplier', id: 'S-2001' };
	const change = { action: { name: 'supplier.changePaymentTerms' }, resource: supplier };
	const logged = async () =>
		(await abac('log', 'getAll', { returnAll: true, filters: {} })).items.map(
			({ subject, operation, outcome }) => `${String(subject)} ${String(operation)} ${String(outcome)}`,
		);

	beforeAll(async () => {
		const { api } = host();
		const { id } = await api.importWorkflow(
			await template('authzen-decision-point/authzen-decision-point.json'),
		);
		await api.publish(id);
		await until('the sample policies', async () => {
			const versions = await abac('policy', 'getVersions', {
				policySet: byName('authzen'),
				returnAll: true,
			});
			return versions.items.length === 1;
		});
	});

	test('names its endpoints, and answers there', async () => {
		const base = `${host().n8n.url}/webhook`;
		const { data, status } = await axios.get<Record<string, string>>(
			`${base}/.well-known/authzen-configuration`,
			{ proxy: false },
		);
		expect(status).toBe(200);
		expect(new URL(data.access_evaluation_endpoint ?? '').pathname).toBe('/webhook/access/v1/evaluation');
		expect(Object.keys(data).sort()).toEqual([
			'access_evaluation_endpoint',
			'access_evaluations_endpoint',
			'policy_decision_point',
			'search_action_endpoint',
			'search_resource_endpoint',
			'search_subject_endpoint',
		]);
	});

	test('permits and denies by what HR says, whatever the request says, and logs it', async () => {
		const permitted = await ask(
			'evaluation',
			{ subject: employee('E1007'), ...change },
			{ 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' },
		);
		expect(permitted.status).toBe(200);
		expect(permitted.headers['x-request-id']).toBe('bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
		expect(permitted.headers['content-type']).toContain('application/json');
		expect(permitted.data).toMatchObject({ decision: true, context: { reason: 'permitted', version: 1 } });

		const denied = await ask('evaluation', {
			subject: { ...employee('E1043'), properties: { rank: 9, department: 'MGT', state: 'active' } },
			...change,
		});
		expect(denied.status).toBe(200);
		expect(denied.data).toMatchObject({ decision: false, context: { reason: 'notPermitted' } });
		expect(await logged()).toEqual([
			'E1007 supplier.changePaymentTerms permit',
			'E1043 supplier.changePaymentTerms deny',
		]);
	});

	test('an employee’s key of another type is nobody, and a record of another type is none of the operation', async () => {
		const service = await ask('evaluation', { subject: { type: 'service', id: 'E1007' }, ...change });
		expect(service.data).toMatchObject({ decision: false, context: { reason: 'malformed' } });
		const invoice = await ask('evaluation', {
			subject: employee('E1007'),
			action: change.action,
			resource: { type: 'Invoice', id: 'S-2001' },
		});
		expect(invoice.data).toMatchObject({ decision: false, context: { reason: 'malformed' } });
	});

	test('refuses what is no request, and who has not the credential', async () => {
		const malformed = await ask('evaluation', { subject: employee('E1007') }, { 'x-request-id': 'r-1' });
		expect(malformed.status).toBe(400);
		expect(malformed.data).toEqual(expect.stringContaining('action') as string);
		expect(malformed.headers['x-request-id']).toBe('r-1');
		expect((await ask('evaluation', [])).status).toBe(400);

		// n8n's own check of a header says 403 to both.
		const stranger = await ask(
			'evaluation',
			{ subject: employee('E1007'), ...change },
			{ authorization: 'Bearer x' },
		);
		expect(stranger.status).toBe(403);
		const nobody = await ask(
			'evaluation',
			{ subject: employee('E1007'), ...change },
			{ authorization: undefined },
		);
		expect(nobody.status).toBe(403);
		expect(JSON.stringify([stranger.data, nobody.data])).not.toContain('decision');
	});

	test('says 401 to nobody where its webhooks ask for a name and password', async () => {
		const { api } = host();
		const id = await api.createCredential({
			id: '',
			name: 'Enforcement point',
			type: 'httpBasicAuth',
			data: { user: 'erp', password: apiKey },
		});
		const given = JSON.stringify(await template('authzen-decision-point/authzen-decision-point.json'))
			.replaceAll('"authentication":"headerAuth"', '"authentication":"basicAuth"')
			.replaceAll(`"httpHeaderAuth":{"id":"${decisionPointCredential.id}"`, `"httpBasicAuth":{"id":"${id}"`)
			.replaceAll('"path":"', '"path":"basic/')
			.replaceAll('"webhookId":"6', '"webhookId":"7');
		const basic = await api.importWorkflow(JSON.parse(given) as Awaited<ReturnType<typeof template>>);
		await api.publish(basic.id);
		const asked = async (auth?: { username: string; password: string }) =>
			await axios.post<unknown>(
				`${host().n8n.url}/webhook/basic/access/v1/evaluation`,
				{ subject: employee('E1007'), ...change },
				{ ...(auth === undefined ? {} : { auth }), validateStatus: () => true, proxy: false },
			);
		const nobody = await asked();
		expect(nobody.status).toBe(401);
		expect(nobody.headers['www-authenticate']).toContain('Basic');
		expect(JSON.stringify(nobody.data)).not.toContain('decision');
		expect((await asked({ username: 'erp', password: apiKey })).data).toMatchObject({ decision: true });
	});

	test.each([
		['execute_all', [false, true, false]],
		['deny_on_first_deny', [false]],
		['permit_on_first_permit', [false, true]],
	])('decides many by %s', async (evaluations_semantic, decisions) => {
		const { status, data } = await ask('evaluations', {
			...change,
			evaluations: ['E1043', 'E1007', 'E0000'].map((id) => ({ subject: employee(id) })),
			options: { evaluations_semantic },
		});
		expect(status).toBe(200);
		expect((data as { evaluations: Item[] }).evaluations.map(({ decision }) => decision)).toEqual(decisions);
	});

	test('finds who may, what they may do, and to what; searches are not logged', async () => {
		const before = await logged();
		const results = async (path: string, body: unknown) => {
			const { status, data } = await ask(`search/${path}`, body);
			expect([status, data]).toEqual([200, expect.any(Object) as object]);
			return (data as { results: Array<{ id?: string; name?: string }> }).results.map(
				({ id, name }) => id ?? name,
			);
		};
		// The heads of the departments and the general manager, of rank 7 and above.
		expect(await results('subject', { subject: { type: 'user' }, ...change })).toEqual([
			'E1001',
			'E1002',
			'E1006',
			'E1007',
			'E1008',
			'E1009',
			'E1010',
		]);
		expect(await results('action', { subject: employee('E1007'), resource: supplier })).toEqual([
			'supplier.changePaymentTerms',
			'supplier.create',
		]);
		expect(
			await results('action', {
				subject: employee('E1007'),
				resource: supplier,
				context: { secondApprover: 'E1008' },
			}),
		).toEqual(['supplier.changePaymentTerms', 'supplier.changeBankDetails', 'supplier.create']);
		const suppliers = company.erp.partners
			.list({ limit: 1_000 })
			.filter(({ body }) => body.roles.includes('supplier'));
		expect(suppliers.length).toBeGreaterThan(1);
		const search = { action: change.action, resource: { type: 'Supplier' } };
		expect(await results('resource', { ...search, subject: employee('E1007') })).toEqual(
			suppliers.map(({ id }) => id),
		);
		expect(await results('resource', { ...search, subject: employee('E1043') })).toEqual([]);
		expect(await logged()).toEqual(before);
	});

	describe('asked by a workflow', () => {
		const question = (given: Item = {}) => ({
			evaluationUrl: `${host().n8n.url}/webhook/access/v1/evaluation`,
			restAuthentication: 'httpHeaderAuth',
			subject: 'E1007',
			subjectType: 'user',
			action: 'supplier.changePaymentTerms',
			record: 'S-2001',
			recordType: 'Supplier',
			askOptions: {},
			...given,
		});
		const asked = async (given?: Item) => {
			const { outputs, error } = await abac('authzen', 'ask', question(given));
			expect(error).toBeUndefined();
			const [permitted = [], denied = []] = outputs;
			expect(permitted.length + denied.length).toBe(1);
			return {
				at: permitted.length === 1 ? 'Permit' : 'Deny',
				...([...permitted, ...denied][0]?.decision as Item),
			};
		};

		test('parts what it permits from what it denies', async () => {
			expect(await asked()).toMatchObject({ at: 'Permit', reason: 'permitted', status: 200 });
			expect(await asked({ subject: 'E1043' })).toMatchObject({ at: 'Deny', reason: 'denied' });
		});

		test('what it refuses, or does not answer, is denied with the reason', async () => {
			expect(await asked({ restAuthentication: 'none' })).toMatchObject({
				at: 'Deny',
				reason: 'refused',
				status: 403,
			});
			expect(await asked({ evaluationUrl: 'http://127.0.0.1:1/' })).toMatchObject({
				at: 'Deny',
				reason: 'unanswered',
				failure: expect.stringContaining('ECONNREFUSED') as string,
			});
			expect(await asked({ evaluationUrl: 'no address' })).toMatchObject({
				at: 'Deny',
				reason: 'unanswered',
				failure: expect.stringContaining('evaluationUrl') as string,
			});
			expect(await asked({ evaluationUrl: `${company.addresses.erp}/health` })).toMatchObject({ at: 'Deny' });
		});
	});
});

/** Called by another workflow, which goes on only where the gate says so. */
describe('Sensitive operation gate', () => {
	const approver = 'ma.hongmei@sandbox.example';
	const asked = {
		operation: 'supplier.changePaymentTerms',
		requester: 'E1043',
		approver: 'E1007',
		amount: '',
		ip: '',
	};
	let gate: string;
	/** The same with a short time limit; n8n looks once a minute for what has waited long enough. */
	let late: string;

	const call = async (workflow: string, request: Item) =>
		await callWorkflow(host().api, workflow, { ...asked, ...request });
	const answer = async (record: string, approved: boolean) =>
		expect(await answerMail(company, record, approved)).toMatchObject({
			to: [approver],
			from: 'n8n@example.com',
		});

	let afterTheLimit: () => Promise<Item>;
	beforeAll(async () => {
		const { api } = host();
		const given = await template('sensitive-operation-gate/sensitive-operation-gate.json');
		gate = (await api.importWorkflow(given)).id;
		await api.publish(gate);
		const short = JSON.stringify(given).replace(
			'"resumeAmount":24,"resumeUnit":"hours"',
			'"resumeAmount":0.01,"resumeUnit":"minutes"',
		);
		late = (await api.importWorkflow(JSON.parse(short) as typeof given)).id;
		await api.publish(late);
		await until('the sample policy', async () => {
			const versions = await abac('policy', 'getVersions', { policySet: byName('gate'), returnAll: true });
			return versions.items.length === 1;
		});
		afterTheLimit = await call(late, { record: 'S-LATE' });
	});

	test('is open after an approval', async () => {
		const answered = await call(gate, { record: 'S-APPROVED' });
		await answer('S-APPROVED', true);
		expect(await answered()).toMatchObject({
			permitted: true,
			requester: 'E1043',
			approver: 'E1007',
			record: 'S-APPROVED',
			decision: { outcome: 'permit', policies: ['purchasing with an approver'] },
		});
	});

	test('stays closed when the approver refuses', async () => {
		const answered = await call(gate, { record: 'S-REFUSED' });
		await answer('S-REFUSED', false);
		expect(await answered()).toMatchObject({ permitted: false, reason: 'E1007 has refused it.' });
	});

	test('stays closed after an approval that the policies do not take', async () => {
		const answered = await call(gate, { record: 'S-POLICY', requester: 'E1048' });
		await answer('S-POLICY', true);
		expect(await answered()).toMatchObject({ permitted: false, decision: { reason: 'notPermitted' } });
	});

	test.each([
		['the requester', 'S-OWN', { requester: 'E1007' }, 'E1007 asks and cannot approve it as well.'],
		['nobody of HR', 'S-NOBODY', { approver: 'E9999' }, 'could not be asked'],
		['no longer employed', 'S-LEFT', { approver: 'E1030' }, 'not active in HR'],
		['not given', 'S-NONE', { approver: '' }, 'The request has no approver.'],
	])('stays closed, and sends no mail, when the approver is %s', async (_who, record, request, reason) => {
		const answered = await call(gate, { ...request, record });
		expect(await answered()).toMatchObject({
			permitted: false,
			reason: expect.stringContaining(reason) as string,
		});
		expect(mailsAbout(company, record)).toEqual([]);
	});

	test('stays closed when the mail server takes no mail', async () => {
		company.faults.smtp.set({ fault: 'refuse', to: '' });
		try {
			const answered = await call(gate, { record: 'S-UNSENT' });
			expect(await answered()).toMatchObject({
				permitted: false,
				reason: expect.stringContaining('The approver could not be asked: ') as string,
			});
		} finally {
			company.faults.smtp.reset();
		}
	});

	test('stays closed when nobody answers in time', async () => {
		expect(await afterTheLimit()).toMatchObject({
			permitted: false,
			reason: 'Nobody has approved it in time.',
		});
		expect(mailsAbout(company, 'S-LATE')).toHaveLength(1);
	});
});

/** The sandbox company's ERP; on Tryton the same is shown in test/peers/tryton/paymentTerms.test.ts. */
describe('Supplier payment terms gate', () => {
	const asked = { requester: 'E1043', approver: 'E1007' };
	const supplier = (code: string) => company.erp.partners.get(code)?.body.supplierPaymentTerms;
	/** The oldest first. */
	const reports = () =>
		company.mailbox
			.list()
			.filter(({ to }) => to.includes('audit@example.com'))
			.toReversed();
	let gate: string;

	beforeAll(async () => {
		const { api } = host();
		const given = await template('supplier-payment-terms-gate/supplier-payment-terms-gate.json');
		gate = (await api.importWorkflow(given)).id;
		await api.publish(gate);
		await until('the sample policy', async () => {
			const versions = await abac('policy', 'getVersions', {
				policySet: byName('supplier-payment-terms'),
				returnAll: true,
			});
			return versions.items.length === 1;
		});
	});
	const call = async (request: Item) => await callWorkflow(host().api, gate, { ...asked, ...request });

	test('new terms reach the ERP after an approval that the policies take, and are not reported; others are, once', async () => {
		const answered = await call({ supplier: 'S-2001', paymentTerms: 'net60' });
		const mail = await answerMail(company, 'S-2001', true);
		expect(mail.text.replace(/\s+/g, ' ')).toContain('net30 → net60');
		expect(await answered()).toMatchObject({
			changed: true,
			supplier: 'S-2001',
			before: 'net30',
			paymentTerms: 'net60',
			decision: { policies: ['purchasing with an approver'] },
		});
		expect(supplier('S-2001')).toBe('net60');

		company.erp.partners.change('S-2002', { supplierPaymentTerms: 'prepaid' });
		await until('the report', () => reports()[0], 60_000);
		// Something else of it changes, and after that the terms of another one: whatever was to be told of the first is told by then.
		company.erp.partners.change('S-2002', { phone: '+86 512 0000 0001' });
		company.erp.partners.change('S-2003', { supplierPaymentTerms: 'net60' });
		await until('the second report', () => reports()[1], 60_000);
		const [first, second] = reports().map(({ text }) => text);
		expect(reports()).toHaveLength(2);
		expect(first).toMatch(/^- S-2002 .*: now prepaid \(.*\); nothing was permitted in the last 7 days/);
		expect(second).toMatch(/^- S-2003 .*: now net60/);
		expect(`${first}${second}`).not.toContain('S-2001');
	});

	test('what was permitted covers those terms of that supplier only', async () => {
		const before = reports().length;
		company.erp.partners.change('S-2001', { supplierPaymentTerms: 'prepaid' });
		await until('the report', () => reports()[before], 60_000);
		expect(reports()[before]?.text).toMatch(/- S-2001 .*: now prepaid .*; last permitted: net60, E1043/);
	});

	test('terms that were changed while the approval was waited for are left alone', async () => {
		const answered = await call({ supplier: 'S-2003', paymentTerms: 'net30' });
		await until('the mail', () => mailsAbout(company, 'S-2003')[0], 60_000);
		company.erp.partners.change('S-2003', { supplierPaymentTerms: 'prepaid' });
		await answerMail(company, 'S-2003', true);
		expect(await answered()).toMatchObject({
			changed: false,
			reason: 'The payment terms were changed while the approval was waited for. Ask again.',
		});
		expect(supplier('S-2003')).toBe('prepaid');
	});

	test('the ERP refuses terms that it does not have, and the answer says so', async () => {
		const answered = await call({ supplier: 'S-2003', paymentTerms: 'net31' });
		await until('the second mail', () => mailsAbout(company, 'S-2003')[1], 60_000);
		await answerMail(company, 'S-2003', true);
		expect(await answered()).toMatchObject({
			changed: false,
			reason: expect.stringMatching(
				/^It was permitted, but the ERP did not take it: .*supplierPaymentTerms/,
			) as string,
		});
	});

	test.each([
		['the approver is the requester', { approver: 'E1043' }, 'E1043 asks and cannot approve it as well.'],
		['the approver is not in HR', { approver: 'E9999' }, 'The approver could not be asked: '],
		['the approver has left', { approver: 'E1030' }, 'not active in HR'],
		['the supplier is unknown', { supplier: 'S-9999' }, 'The supplier could not be read: '],
		['no terms are given', { paymentTerms: '' }, 'The request has no paymentTerms.'],
		[
			'the terms hold already',
			{ paymentTerms: 'prepaid' },
			'The payment terms of S-2002 are prepaid already.',
		],
	])('nothing is written or mailed when %s', async (_why, request, reason) => {
		const asks = mailsAbout(company, 'Approval asked').length;
		const answered = await call({ supplier: 'S-2002', paymentTerms: 'net60', ...request });
		expect(await answered()).toMatchObject({
			changed: false,
			reason: expect.stringContaining(reason) as string,
		});
		expect(supplier('S-2002')).toBe('prepaid');
		expect(mailsAbout(company, 'Approval asked')).toHaveLength(asks);
	});

	test('a refusal, and a permission that the policies do not give, write nothing', async () => {
		const refused = await call({ supplier: 'S-2002', paymentTerms: 'net60' });
		await answerMail(company, 'S-2002', false);
		expect(await refused()).toMatchObject({ changed: false, reason: 'E1007 has refused it.' });
		// No buyer: a salesman.
		const denied = await call({ supplier: 'S-2002', paymentTerms: 'net60', requester: 'E1048' });
		await until('the second mail', () => mailsAbout(company, 'S-2002')[1], 60_000);
		await answerMail(company, 'S-2002', true);
		expect(await denied()).toMatchObject({ changed: false, decision: { reason: 'notPermitted' } });
		expect(supplier('S-2002')).toBe('prepaid');
	});
});
