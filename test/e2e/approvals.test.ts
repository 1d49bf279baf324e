import { itemsOf } from '../../sandbox/n8n/api';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { FaultPlan } from '../../sandbox/company/http/faults';
import { apiKey, quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { runByHand, type ManualRun } from './harness/runNode';
import { until } from './harness/until';
import { withN8n } from './harness/withN8n';

const host = withN8n();
let fixture: Fixture;

beforeAll(async () => {
	fixture = await quietCompany();
	for (const credential of credentialsFor(fixture.company.addresses, apiKey))
		await host().api.setCredential(credential);
});
afterAll(async () => await fixture.close());

/** A draft order that sales submits. */
function submitted(amount: number, customer = 'C-1001'): string {
	const { erp, approvals } = fixture.company;
	const { order } = erp.createOrder({
		customer: { code: customer, name: 'A customer' },
		lines: [{ item: 'TEC-CO-10001449', quantity: String(amount), price: '1000.00' }],
	});
	approvals.submit({ order: order.id, submittedBy: 'wang.fang', branch: 'east' });
	return order.id;
}

const diagnostics = async (operation: string, parameters: object): Promise<ManualRun> =>
	await runByHand(host().api, [
		{ node: 'approvalDiagnostics', parameters: { system: 'sandbox', operation, ...parameters } },
	]);
const picked = (key: string) => ({ __rl: true, mode: 'id', value: key });

test('a new finance supervisor never reached the ERP: the diagnosis names the interface, and the hurdles behind it', async () => {
	const { approvals, hr, faults } = fixture.company;
	hr.terminate('E1011', {});
	hr.employees.create({
		number: 'E2001',
		name: '新人 New One',
		login: 'new.one',
		department: 'FIN',
		position: 'FIN-SUP',
	});
	faults.hr.set(FaultPlan.parse({ fault: 'error', requests: 1 }));
	await approvals.synchronise();
	const special = approvals.records.get('specialCustomers', 'C-1004');
	approvals.records.put('specialCustomers', { ...special, holders: [] });
	const order = submitted(20, 'C-1004');
	faults.smtp.set({ fault: 'hang', to: '' });

	const run = await diagnostics('diagnose', { document: picked(order), options: { mailTimeoutSeconds: 1 } });
	faults.smtp.reset();
	expect(run).toMatchObject({
		status: 'success',
		files: [`approval-${order}.html`],
		items: [
			{
				verdict: 'blocked',
				rootCause: { code: 'syncFailed', confidence: 'certain' },
				further: [{ code: 'mailServerUnreachable' }, { code: 'extraAuthorisationMissing' }],
			},
		],
	});
});

test('all that wait, by root cause and with what it holds up; whoever was asked is simply waited for', async () => {
	const [more, fine] = [submitted(30), submitted(100)];
	await fixture.company.approvals.mailed();
	const run = await diagnostics('diagnoseMany', { language: 'zh-CN' });
	expect(run.status).toBe('success');
	const [causes, documents, summary] = run.outputs;
	expect(causes).toMatchObject([{ code: 'syncFailed', documents: 2, amounts: { CNY: '50000' } }]);
	expect(causes?.[0]?.keys).toContain(more);
	expect(causes?.[0]?.headline).toContain('2 张单据');
	expect(documents).toContainEqual(
		expect.objectContaining({
			verdict: 'waits',
			waitsFor: ['chen.jing'],
			document: expect.objectContaining({ key: fine }),
		}),
	);
	expect(summary).toMatchObject([{ documents: 3, blocked: 2, waiting: 1 }]);
});

test('a document that does not wait is refused by its key', async () => {
	const run = await diagnostics('diagnose', { document: picked('SO-99999999') });
	expect(run.status).toBe('error');
	expect(run.error).toContain('no document "SO-99999999" waits for approval');
});

test('the trigger tells each document that waits too long once, also after n8n was killed', async () => {
	const { api } = host();
	const { id } = await api.importWorkflow({
		name: 'Stuck orders',
		nodes: [
			{
				id: 'approval-trigger',
				name: 'Approval Trigger',
				type: 'n8n-nodes-erp-bridge.approvalTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { limitHours: 0, interval: 1 },
				credentials: {
					[sandboxCredential.type]: { id: sandboxCredential.id, name: sandboxCredential.name },
				},
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	await api.publish(id);
	const told = async (): Promise<string[]> => {
		const runs = await host().api.executions({ workflowId: id, status: ['success'] });
		const items = await Promise.all(
			runs.map(async (run) => itemsOf(await host().api.execution(run.id), 'Approval Trigger')),
		);
		return (items.flat() as Array<{ document: { key: string } }>)
			.map(({ document }) => document.key)
			.toSorted();
	};
	const waiting = (await fixture.company.approvals.records.page('documents', { status: 'waiting' })).map(
		(one) => one.id,
	);
	await until('all three to be told', async () => (await told()).length >= 3);
	await host().stop('SIGKILL');
	const late = submitted(40);
	await host().restart();
	await until('the one that came meanwhile', async () => (await told()).includes(late));
	expect(await told()).toEqual([...waiting, late].toSorted());
});
