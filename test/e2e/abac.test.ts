import axios from 'axios';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { credentialsFor } from '../../sandbox/n8n/credentials';
import { type FaultProxy, startFaultProxy } from '../conformance/connector/faultProxy';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { runByHand, type ManualRun } from './harness/runNode';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
/** Between n8n and the HR system. */
let hr: FaultProxy;

beforeAll(async () => {
	fixture = await quietCompany();
	const { addresses } = fixture.company;
	hr = await startFaultProxy(addresses.hr);
	for (const credential of credentialsFor({ ...addresses, hr: hr.url }, apiKey))
		await host().api.setCredential(credential);
	closedStore.id = await host().api.createCredential({
		...closedStore,
		data: { host: '127.0.0.1', port: 1, database: 'x', user: 'x', password: 'x', ssl: 'disable' },
	});
});
afterAll(async () => {
	await hr?.close();
	await fixture?.close();
});

type Item = Record<string, unknown>;

const closedStore = { id: '', type: 'postgres', name: 'Closed store' };
const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const byId = (value: string) => ({ __rl: true, mode: 'id', value });
const publisher = { by: 'ines.weber', reason: 'first rules' };

async function abac(resource: string, operation: string, parameters: Item, input?: Item): Promise<ManualRun> {
	const step = {
		node: 'abac',
		parameters: { resource, operation, stateStore: 'sqlite', ...parameters },
		credentials: { postgres: { id: closedStore.id, name: closedStore.name } },
	};
	return await runByHand(host().api, [step], input);
}

const question = (policySet: string, given: Item = {}) => ({
	policySet: byName(policySet),
	sensitiveOperation: byId('supplier.changePaymentTerms'),
	subject: 'E1007',
	peopleFrom: 'hr',
	system: 'sandbox',
	record: 'S-1001',
	recordAttributes: {},
	requestAttributes: {},
	options: {},
	...given,
});

/** The decision on the question, and at which output it came. */
async function decide(policySet: string, given: Item = {}) {
	const { outputs, error } = await abac('decision', 'decide', question(policySet, given), { order: 7 });
	expect(error).toBeUndefined();
	const [permitted = [], denied = []] = outputs;
	expect(permitted.length + denied.length).toBe(1);
	const [item] = [...permitted, ...denied];
	expect(item).toMatchObject({ order: 7 });
	return { at: permitted.length === 1 ? 'Permit' : 'Deny', ...(item?.decision as Item) };
}

const inForm = (policySet: string, policy: string, conditions: Item, effect = 'permit') =>
	abac('policy', 'publish', {
		policySet: byName(policySet),
		change: 'form',
		policy,
		effect,
		sensitiveOperations: ['supplier.changePaymentTerms'],
		conditions,
		policyDescription: '',
		...publisher,
	});
const inText = (policySet: string, policy: string, text: string, operation = 'publish') =>
	abac('policy', operation, { policySet: byName(policySet), change: 'text', policy, text, ...publisher });
const everything = (policySet: string, definition: object) =>
	abac('policy', 'publish', {
		policySet: byName(policySet),
		change: 'definition',
		definition: JSON.stringify(definition),
		...publisher,
	});

