import axios from 'axios';
import { randomUUID } from 'node:crypto';

import type { Company } from '../../sandbox/company/company';
import { itemsOf } from '../../sandbox/n8n/api';
import { brokerCredential, credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { type FaultProxy, startFaultProxy } from '../conformance/connector/faultProxy';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand } from './harness/runNode';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
let company: Company;
/** Between n8n and the ERP; it counts the requests. */
let erp: FaultProxy;

beforeAll(async () => {
	fixture = await quietCompany();
	({ company } = fixture);
	erp = await startFaultProxy(company.addresses.erp);
	for (const credential of credentialsFor({ ...company.addresses, erp: erp.url }, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => {
	await erp?.close();
	await fixture?.close();
});

type Item = Record<string, unknown>;

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const credentials = {
	[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
	[brokerCredential.type]: { id: brokerCredential.id, name: brokerCredential.name },
};
const syncPolicy = async (resource: string, operation: string, parameters: Item = {}) =>
	await runByHand(host().api, [
		{ node: 'syncPolicy', parameters: { resource, operation, stateStore: 'sqlite', ...parameters } },
	]);

/** Saves a policy in the form and returns its version. */
async function save(policyName: string, rules: Item[]): Promise<number> {
	const { items, error } = await syncPolicy('policy', 'save', {
		policyName,
		policyFrom: 'fields',
		entities: { rule: rules },
		timeToLive: 300,
	});
	expect(error).toBeUndefined();
	return Number(items[0]?.version);
}

interface Step {
	type: string;
	typeVersion?: number;
	parameters: Item;
	[field: string]: unknown;
}

/** Publishes a workflow whose nodes stand in a row, each named after its place. */
async function publish(...steps: Step[]): Promise<string> {
	const nodes = steps.map((step, index) => ({
		typeVersion: 1,
		...step,
		id: randomUUID(),
		name: `Step ${index}`,
		position: [index * 200, 0],
		credentials,
	}));
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [`Step ${index}`, { main: [[{ node: name, type: 'main', index: 0 }]] }]),
	);
	const { id } = await host().api.importWorkflow({
		name: `Sync policy ${randomUUID()}`,
		nodes,
		connections,
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	await host().api.publish(id);
	return id;
}

describe('Record: Get on Demand', () => {
	const path = randomUUID();
	const ask = async (key: string): Promise<Item> =>
		(await axios.get<Item>(`${host().n8n.url}/webhook/${path}?key=${key}`)).data;

	beforeAll(async () => {
		await save('on demand', [{ entity: 'partner', sync: 'pull', timeToLive: 300 }]);
		await publish(
			{
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				webhookId: path,
				parameters: { path, responseMode: 'lastNode', options: {} },
			},
			{
				type: 'n8n-nodes-erp-bridge.syncPolicy',
				parameters: {
					resource: 'record',
					operation: 'get',
					policy: byName('on demand'),
					system: 'sandbox',
					role: 'erp',
					entity: 'partner',
					key: '={{ $json.query.key }}',
					ifAway: 'lastKnown',
					stateStore: 'sqlite',
				},
			},
		);
	});

	test('50 executions that ask for the same partner at once: the ERP gets one request', async () => {
		const before = erp.calls;
		const answers = await Promise.all(Array.from({ length: 50 }, async () => await ask('C-1001')));
		expect(erp.calls - before).toBe(1);
		for (const answer of answers)
			expect(answer).toMatchObject({
				system: 'sandbox-erp',
				entity: 'partner',
				key: 'C-1001',
				stale: false,
				record: { code: 'C-1001', name: 'Claire Gute' },
			});
		expect(answers.filter(({ from }) => from === 'request')).toHaveLength(1);
	});

	test('a change is seen when the time to live is over, and a policy changed meanwhile counts at once', async () => {
		company.erp.partners.change('C-1002', { phone: '1' });
		await ask('C-1002');
		company.erp.partners.change('C-1002', { phone: '2' });
		expect(await ask('C-1002')).toMatchObject({ from: 'cache', record: { phone: '1' } });
		await save('on demand', [{ entity: 'partner', sync: 'pull', timeToLive: 0 }]);
		expect(await ask('C-1002')).toMatchObject({ from: 'request', record: { phone: '2' } });

		await save('on demand', [{ entity: 'partner', sync: 'pull', timeToLive: 2 }]);
		const { fetchedAt } = await ask('C-1002');
		company.erp.partners.change('C-1002', { phone: '3' });
		await until('the time to live is over', async () => {
			const answer = await ask('C-1002');
			const age = Date.now() - Date.parse(String(fetchedAt));
			// Never before it is over.
			if (answer.fetchedAt !== fetchedAt) expect(age).toBeGreaterThanOrEqual(2_000);
			return (answer.record as Item).phone === '3';
		});
	});

	test('while the ERP is away the last known record does, marked as stale; once it is invalidated nothing does', async () => {
		await save('on demand', [{ entity: 'partner', sync: 'pull', timeToLive: 0 }]);
		await ask('C-1003');
		erp.inject({ fault: 'status', when: 'before', status: 503 }, { times: Infinity });
		expect(await ask('C-1003')).toMatchObject({ stale: true, record: { code: 'C-1003' } });
		const forgotten = await syncPolicy('record', 'invalidate', {
			systemName: 'sandbox-erp',
			entity: 'partner',
			key: 'C-1003',
		});
		expect(forgotten.items).toEqual([
			{ system: 'sandbox-erp', entity: 'partner', key: 'C-1003', forgotten: 1 },
		]);
		await expect(ask('C-1003')).rejects.toThrow(/status code 500/);
		erp.heal();
		expect(await ask('C-1003')).toMatchObject({ from: 'request' });
	});

	test('the traffic report counts what was asked and what was saved', async () => {
		const { items } = await syncPolicy('traffic', 'getReport', {
			policy: byName('on demand'),
			days: 1,
			language: 'zh-CN',
		});
		const [{ total, summary }] = items as [{ total: Record<string, number>; summary: string }];
		const { reads = 0, requests = 0, fromCache = 0, shared = 0 } = total;
		expect(reads).toBeGreaterThan(50);
		expect(fromCache + shared).toBeGreaterThanOrEqual(49);
		expect(summary).toContain(`节省 ${reads - requests} 次请求`);
	});

	test('an entity that the policy excludes, and a record that is not there, are refused by name', async () => {
		await save('nothing', [{ entity: 'partner', sync: 'none' }]);
		const get = async (policy: string, key: string) =>
			await syncPolicy('record', 'get', {
				policy: byName(policy),
				system: 'sandbox',
				role: 'erp',
				entity: 'partner',
				key,
				ifAway: 'fail',
			});
		expect((await get('nothing', 'C-1001')).error).toMatch(/"nothing" does not let partner of sandbox-erp/);
		expect((await get('on demand', 'C-0')).error).toMatch(/sandbox-erp has no partner "C-0"/);
		expect((await get('on-demand', 'C-1001')).error).toMatch(/no sync policy "on-demand".*"on demand"/);
	});
});

test('Policy: a wrong one is refused by field, and the former goes on; versions can be read and listed', async () => {
	const rule = { entity: 'partner', sync: 'push', fields: ['phone'] };
	expect(await save('versions', [rule])).toBe(1);
	expect(await save('versions', [rule])).toBe(1);
	const wrong = await syncPolicy('policy', 'save', {
		policyName: 'versions',
		policyFrom: 'json',
		definition: '{"entities":{"partner":{"sync":"push","fields":["phon"]}}}',
	});
	expect(wrong.error).toMatch(
		/"versions" can't be used: entities\.partner\.fields: partner has no field "phon"/,
	);
	expect(await save('versions', [{ ...rule, fields: ['phone', 'email'] }])).toBe(2);
	const get = async (version: number) =>
		(await syncPolicy('policy', 'get', { policy: byName('versions'), version })).items[0];
	expect(await get(0)).toMatchObject({
		version: 2,
		policy: { entities: { partner: { fields: ['phone', 'email'] } } },
	});
	expect(await get(1)).toMatchObject({ policy: { entities: { partner: { fields: ['phone'] } } } });
	const { items } = await syncPolicy('policy', 'getAll');
	expect(items).toContainEqual(expect.objectContaining({ name: 'versions', version: 2 }));
});

test('Change: Apply parts what has something to push from what has not', async () => {
	await save('apply', [{ entity: 'partner', sync: 'push', fields: ['name'] }]);
	const path = randomUUID();
	const id = await publish(
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { path, httpMethod: 'POST', responseMode: 'lastNode', options: {} },
		},
		{
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: '={{ $json.body }}', options: {} },
		},
		{
			type: 'n8n-nodes-erp-bridge.syncPolicy',
			parameters: { resource: 'change', operation: 'apply', policy: byName('apply'), stateStore: 'sqlite' },
		},
	);
	const event = (sequence: number, data: Item) => ({
		specversion: '1.0',
		id: `sandbox-erp/partner/C-1/${sequence}`,
		source: '/sandbox-erp',
		type: 'erp-bridge.partner.changed',
		subject: 'C-1',
		time: '2026-01-05T08:00:00Z',
		sequence: String(sequence),
		partitionkey: 'sandbox-erp/partner/C-1',
		data: { code: 'C-1', roles: [], ...data },
	});
	for (const given of [
		event(1, { name: 'A', phone: '1' }),
		event(2, { name: 'A', phone: '2' }),
		event(3, { name: 'B', phone: '2' }),
	])
		await axios.post(`${host().n8n.url}/webhook/${path}`, given, { validateStatus: () => true });
	const outputs = async () => {
		const found = await host().api.executions({ workflowId: id, status: ['success', 'error'] });
		return await Promise.all(
			found.toReversed().map(async ({ id: execution }) => {
				const { resultData } = (await host().api.execution(execution)).data;
				const [push = [], notPushed = []] = resultData.runData['Step 2']?.[0]?.data?.main ?? [];
				return [
					(push ?? []).map(({ json }) => json.data),
					(notPushed ?? []).map(({ json }) => json.notPushed),
				];
			}),
		);
	};
	await until('three executions', async () => (await outputs()).length === 3);
	expect(await outputs()).toEqual([
		[[{ code: 'C-1', roles: [], name: 'A' }], []],
		[[], ['no pushed field changed']],
		[[{ code: 'C-1', roles: [], name: 'B' }], []],
	]);
});

test('ERP Trigger and Event Bus with a policy: only its fields travel, a changed policy counts at once, the saving is told', async () => {
	const policy = 'head office to plants';
	await save(policy, [{ entity: 'partner', sync: 'push', fields: ['name'] }]);
	const id = await publish(
		{
			type: 'n8n-nodes-erp-bridge.erpTrigger',
			parameters: {
				system: 'sandbox',
				entity: 'partner',
				events: ['created', 'changed', 'cancelled', 'deleted'],
				interval: 1,
				startFrom: 'now',
				stateStore: 'sqlite',
				options: {},
			},
		},
		{
			type: 'n8n-nodes-erp-bridge.eventBus',
			parameters: {
				resource: 'event',
				operation: 'publish',
				transport: 'mqtt',
				eventFrom: 'item',
				stateStore: 'sqlite',
				// No broker is there: what is to be sent waits in the outbox.
				options: { syncPolicy: policy, patience: 0 },
			},
		},
	);
	const published = async (): Promise<Item[]> => {
		const found = await host().api.executions({ workflowId: id, status: ['success', 'error'] });
		const executions = await Promise.all(
			found.toReversed().map(async ({ id: execution }) => await host().api.execution(execution)),
		);
		return executions.flatMap((execution) => itemsOf(execution, 'Step 1'));
	};
	const { partners } = company.erp;
	const on = async (key: string, change: Item): Promise<Item | undefined> => {
		const told = async () => (await published()).filter(({ subject }) => subject === key);
		const before = (await told()).length;
		partners.change(key, change);
		await until(`the outcome of ${JSON.stringify(change)}`, async () => (await told()).length > before);
		return (await told()).at(-1);
	};
	// The first look only takes note; whatever it does not see yet is new to it.
	await until('the first look', async () => {
		partners.change('S-2003', { phone: randomUUID() });
		return (await published()).length > 0;
	});
	expect(await on('S-2001', { phone: '1', name: 'First' })).toMatchObject({ status: 'queued' });
	expect(await on('S-2001', { phone: '2' })).toMatchObject({
		subject: 'S-2001',
		status: 'notPushed',
		reason: 'no pushed field changed',
	});
	expect(await on('S-2001', { name: 'Second' })).toMatchObject({ status: 'queued' });
	await save(policy, [{ entity: 'partner', sync: 'push', fields: ['name', 'phone'] }]);
	expect(await on('S-2001', { phone: '3' })).toMatchObject({ status: 'queued' });

	const all = await published();
	const keptBack = all.filter(({ status }) => status === 'notPushed').length;
	const { items } = await syncPolicy('traffic', 'getReport', {
		policy: byName(policy),
		days: 1,
		language: 'en',
	});
	const [report] = items as Array<{ total: Record<string, number>; summary: string }>;
	expect(report?.total).toMatchObject({ eventsSent: all.length - keptBack, eventsKeptBack: keptBack });
	expect(report?.total.bytesKeptBack).toBeGreaterThan(0);
	expect(report?.summary).toMatch(
		new RegExp(
			`^Traffic saved by the sync policy "${policy}": ${keptBack} of ${all.length} events and .* were not sent`,
		),
	);
});

test('an AI agent may use it as a tool', async () => {
	const types = await host().api.call<Array<{ name: string; outputs: unknown }>>('GET', '/types/nodes.json');
	const tool = types.find(({ name }) => name === 'n8n-nodes-erp-bridge.syncPolicyTool');
	expect(tool).toMatchObject({ outputs: ['ai_tool'] });
});

test('the pickers list the policies that are saved', async () => {
	await save('to be listed', [{ entity: 'item', sync: 'push' }]);
	const { results } = await host().api.call<{ results: Array<{ value: string }> }>(
		'POST',
		'/rest/dynamic-node-parameters/resource-locator-results',
		{
			path: '/parameters/policy',
			methodName: 'searchSyncPolicies',
			filter: 'LISTED',
			nodeTypeAndVersion: { name: 'n8n-nodes-erp-bridge.syncPolicy', version: 1 },
			currentNodeParameters: { stateStore: 'sqlite' },
		},
	);
	expect(results).toEqual([{ name: 'to be listed', value: 'to be listed' }]);
	const options = await host().api.call<Array<{ value: string }>>(
		'POST',
		'/rest/dynamic-node-parameters/options',
		{
			path: '/parameters/options.syncPolicy',
			methodName: 'getSyncPolicies',
			nodeTypeAndVersion: { name: 'n8n-nodes-erp-bridge.eventBus', version: 1 },
			currentNodeParameters: { stateStore: 'sqlite' },
		},
	);
	expect(options.map(({ value }) => value)).toContain('to be listed');
});
