import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios, { type AxiosResponse } from 'axios';

import { startCompany, type Company } from '../../sandbox/company/company';
import { type Execution, itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, decisionPointCredential } from '../../sandbox/n8n/credentials';
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

	/** Calls the gate from a workflow of its own, as Execute Sub-workflow does. */
	async function call(workflow: string, request: Item): Promise<() => Promise<Item>> {
		const { api } = host();
		const nodes = [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
			{
				name: 'Request',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: { mode: 'raw', jsonOutput: JSON.stringify({ ...asked, ...request }), options: {} },
			},
			{
				name: 'Gate',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				parameters: {
					workflowId: { __rl: true, mode: 'id', value: workflow },
					workflowInputs: { mappingMode: 'defineBelow', value: fromRequest, schema: [] },
					mode: 'each',
					options: { waitForSubWorkflow: true },
				},
			},
		].map((node, index) => ({ ...node, id: `step-${index}`, position: [index * 200, 0] }));
		const { id } = await api.importWorkflow({
			name: `Caller for ${String(request.record)}`,
			nodes,
			connections: {
				Start: { main: [[{ node: 'Request', type: 'main', index: 0 }]] },
				Request: { main: [[{ node: 'Gate', type: 'main', index: 0 }]] },
			},
			settings: { executionOrder: 'v1', saveManualExecutions: true },
		});
		const execution = await api.run(id, 'Start');
		return async () =>
			await until(
				`the gate's answer about ${String(request.record)}`,
				async () => {
					const { status, data } = await api.execution(execution);
					if (status === 'error' || status === 'crashed')
						throw new Error(data.resultData.error?.message ?? status);
					return status === 'success' ? itemsOf({ data } as Execution, 'Gate')[0] : undefined;
				},
				150_000,
			);
	}
	const fromRequest = Object.fromEntries(
		[...Object.keys(asked), 'record'].map((name) => [name, `={{ $json.${name} }}`]),
	);
	const mailsAbout = (record: string) =>
		company.mailbox.list().filter(({ subject }) => subject.includes(record));
	/** What the approver does with the mail, in a browser. */
	async function answerMail(record: string, approved: boolean): Promise<void> {
		const mail = await until(`the mail about ${record}`, () => mailsAbout(record)[0], 60_000);
		expect(mail).toMatchObject({ to: [approver], from: 'n8n@example.com' });
		const link = [...mail.text.matchAll(/https?:\/\/[^\s\])>]+/g)]
			.map(([address]) => address)
			.find((address) => address.includes(`approved=${approved}`));
		// The mail may be there before n8n has put the execution to wait.
		await until(`n8n to take the answer about ${record}`, async () => {
			const { status } = await axios.get(link ?? '', {
				headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
				validateStatus: () => true,
				proxy: false,
			});
			return status === 200;
		});
	}

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
		const answer = await call(gate, { record: 'S-APPROVED' });
		await answerMail('S-APPROVED', true);
		expect(await answer()).toMatchObject({
			permitted: true,
			requester: 'E1043',
			approver: 'E1007',
			record: 'S-APPROVED',
			decision: { outcome: 'permit', policies: ['purchasing with an approver'] },
		});
	});

	test('stays closed when the approver refuses', async () => {
		const answer = await call(gate, { record: 'S-REFUSED' });
		await answerMail('S-REFUSED', false);
		expect(await answer()).toMatchObject({ permitted: false, reason: 'E1007 has refused it.' });
	});

	test('stays closed after an approval that the policies do not take', async () => {
		const answer = await call(gate, { record: 'S-POLICY', requester: 'E1048' });
		await answerMail('S-POLICY', true);
		expect(await answer()).toMatchObject({ permitted: false, decision: { reason: 'notPermitted' } });
	});

	test.each([
		['the requester', 'S-OWN', { requester: 'E1007' }, 'E1007 asks and cannot approve it as well.'],
		['nobody of HR', 'S-NOBODY', { approver: 'E9999' }, 'could not be asked'],
		['no longer employed', 'S-LEFT', { approver: 'E1030' }, 'not active in HR'],
		['not given', 'S-NONE', { approver: '' }, 'The request has no approver.'],
	])('stays closed, and sends no mail, when the approver is %s', async (_who, record, request, reason) => {
		const answer = await call(gate, { ...request, record });
		expect(await answer()).toMatchObject({
			permitted: false,
			reason: expect.stringContaining(reason) as string,
		});
		expect(mailsAbout(record)).toEqual([]);
	});

	test('stays closed when the mail server takes no mail', async () => {
		company.faults.smtp.set({ fault: 'refuse', to: '' });
		try {
			const answer = await call(gate, { record: 'S-UNSENT' });
			expect(await answer()).toMatchObject({
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
		expect(mailsAbout('S-LATE')).toHaveLength(1);
	});
});