describe('A sensitive operation', () => {
	test('is decided by what HR says of the employee, at once after a policy was published in the form', async () => {
		expect(await decide('main')).toMatchObject({ at: 'Deny', reason: 'notPermitted', version: 0 });
		const published = await inForm('main', 'managers', {
			departments: 'MGT',
			rankFrom: 7,
			states: 'active',
		});
		expect(published.items[0]).toMatchObject({ version: 1, isNew: true, warnings: [] });

		// Purchasing is a department of general management.
		expect(await decide('main')).toMatchObject({
			at: 'Permit',
			version: 1,
			policies: ['managers'],
			why: 'E1007 may do "Change of supplier payment terms" on Supplier S-1001: the policy "managers" permits it.',
		});
		expect(await decide('main', { subject: 'E1043' })).toMatchObject({ at: 'Deny', reason: 'notPermitted' });
		expect(await decide('main', { subject: 'E0000', options: { language: 'zh-CN' } })).toMatchObject({
			at: 'Deny',
			reason: 'unknownSubject',
			why: expect.stringContaining('没有员工E0000') as unknown,
		});

		const explained = await abac('decision', 'explain', question('main', { subject: 'E1043' }));
		expect(explained.items[0]).toMatchObject({
			outcome: 'deny',
			changes: [{ permittedBy: 'managers', toMeet: ['principal.rank >= 7'] }],
		});
	});

	test('what the request says of the employee counts for nothing where HR is asked', async () => {
		expect(
			await decide('main', {
				subject: 'E1043',
				subjectAttributes: { rank: 9 },
				requestAttributes: { further: '{"rank": 9, "subject": {"rank": 9}}' },
			}),
		).toMatchObject({ at: 'Deny' });
	});

	test('is denied, and never lets anything through, whatever fails', async () => {
		const goOn = async (parameters: Item) => {
			const path = randomUUID();
			const nodes = [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
				{
					name: 'ABAC',
					type: 'n8n-nodes-erp-bridge.abac',
					typeVersion: 1,
					onError: 'continueRegularOutput',
					parameters: { resource: 'decision', operation: 'decide', stateStore: 'sqlite', ...parameters },
					credentials: {
						erpBridgeSandboxApi: { id: 'erpBridgeSandbox1', name: 'Sandbox company' },
						postgres: { id: closedStore.id, name: closedStore.name },
					},
				},
			].map((node, index) => ({ ...node, id: randomUUID(), position: [index * 200, 0] }));
			const { id } = await host().api.importWorkflow({
				name: path,
				nodes,
				connections: { Start: { main: [[{ node: 'ABAC', type: 'main', index: 0 }]] } },
				settings: { executionOrder: 'v1', saveManualExecutions: true },
			});
			const execution = await host().api.finished(await host().api.run(id, 'Start'));
			const [run] = execution.data.resultData.runData['ABAC'] ?? [];
			return (run?.data?.main ?? []).map((items) =>
				(items ?? []).map(({ json }) => (json as Item).decision as Item),
			);
		};
		const denied = async (parameters: Item, reason: string) => {
			const [permitted, refused] = await goOn(parameters);
			expect(permitted).toEqual([]);
			expect(refused).toEqual([expect.objectContaining({ outcome: 'deny', reason })]);
		};
		await denied(question('main', { stateStore: 'postgres' }), 'policiesUnavailable');
		await denied(question('main', { options: { engine: 'none' } }), 'policiesUnavailable');
		await denied(question('main', { policySet: byName(' main') }), 'policiesUnavailable');
		await denied(question('main', { requestAttributes: { further: '{' } }), 'malformed');
		await denied(question('main', { recordAttributes: { further: '[1]' } }), 'malformed');
		await denied(question('main', { subject: { id: 'E1007' } }), 'malformed');
		hr.inject({ fault: 'status', when: 'before', status: 503 }, { times: Infinity });
		await denied(question('main'), 'peopleUnavailable');
		hr.heal();
		await denied(
			question('main', { sensitiveOperation: byId('supplier.changePaymentTerm') }),
			'unknownOperation',
		);
	});

	test('filters a list down to what somebody may see', async () => {
		await inText(
			'lists',
			'own',
			'permit(principal, action == Action::"data.view", resource) when { resource.owner == principal };',
		);
		const filter = (owner: string) =>
			abac(
				'decision',
				'filter',
				question('lists', {
					sensitiveOperation: byId('data.view'),
					recordAttributes: { owner: '={{ $json.owner }}' },
				}),
				{ owner },
			);
		expect((await filter('E1007')).items).toEqual([{ owner: 'E1007' }]);
		expect((await filter('E1043')).items).toEqual([]);
	});
});

describe('A publication while 1,000 requests are running', () => {
	const path = randomUUID();
	const both = (version: number) => ({
		policies: Object.fromEntries(
			['a', 'b'].map((name) => [
				`${name}${version}`,
				'permit(principal, action, resource) when { principal.rank >= 1 };',
			]),
		),
	});

	beforeAll(async () => {
		await everything('busy', both(1));
		const node = (name: string, type: string, typeVersion: number, parameters: Item, more: Item = {}) => ({
			id: randomUUID(),
			name,
			type,
			typeVersion,
			position: [0, 0],
			parameters,
			...more,
		});
		const { id } = await host().api.importWorkflow({
			name: 'Busy',
			nodes: [
				node(
					'Webhook',
					'n8n-nodes-base.webhook',
					2,
					{ path, responseMode: 'lastNode', responseData: 'allEntries', options: {} },
					{ webhookId: path },
				),
				node('ABAC', 'n8n-nodes-erp-bridge.abac', 1, {
					resource: 'decision',
					operation: 'decide',
					stateStore: 'sqlite',
					...question('busy', {
						peopleFrom: 'request',
						subjectAttributes: { department: 'PUR', rank: 5, state: 'active' },
						others: '[]',
					}),
				}),
				node('Answer', 'n8n-nodes-base.noOp', 1, {}),
			],
			connections: {
				Webhook: { main: [[{ node: 'ABAC', type: 'main', index: 0 }]] },
				ABAC: {
					main: [[{ node: 'Answer', type: 'main', index: 0 }], [{ node: 'Answer', type: 'main', index: 0 }]],
				},
			},
			settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
		});
		await host().api.publish(id);
	});

	test('each is decided wholly by the old or wholly by the new version, and none fails', async () => {
		const total = 1_000;
		const decisions: Item[] = [];
		const newest: number[] = [];
		let holds = 1;
		let started = 0;
		// Waiting in a loop would take a processor from the n8n that is waited for.
		const decided = new EventEmitter();
		const ask = async () => {
			while (started < total) {
				started += 1;
				newest.push(holds);
				const held = holds;
				const { data } = await axios.get<Item[]>(`${host().n8n.url}/webhook/${path}`);
				for (const item of data) decisions.push({ ...(item.decision as Item), held });
				decided.emit('some');
			}
		};
		const change = async () => {
			for (const step of [2, 3]) {
				while (decisions.length < (total / 3) * (step - 1)) await once(decided, 'some');
				const { items, error } =
					step === 2
						? await everything('busy', both(2))
						: await abac('policy', 'rollBack', { policySet: byName('busy'), version: 0, ...publisher });
				expect(error).toBeUndefined();
				expect(items[0]?.version).toBe(step);
				holds = step;
			}
		};
		await Promise.all([...Array.from({ length: 16 }, ask), change()]);

		expect(decisions).toHaveLength(total);
		const wholly: Record<number, string[]> = { 1: ['a1', 'b1'], 2: ['a2', 'b2'], 3: ['a1', 'b1'] };
		for (const { outcome, version, policies, held } of decisions) {
			expect(outcome).toBe('permit');
			expect(policies).toEqual(wholly[Number(version)]);
			// Whoever asks after a publication was confirmed is decided by it.
			expect(Number(version)).toBeGreaterThanOrEqual(Number(held));
		}
		expect(new Set(decisions.map(({ version }) => version))).toEqual(new Set([1, 2, 3]));
		const places = decisions.map(({ position }) => position);
		expect(new Set(places).size).toBe(total);
	});
});

