import { itemsOf } from '../../sandbox/n8n/api';
import { templates } from '../../sandbox/n8n/launch/templates';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { FaultPlan } from '../../sandbox/company/http/faults';
import { apiKey, quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { formOf, isUsedUp, submitForm } from './harness/forms';
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
const template = (name: string) => {
	const found = templates().get(`${name}/${name}.json`);
	if (found === undefined) throw new Error(`There is no template ${name}.`);
	return found;
};

/** The workflow's id, once it has prepared what it needs. */
async function published(name: string): Promise<string> {
	const { api } = host();
	const { id } = await api.importWorkflow(template(name));
	await api.publish(id);
	await until(`${name} to be prepared`, async () =>
		(await api.executions({ workflowId: id, status: ['success'] })).some(({ mode }) => mode === 'trigger'),
	);
	return id;
}
let emergency = '';

const mailAbout = async (subject: string) =>
	await until(`the mail "${subject}"`, () =>
		Promise.resolve(fixture.company.mailbox.list().find((one) => one.subject.startsWith(subject))),
	);
const linkIn = ({ text }: { text: string }): string =>
	/https?:\/\/[^\s\])>]+signature=[^\s\])>]+/.exec(text)?.[0] ?? '';
const toldOf = (subject: string): Set<string> =>
	new Set(
		fixture.company.mailbox
			.list()
			.filter((one) => one.subject.startsWith(subject))
			.flatMap(({ to }) => to),
	);
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
	const unasked = await diagnostics('grant', grant);
	expect(unasked.error).toContain('No deputy was named');
	expect(unasked.error).toContain('approval.delegate');
	emergency = await published('emergency-delegate');
	const refused = await diagnostics('grant', { ...grant, grantedBy: 'wang.fang' });
	expect(refused.error).toContain('wang.fang may not name deputies');
	expect(refused.error).toContain('E1014 may not do "Naming of a deputy for approvals"');
	const ofSales = await diagnostics('grant', { ...grant, deputy: 'he.liping' });
	expect(ofSales.error).toContain('Segregation of duties');
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/he.liping')).toBeUndefined();
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
	const proposed = await diagnostics('proposeLinks', { resource: 'organisation' });
	expect(proposed.items).toMatchObject([
		{ kind: 'position', hr: { key: 'FIN-SUP' }, state: 'clear', candidates: [{ key: 'FINANCE_SUPERVISOR' }] },
	]);
	const repaired = await diagnostics('repairMapping', { resource: 'organisation', links: 'proposed' });
	expect(repaired).toMatchObject({
		status: 'success',
		items: [
			{
				links: [{ kind: 'position', hr: 'FIN-SUP', to: 'FINANCE_SUPERVISOR' }],
				ambiguous: [],
				run: { state: 'succeeded' },
			},
		],
	});
	expect(repaired.items[0]?.people).toContain('E2001');
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

test('template: a deputy asked for by form is named once the mailed page is sent off, and everyone concerned is told', async () => {
	const { approvals, mailbox } = fixture.company;
	const { records } = approvals;
	const order = submitted(15);
	const lastDay = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
	const asked = [order, 'lin.zhiyuan', 'gu.jianguo', 'The supervisor is on a plane today', lastDay, '100000'];
	const form = `${host().n8n.url}/form/emergency-delegate`;
	await submitForm(form, asked.with(2, 'wang.fang'));
	await mailAbout(`No deputy · 未指定代理人: ${order}`);
	await submitForm(form, asked);
	const link = linkIn(await mailAbout(`Confirm a deputy · 请确认代理人: ${order}`));

	// What a mail scanner does, and what somebody does who guesses.
	await formOf(link);
	await formOf(link, 'Mozilla/5.0 (compatible; Googlebot/2.1)');
	const guessed = new URL(link);
	guessed.searchParams.set('signature', '0'.repeat(64));
	expect((await submitForm(guessed.href, ['Name the deputy · 指定'])).status).toBeGreaterThanOrEqual(400);
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/lin.zhiyuan')).toBeUndefined();

	expect((await submitForm(link, ['Name the deputy · 指定'])).status).toBe(200);
	await until('everyone concerned to be told', () =>
		Promise.resolve(toldOf('Deputy named').size >= 4 ? true : undefined),
	);
	expect([...toldOf('Deputy named')].toSorted()).toEqual(
		['gu.jianguo', 'lin.zhiyuan', 'new.one', 'wang.fang'].map((login) => records.get('users', login)?.email),
	);
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/lin.zhiyuan')).toMatchObject({
		origin: 'manual',
		maxAmount: '100000',
	});
	expect(isUsedUp(await submitForm(link, ['Name the deputy · 指定']))).toBe(true);
	const audited = await diagnostics('getAll', {
		resource: 'delegation',
		state: 'granted',
		returnAll: true,
		stateStore: 'sqlite',
	});
	expect(audited.items).toMatchObject([{ grantedBy: 'gu.jianguo', reason: asked[3], state: 'granted' }]);
	expect(audited.items[0]?.decisions).not.toEqual([]);
	expect(approvals.approve(order, 'lin.zhiyuan')).toMatchObject({ status: 'approved' });
	expect(mailbox.list({ search: 'Deputy ended' })).toEqual([]);
});

test('template: an expired deputy is taken away, and those concerned hear of it', async () => {
	const { records } = fixture.company.approvals;
	const granted = await diagnostics('grant', {
		resource: 'delegation',
		position: 'FINANCE_SUPERVISOR',
		deputy: 'gu.jianguo',
		grantedBy: 'he.liping',
		reason: 'For the length of one meeting',
		hours: 0.0003,
		maxAmount: '100000',
		grantors: 'he.liping',
		stateStore: 'sqlite',
	});
	expect(granted.status).toBe('success');
	await until('the end to be told', async () => {
		await host().api.finished(await host().api.run(emergency, 'End now'));
		return toldOf('Deputy ended').size > 0;
	});
	expect(toldOf('Deputy ended')).toContain(records.get('users', 'gu.jianguo')?.email);
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/gu.jianguo')).toBeUndefined();
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/lin.zhiyuan')).toBeDefined();
	await host().api.unpublish(emergency);
});

test('template: the stuck-order watch offers a deputy by a link that is good once', async () => {
	const { approvals } = fixture.company;
	const { records } = approvals;
	const holder = records.get('bindings', 'FINANCE_SUPERVISOR/new.one');
	for (const login of ['new.one', 'lin.zhiyuan']) records.remove('bindings', `FINANCE_SUPERVISOR/${login}`);
	const order = submitted(12);
	const waitingSince = new Date(Date.now() - 5 * 3_600_000).toISOString();
	records.put('documents', { ...records.get('documents', order), waitingSince });
	const id = await published('stuck-order-watch');
	const number = records.get('documents', order)?.number ?? '';
	const link = linkIn(await mailAbout(`Name a deputy? · 是否指定代理人: ${number}`));
	await formOf(link);
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/lin.zhiyuan')).toBeUndefined();
	const answer = ['lin.zhiyuan', 'Nobody holds the post at present', '8', '50000'];
	expect((await submitForm(link, answer)).status).toBe(200);
	await until('the deputy to have the task', () =>
		Promise.resolve(records.ofDocuments('tasks', [order]).some(({ user }) => user === 'lin.zhiyuan')),
	);
	expect(isUsedUp(await submitForm(link, answer))).toBe(true);
	approvals.unbindDeputy('FINANCE_SUPERVISOR', 'lin.zhiyuan');
	records.put('bindings', holder);
	await host().api.unpublish(id);
});

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
