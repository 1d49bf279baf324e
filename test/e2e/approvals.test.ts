import { itemsOf } from '../../sandbox/n8n/api';
import { templates } from '../../sandbox/n8n/launch/templates';
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

const diagnostics = async (operation: string, parameters: Record<string, unknown>): Promise<ManualRun> =>
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

test('a deputy approves the stuck order, the mapping is repaired, the delegation ends, and the next order flows', async () => {
	const { approvals, erp, hr } = fixture.company;
	const { records } = approvals;
	const order = submitted(25);
	const grant = {
		resource: 'delegation',
		operation: 'grant',
		position: 'FINANCE_SUPERVISOR',
		deputy: 'lin.zhiyuan',
		grantedBy: 'gu.jianguo',
		reason: 'The new supervisor has not reached the ERP yet',
		hours: 8,
		maxAmount: '100000',
		grantors: 'gu.jianguo, he.liping',
		stateStore: 'sqlite',
	};
	const refused = await diagnostics('grant', { ...grant, grantedBy: 'wang.fang' });
	expect(refused.error).toContain('wang.fang may not name deputies');
	const granted = await diagnostics('grant', grant);
	expect(granted).toMatchObject({ status: 'success', items: [{ state: 'granted', deputy: 'lin.zhiyuan' }] });
	expect(granted.items[0]?.documents).toContain(order);
	await approvals.mailed();
	expect(approvals.approve(order, 'lin.zhiyuan')).toMatchObject({ status: 'approved' });
	expect(erp.order(order)?.status).toBe('confirmed');

	// The new supervisor has an address by now; HR's post leads nowhere until the rule is repaired.
	hr.employees.change('E2001', { email: 'new.one@sandbox.example' });
	records.remove('mappings', 'FIN-SUP');
	const before = await diagnostics('checkHealth', { resource: 'organisation' });
	expect(before.items).toMatchObject([{ healthy: false, alarm: { because: 'failed' } }]);
	expect(before.items[0]?.problems).toContainEqual(
		expect.objectContaining({ kind: 'mappingMissing', key: 'E2001', approver: true }),
	);
	const repaired = await diagnostics('repairMapping', {
		resource: 'organisation',
		hrPosition: 'FIN-SUP',
		position: 'FINANCE_SUPERVISOR',
	});
	expect(repaired).toMatchObject({ status: 'success', items: [{ run: { state: 'succeeded' } }] });
	const documents = repaired.items[0]?.documents as string[];
	const given = records.ofDocuments('tasks', documents).filter(({ user }) => user === 'new.one');
	expect(given.map(({ document }) => document).toSorted()).toEqual(documents.toSorted());
	const all = await diagnostics('synchronise', { resource: 'organisation', employees: '' });
	expect(all.items).toMatchObject([{ healthy: true, problems: [], employees: { total: 61 } }]);

	const ended = await diagnostics('end', {
		resource: 'delegation',
		which: 'one',
		delegation: granted.items[0]?.id,
		endedBy: 'gu.jianguo',
		stateStore: 'sqlite',
	});
	expect(ended.items).toMatchObject([{ state: 'ended', endedBy: 'gu.jianguo' }]);
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/lin.zhiyuan')).toBeUndefined();
	const next = submitted(10);
	expect(() => approvals.approve(next, 'lin.zhiyuan')).toThrow('has no task');
	expect(approvals.approve(next, 'new.one')).toMatchObject({ status: 'approved' });
	const kept = await diagnostics('getAll', {
		resource: 'delegation',
		state: 'ended',
		returnAll: true,
		stateStore: 'sqlite',
	});
	expect(kept.items).toMatchObject([{ grantedBy: 'gu.jianguo', reason: grant.reason }]);
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
	await until('all that wait to be told', async () => (await told()).length >= waiting.length);
	await host().stop('SIGKILL');
	const late = submitted(40);
	await host().restart();
	await until('the one that came meanwhile', async () => (await told()).includes(late));
	expect(await told()).toEqual([...waiting, late].toSorted());
});

const template = (name: string) => {
	const found = templates().get(`${name}/${name}.json`);
	if (found === undefined) throw new Error(`There is no template ${name}.`);
	return found;
};

test('template: the weekly list goes by mail with the report', async () => {
	const { api } = host();
	const { id } = await api.importWorkflow(template('weekly-waiting-list'));
	const execution = await api.finished(await api.run(id, 'Run now'));
	expect(execution.status).toBe('success');
	const [mail] = fixture.company.mailbox.list({ search: 'operations@example.com' });
	expect(mail?.subject).toMatch(/^Waiting for approval: \d+ blocked, \d+ wait for a decision$/);
	expect(mail?.text).toContain('KEY-ACCOUNT');
	expect(mail?.attachments).toMatchObject([{ type: 'text/html' }]);
});

test('template: a new supervisor is in the ERP as soon as HR has them, and who cannot be placed raises the alarm', async () => {
	const { api } = host();
	const { hr, approvals, mailbox } = fixture.company;
	const { id } = await api.importWorkflow(template('hr-to-erp-organisation-sync'));
	await api.publish(id);
	const hire = (number: string, login: string) => {
		const email = `${login}@sandbox.example`;
		hr.employees.create({ number, name: login, login, email, department: 'SAL-E', position: 'SAL-SUP-E' });
	};
	await until('the trigger to have looked', async () => {
		hr.employees.change('E2001', { email: `new.${Date.now()}@sandbox.example` });
		return (await api.executions({ workflowId: id, status: ['success'] })).length > 0;
	});
	hire('E2002', 'second.one');
	await until('the new supervisor to be bound', () => {
		const binding = approvals.records.get('bindings', 'SALES_SUP_EAST/second.one');
		return Promise.resolve(binding !== undefined);
	});
	approvals.records.remove('mappings', 'SAL-SUP-E');
	hire('E2003', 'third.one');
	const alarm = await until('the alarm', () =>
		Promise.resolve(mailbox.list({ search: 'E2003' }).find(({ subject }) => subject.startsWith('HR → ERP'))),
	);
	expect(alarm.text).toContain('mappingMissing');
	await api.unpublish(id);
});