describe('Policies that are wrong or large', () => {
	test('are refused with the place, and the former go on', async () => {
		const wrong = 'permit(principal, action, resource)\nwhen { principal.rnk > 3 };';
		expect((await inText('main', 'wrong', wrong)).error).toMatch(
			/policy "wrong", line 2, column 8: .*did you mean `rank`/,
		);
		expect((await inText('main', 'wrong', wrong, 'validate')).items[0]).toMatchObject({
			valid: false,
			problems: [{ policy: 'wrong', line: 2, column: 8 }],
		});
		const deep = `permit(principal, action, resource) when { ${'('.repeat(20_000)}true${')'.repeat(20_000)} };`;
		expect((await inText('main', 'deep', deep)).error).toMatch(/nested too deeply/);
		const long = `permit(principal, action, resource) when { "${'x'.repeat(1_000_000)}" == "y" };`;
		expect((await inText('main', 'long', long)).error).toMatch(/characters long/);
		expect((await inForm('main', 'hours', { timeZone: 'Mars/Olympus' })).error).toMatch(/no time zone/);
		expect((await decide('main')) as Item).toMatchObject({ at: 'Permit', version: 1 });
	});

	test('10,000 are published and decide', async () => {
		const policies = Object.fromEntries(
			Array.from({ length: 10_000 }, (_, index) => [
				`p${index}`,
				`permit(principal, action == Action::"supplier.changePaymentTerms", resource) when { principal.rank >= 100 && principal.position == "P${index}" };`,
			]),
		);
		const { items, error } = await everything('large', {
			policies: { ...policies, last: 'permit(principal, action, resource) when { principal.rank >= 7 };' },
		});
		expect(error).toBeUndefined();
		expect(items[0]).toMatchObject({ version: 1 });
		expect(await decide('large')).toMatchObject({ at: 'Permit', policies: ['last'] });
	});
});

describe('The decision log', () => {
	test('replays against a change what was decided, and shows what flips', async () => {
		const { items } = await abac('policy', 'simulate', {
			policySet: byName('busy'),
			change: 'text',
			policy: 'forbidding',
			text: 'forbid(principal, action, resource) when { principal.rank < 6 };',
			decisionsFrom: 'log',
			from: '',
			until: '',
			flipsShown: 2,
			options: {},
		});
		expect(items[0]).toMatchObject({
			comparedWithVersion: 3,
			replayed: 1_000,
			newlyDenied: 1_000,
			newlyPermitted: 0,
			byOperation: { 'supplier.changePaymentTerms': { newlyDenied: 1_000 } },
		});
		expect(items[0]?.flips).toHaveLength(2);
	});

	test('names the first record that was tampered with', async () => {
		const verify = async () => (await abac('log', 'verify', { knownPosition: 0, knownHash: '' })).items[0];
		expect(await verify()).toMatchObject({ intact: true });
		const file = new DatabaseSync(join(host().folder, '.n8n', 'erp-bridge', 'state.sqlite'));
		file.exec('PRAGMA busy_timeout = 5000');
		file.exec(
			`UPDATE decision_log SET record = REPLACE(record, 'permit', 'deny'), outcome = 'deny' WHERE position = 500`,
		);
		file.close();
		expect(await verify()).toMatchObject({
			intact: false,
			firstBad: { position: 500, problem: 'the record was changed' },
		});
	});
});
