import { FaultPlan } from '../../sandbox/company/http/faults';
import { apiKey, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;

beforeAll(async () => {
	fixture = await quietCompany();
	const { approvals } = fixture.company;
	const settings = approvals.records.get('settings', 'settings');
	approvals.records.put('settings', { ...settings, mailTimeoutMs: 250, mailAttempts: 1 });
});
afterEach(async () => {
	await fixture.company.approvals.mailed();
	fixture.company.faults.smtp.reset();
	fixture.company.faults.hr.reset();
});
afterAll(async () => await fixture.close());

/** An order of so many copiers at 599.99. */
function draft(copiers: number, customer = { code: 'C-1001', name: 'Claire Gute' }): string {
	const { order } = fixture.company.erp.createOrder({
		customer,
		lines: [{ item: 'TEC-CO-10001449', quantity: String(copiers) }],
	});
	return order.id;
}
const submit = (order: string, submittedBy = 'wang.fang', branch = 'east') =>
	fixture.company.approvals.submit({ order, submittedBy, branch });
const tasksOf = (order: string) => fixture.company.approvals.records.ofDocuments('tasks', [order]);
const messagesOf = (order: string) => fixture.company.approvals.records.ofDocuments('messages', [order]);

async function call(
	path: string,
	body?: unknown,
	method = 'POST',
): Promise<{ status: number; body: unknown }> {
	const response = await fetch(fixture.company.addresses.erp + path, {
		method,
		headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: await response.json() };
}

test('an order goes through two steps, each approver is written to by mail, and the last one confirms it', async () => {
	const { approvals, mailbox, erp } = fixture.company;
	const order = draft(100);
	expect(submit(order)).toMatchObject({ amount: '59999', step: 'sales-east', status: 'waiting' });
	await approvals.mailed();
	expect(messagesOf(order)).toMatchObject([{ user: 'chen.jing', status: 'sent' }]);
	expect(mailbox.list({ search: order })).toMatchObject([{ to: ['chen.jing@sandbox.example'] }]);
	expect(approvals.approve(order, 'chen.jing')).toMatchObject({ status: 'waiting', step: 'finance' });
	expect(erp.order(order)?.status).toBe('draft');
	expect(approvals.approve(order, 'zhou.min')).toMatchObject({ status: 'approved', step: null });
	expect(erp.order(order)?.status).toBe('confirmed');
});

test('orders need approval only from the amount that the setting names', () => {
	const { approvals, erp } = fixture.company;
	const [before, small, large] = [draft(90), draft(1), draft(90)];
	expect(erp.confirmOrder(before).status).toBe('confirmed');
	const settings = approvals.records.get('settings', 'settings');
	approvals.records.put('settings', { ...settings, approvalFrom: '50000' });
	try {
		expect(erp.confirmOrder(small).status).toBe('confirmed');
		expect(() => erp.confirmOrder(large)).toThrow('needs approval from 50000 on');
	} finally {
		approvals.records.put('settings', settings);
	}
});

test('a position without a user leaves the order waiting, and nobody is told', () => {
	const { records } = fixture.company.approvals;
	const binding = records.get('bindings', 'FINANCE_SUPERVISOR/zhou.min');
	records.remove('bindings', 'FINANCE_SUPERVISOR/zhou.min');
	const order = draft(2);
	expect(submit(order)).toMatchObject({ step: 'finance' });
	expect(tasksOf(order)).toEqual([]);
	records.put('bindings', binding);
	expect(fixture.company.approvals.reassign([order])).toEqual({ tasks: 1 });
	expect(tasksOf(order)).toMatchObject([{ user: 'zhou.min', status: 'open' }]);
});

test.each([
	['hang', 'stuck', 'did not answer'],
	['refuse', 'stuck', '421'],
	['reject', 'rejected', '550'],
	['bounce', 'bounced', 'did not reach'],
] as const)('when the mail server would %s, the message is %s', async (fault, status, says) => {
	fixture.company.faults.smtp.set({ fault, to: '' });
	const order = draft(2);
	submit(order);
	await fixture.company.approvals.mailed();
	expect(messagesOf(order)[0]?.status).toBe(status);
	expect(messagesOf(order)[0]?.error).toContain(says);
});

test('whoever submitted, is over the limit or lacks the extra authorisation may not approve', () => {
	const { approvals } = fixture.company;
	const own = draft(2);
	submit(own, 'zhou.min');
	expect(() => approvals.approve(own, 'zhou.min')).toThrow('it is the user who submitted it');
	const huge = draft(4_000);
	submit(huge);
	expect(() => approvals.approve(huge, 'he.liping')).toThrow('2000000 is the limit');
	const special = approvals.records.get('specialCustomers', 'C-1004');
	approvals.records.put('specialCustomers', { ...special, holders: [] });
	const order = draft(2, { code: 'C-1004', name: 'Key account' });
	submit(order);
	expect(() => approvals.approve(order, 'zhou.min')).toThrow('KEY-ACCOUNT');
	approvals.records.put('specialCustomers', special);
});

test('the interface to HR binds a new supervisor, tells what it left out, and fails when HR does', async () => {
	const { approvals, hr, faults } = fixture.company;
	const { records } = approvals;
	hr.employees.create({
		number: 'E2001',
		name: 'Wen Jia',
		email: 'wen.jia@sandbox.example',
		login: 'wen.jia',
		department: 'FIN',
		position: 'FIN-SUP',
	});
	faults.hr.set(FaultPlan.parse({ fault: 'error', requests: 1 }));
	expect(await approvals.synchronise()).toMatchObject({ result: 'failed', written: 0 });
	expect(records.get('users', 'wen.jia')).toBeUndefined();

	const mapping = records.get('mappings', 'FIN-SUP');
	records.remove('mappings', 'FIN-SUP');
	const partly = await approvals.synchronise();
	expect(partly.result).toBe('partly');
	expect(partly.errors.map(({ employee }) => employee)).toContain('E2001');

	records.put('mappings', mapping);
	expect(await approvals.synchronise()).toMatchObject({ result: 'ok', errors: [] });
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/wen.jia')).toMatchObject({ origin: 'sync' });

	hr.terminate('E2001', {});
	await approvals.synchronise(['E2001']);
	expect(records.get('users', 'wen.jia')).toMatchObject({ locked: true });
	expect(records.get('bindings', 'FINANCE_SUPERVISOR/wen.jia')).toBeUndefined();
});

test('records are read and written in bulk over HTTP, and what is no record is refused', async () => {
	const order = draft(2);
	submit(order);
	const tasks = await call('/api/approvals/records/tasks/search', { documents: [order] });
	expect(tasks.body).toMatchObject({ records: [{ document: order, user: 'zhou.min' }] });
	const waiting = await call('/api/approvals/records/documents?status=waiting&limit=1000', undefined, 'GET');
	expect((waiting.body as { records: Array<{ id: string }> }).records.map(({ id }) => id)).toContain(order);
	expect((await call('/api/approvals/records/positions/X', { name: 'X' }, 'PUT')).status).toBe(422);
	expect((await call('/api/approvals/records/nonsense', undefined, 'GET')).status).toBe(404);
});
