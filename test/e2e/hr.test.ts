import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { apiKey, type Fixture, quietCompany } from '../connectors/sandboxFixture';
import { enterprise, scimToken, startScimServer } from '../connectors/scimServer';
import { runByHand, type ManualRun, type NodeStep } from './harness/runNode';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;
let workflow: string;

/** A workflow that begins with the HR Trigger, everyone told once at its first look. */
beforeAll(async () => {
	fixture = await quietCompany();
	const { api } = host();
	for (const credential of credentialsFor(fixture.company.addresses, apiKey))
		await api.setCredential(credential);
	({ id: workflow } = await api.importWorkflow({
		name: 'People',
		nodes: [
			{
				id: 'hr-trigger',
				name: 'HR Trigger',
				type: 'n8n-nodes-erp-bridge.hrTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { interval: 1, startFrom: 'beginning' },
				credentials: {
					[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
				},
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	}));
	await api.publish(workflow);
	await until('everyone to be told', async () => (await told()).length >= 61);
});
afterAll(async () => await fixture.close());

interface Told {
	event: string;
	subject: string;
	effectiveOn?: string;
	changes: object;
	before?: object;
	data: object;
}

/** All that reached the workflow so far, in order of its executions. */
async function told(): Promise<Told[]> {
	const { api } = host();
	const runs = await api.executions({ workflowId: workflow, status: ['success', 'error'] });
	const items: unknown[] = [];
	for (const { id } of runs.toSorted((a, b) => Number(a.id) - Number(b.id)))
		items.push(...itemsOf(await api.execution(id), 'HR Trigger'));
	return items as Told[];
}

const of = async (key: string) =>
	(await told()).filter(({ subject, event }) => subject === key && event !== 'hired');
const hr = async (operation: string, parameters: NodeStep['parameters']): Promise<ManualRun> =>
	await runByHand(host().api, [
		{ node: 'hr', parameters: { system: 'sandbox', resource: 'employee', operation, ...parameters } },
	]);
const picked = (key: string) => ({ __rl: true, mode: 'id', value: key });

test('the first look tells of everyone once: 57 at work, one on leave, two who left', async () => {
	const events = (await told()).map(({ event }) => event);
	expect(events.filter((event) => event === 'hired')).toHaveLength(58);
	expect(events.filter((event) => event === 'leaveStarted')).toHaveLength(1);
	expect(events.filter((event) => event === 'left')).toHaveLength(2);
});

test('a move by the HR node reaches the workflow as move, promotion and change of manager, each with the state before', async () => {
	const moved = await hr('move', {
		employee: picked('E1043'),
		on: '2026-12-01',
		changes: { department: 'FIN', position: 'FIN-SUP', rank: 6, manager: 'E1008' },
		expectedVersion: '',
	});
	expect(moved).toMatchObject({ status: 'success', items: [{ position: 'FIN-SUP', rank: 6 }] });
	const found = await until('the move', async () => {
		const events = await of('E1043');
		return events.length >= 3 && events;
	});
	expect(found.map(({ event }) => event).toSorted()).toEqual(['managerChanged', 'moved', 'promoted']);
	expect(found.find(({ event }) => event === 'moved')).toMatchObject({
		effectiveOn: '2026-12-01',
		changes: { department: { from: 'PUR', to: 'FIN' } },
		before: { position: 'PUR-BUY', rank: 4 },
		data: { position: 'FIN-SUP', rank: 6, state: 'active' },
	});
});

test('what happened while n8n was away is found when it is back, and once', async () => {
	await host().stop('SIGKILL');
	const { hr: people } = fixture.company;
	people.move('E1044', { department: 'SAL', position: 'SAL-OPS', rank: 3 });
	people.move('E1044', { department: 'PUR', position: 'PUR-BUY', rank: 4 });
	people.terminate('E1045', { on: '2026-11-24' });
	people.employees.create({ number: 'E2001', name: '新人 New', department: 'FIN', position: 'FIN-ACC' });
	await host().restart();
	await until('who came and who left', async () => {
		const all = await told();
		return ['E1045', 'E2001'].every((key) =>
			all.some(({ subject, event }) => subject === key && event === (key === 'E2001' ? 'hired' : 'left')),
		);
	});
	// Somebody moved and moved back on the same day: only the day of the assignment differs.
	expect((await of('E1044')).map(({ event }) => event)).toEqual([]);
	expect((await of('E1045')).map(({ event }) => event)).toEqual(['left']);
});

test('what cannot be done is told in words that name the person', async () => {
	const refused = await hr('move', {
		employee: picked('E1045'),
		changes: { department: 'FIN' },
		expectedVersion: '',
	});
	expect(refused.status).toBe('error');
	expect(refused.error).toContain('The employee "E1045" has left and cannot be moved');
});

test('a SCIM directory is read and written through n8n', async () => {
	const directory = await startScimServer();
	try {
		const { api } = host();
		const name = 'Directory';
		const id = await api.createCredential({
			name,
			type: 'erpBridgeScimApi',
			data: { systemName: 'scim', url: `${directory.url}/scim/v2`, token: scimToken },
		});
		const scim = (operation: string, parameters: NodeStep['parameters']): NodeStep => ({
			node: 'hr',
			parameters: { system: 'scim', resource: 'employee', operation, ...parameters },
			credentials: { erpBridgeScimApi: { id, name } },
		});
		const record = { number: 'E7', name: '王芳', login: 'wang.fang', department: 'Purchasing' };
		const run = await runByHand(api, [
			scim('upsert', { record: JSON.stringify(record), idempotencyKey: 'e7', expectedVersion: '' }),
			scim('move', {
				employee: { __rl: true, mode: 'id', value: '={{ $json.key }}' },
				changes: { department: 'Sales' },
				expectedVersion: '',
			}),
			scim('terminate', {
				employee: { __rl: true, mode: 'id', value: '={{ $json.key }}' },
				on: '',
				expectedVersion: '',
			}),
		]);
		expect(run).toMatchObject({ status: 'success', items: [{ department: 'Sales', state: 'left' }] });
		expect(await directory.people()).toMatchObject([
			{ userName: 'wang.fang', active: false, [enterprise]: { department: 'Sales', employeeNumber: 'E7' } },
		]);
	} finally {
		await directory.close();
	}
});
