import type { Flow } from '../../sandbox/company/approvals/model';
import { FaultPlan } from '../../sandbox/company/http/faults';
import { change, type Scene } from './scene';

/** Something that is made to be wrong in the company's records or servers. */
export interface Fault {
	/** the name that a diagnosis should give it */
	name: string;
	/** which part of the company it is in: 1 flow, 2 organisation, 3 notification, 4 authorisation */
	part: 1 | 2 | 3 | 4;
	/** before the order is submitted */
	before?(scene: Scene): Promise<void> | void;
	/** when the order has been submitted and mail was tried */
	after?(scene: Scene): Promise<void> | void;
}

function changeFlow(scene: Scene, with_: (flow: Flow) => Partial<Flow>): void {
	const flow = scene.company.approvals.records.get('flows', 'sales-order');
	if (flow === undefined) throw new Error('The flow is gone.');
	change(scene, 'flows', flow.id, with_(flow));
}

function changeStep(scene: Scene, fields: Partial<Flow['steps'][number]>): void {
	changeFlow(scene, ({ steps }) => ({
		steps: steps.map((step) => (step.id === scene.start.step ? { ...step, ...fields } : step)),
	}));
}

/** The supervisor leaves, and HR hires another one for the post. */
function succession(
	{ company: { hr }, start, approver }: Scene,
	fields: { login?: string } = { login: 'new.one' },
): void {
	hr.terminate(approver.employee, {});
	hr.employees.create({
		number: 'E3001',
		name: '新人 New One',
		email: 'new.one@sandbox.example',
		...fields,
		department: start.department,
		position: start.hrPosition,
	});
}

const forgetTasks = ({ company: { approvals }, order }: Scene): void => {
	for (const { id } of approvals.records.ofDocuments('tasks', [order])) approvals.records.remove('tasks', id);
};
const forgetMessages = ({ company: { approvals }, order }: Scene): void => {
	for (const { id } of approvals.records.ofDocuments('messages', [order]))
		approvals.records.remove('messages', id);
};

/** The ERP soon gives up, so that a server that hangs does not hold up the run. */
function stopMail(scene: Scene, fault: 'hang' | 'refuse'): void {
	change(scene, 'settings', 'settings', { mailTimeoutMs: 400 });
	scene.company.faults.smtp.set({ fault, to: '' });
}

export const faults: Fault[] = [
	{
		name: 'flowMissing',
		part: 1,
		before: ({ company }) => company.approvals.records.remove('flows', 'sales-order'),
	},
	{
		name: 'flowInactive',
		part: 1,
		before: (scene) => change(scene, 'flows', 'sales-order', { active: false }),
	},
	{
		name: 'noRule',
		part: 1,
		before: (scene) =>
			changeFlow(scene, ({ rules }) => {
				const led = rules.filter(({ step }) => step === scene.start.step);
				const broken = scene.random.pick([{ active: false }, { from: '5000000' }, { branches: ['north'] }]);
				return {
					rules: rules.map((rule) =>
						led.includes(rule)
							? { ...rule, ...broken, ...('from' in broken ? { below: undefined } : {}) }
							: rule,
					),
				};
			}),
	},
	{
		name: 'stepMissing',
		part: 1,
		before: (scene) =>
			changeFlow(scene, ({ steps }) => ({ steps: steps.filter(({ id }) => id !== scene.start.step) })),
	},
	{ name: 'stepInactive', part: 1, before: (scene) => changeStep(scene, { active: false }) },
	{
		name: 'flowLoop',
		part: 1,
		before: (scene) =>
			changeFlow(scene, ({ steps }) => ({
				steps: steps.map((step) => (step.next === null ? { ...step, next: scene.start.step } : step)),
			})),
	},
	{ name: 'approverEmpty', part: 1, before: (scene) => changeStep(scene, { approver: null }) },
	{
		name: 'positionUnknown',
		part: 1,
		before: (scene) => {
			if (scene.random.chance(0.5)) changeStep(scene, { approver: 'FINANCE_SUPERVISR' });
			else scene.company.approvals.records.remove('positions', scene.start.position);
		},
	},
	{
		name: 'positionClosed',
		part: 1,
		before: (scene) => change(scene, 'positions', scene.start.position, { open: false }),
	},

	{
		name: 'userLocked',
		part: 2,
		before: (scene) => change(scene, 'users', scene.approver.login, { locked: true }),
	},
	{
		name: 'mappingMissing',
		part: 2,
		before: async (scene) => {
			const { records } = scene.company.approvals;
			if (scene.random.chance(0.5)) records.remove('mappings', scene.start.hrPosition);
			else change(scene, 'mappings', scene.start.hrPosition, { position: 'WAREHOUSE_MANAGER' });
			succession(scene);
			await scene.company.approvals.synchronise();
		},
	},
	{
		name: 'positionVacant',
		part: 2,
		before: async (scene) => {
			scene.company.hr.terminate(scene.approver.employee, {});
			if (scene.random.chance(0.5)) await scene.company.approvals.synchronise();
		},
	},
	{
		name: 'approverOnLeave',
		part: 2,
		before: ({ company, approver }) => {
			company.hr.startLeave(approver.employee, {});
		},
	},
	{
		name: 'approverWithoutLogin',
		part: 2,
		before: async (scene) => {
			succession(scene, {});
			await scene.company.approvals.synchronise();
		},
	},
	{
		name: 'bindingMissing',
		part: 2,
		before: ({ company, start, approver }) =>
			company.approvals.records.remove('bindings', `${start.position}/${approver.login}`),
	},
	{
		name: 'syncOff',
		part: 2,
		before: (scene) => {
			succession(scene);
			change(scene, 'settings', 'settings', { hrInterface: 'off' });
		},
	},
	{
		name: 'syncFailed',
		part: 2,
		before: async (scene) => {
			succession(scene);
			const { company, random } = scene;
			if (random.chance(0.5)) change(scene, 'settings', 'settings', { hrUrl: 'http://127.0.0.1:1' });
			else
				company.faults.hr.set(
					FaultPlan.parse({ fault: random.pick(['error', 'cut-before', 'unauthorized']) }),
				);
			await company.approvals.synchronise();
			company.faults.hr.reset();
		},
	},
	{
		name: 'leftOut',
		part: 2,
		before: (scene) => {
			succession(scene);
			const { records } = scene.company.approvals;
			const now = new Date().toISOString();
			records.put('runs', {
				id: 'RUN-900000',
				startedAt: now,
				finishedAt: now,
				result: 'partly',
				read: 61,
				written: 50,
				errors: [
					{
						employee: 'E3001',
						message: 'The e-mail address new.one@sandbox.example is taken by another user.',
					},
				],
			});
		},
	},
	{ name: 'syncStale', part: 2, before: (scene) => succession(scene) },

	{
		name: 'taskNotMade',
		part: 3,
		after: (scene) => {
			forgetTasks(scene);
			forgetMessages(scene);
		},
	},
	{ name: 'messageNotMade', part: 3, after: forgetMessages },
	{
		name: 'addressMissing',
		part: 3,
		before: (scene) => change(scene, 'users', scene.approver.login, { email: undefined }),
	},
	{
		name: 'addressWrong',
		part: 3,
		before: (scene) => {
			change(scene, 'users', scene.approver.login, { email: 'former@sandbox.example' });
			scene.company.faults.smtp.set({ fault: scene.random.pick(['bounce', 'reject']), to: 'former@' });
		},
	},
	{
		name: 'messageBounced',
		part: 3,
		before: ({ company, approver }) => company.faults.smtp.set({ fault: 'bounce', to: approver.email }),
	},
	{
		name: 'messageRejected',
		part: 3,
		before: ({ company, approver }) => company.faults.smtp.set({ fault: 'reject', to: approver.email }),
	},
	{
		name: 'mailServerUnreachable',
		part: 3,
		before: (scene) => {
			const how = scene.random.pick(['hang', 'refuse', 'port'] as const);
			if (how === 'port') change(scene, 'settings', 'settings', { mailPort: 1 });
			else stopMail(scene, how);
		},
	},
	{
		name: 'mailQueueStopped',
		part: 3,
		before: (scene) => change(scene, 'settings', 'settings', { mailQueue: 'stopped' }),
	},
	{
		name: 'messageStuck',
		part: 3,
		before: (scene) => stopMail(scene, scene.random.pick(['hang', 'refuse'])),
		after: ({ company }) => company.faults.smtp.reset(),
	},

	{
		name: 'extraAuthorisationMissing',
		part: 4,
		before: ({ company, customer }) => {
			company.approvals.records.put('specialCustomers', {
				id: customer.code,
				authorisation: 'EXPORT',
				holders: [],
			});
		},
	},
	{
		name: 'overLimit',
		part: 4,
		before: ({ company, approver, random, start }) => {
			const about = random.chance(0.5)
				? { id: approver.login, user: approver.login }
				: { id: start.position, position: start.position };
			company.approvals.records.put('limits', { ...about, limit: '500', currency: 'CNY' });
		},
	},
	{
		name: 'submitterExcluded',
		part: 4,
		before: (scene) => {
			scene.submittedBy = scene.approver.login;
		},
	},
];

/** What is wrong elsewhere, and does not concern the order. */
export const distractions: Array<{ name: string; before?: Fault['before']; after?: Fault['after'] }> = [
	{
		name: 'a later step without an approver',
		before: (scene) =>
			changeFlow(scene, ({ steps }) => ({
				steps: steps.map((step) => (step.id === 'finance-director' ? { ...step, approver: null } : step)),
			})),
	},
	{
		name: 'another branch without a rule',
		before: (scene) =>
			changeFlow(scene, ({ rules }) => ({
				rules: rules.map((rule) => (rule.step === other(scene) ? { ...rule, active: false } : rule)),
			})),
	},
	{
		name: 'another step inactive',
		before: (scene) =>
			changeFlow(scene, ({ steps }) => ({
				steps: steps.map((step) => (step.id === other(scene) ? { ...step, active: false } : step)),
			})),
	},
	{
		name: 'the interface fails, and nothing had changed',
		before: async (scene) => {
			scene.company.faults.hr.set(FaultPlan.parse({ fault: 'error' }));
			await synchroniseWhereOn(scene);
			scene.company.faults.hr.reset();
		},
	},
	{
		name: 'the interface is off',
		before: (scene) => change(scene, 'settings', 'settings', { hrInterface: 'off' }),
	},
	{
		name: 'a mapping rule is gone, and its people are bound already',
		before: ({ company, start }) => company.approvals.records.remove('mappings', start.hrPosition),
	},
	{
		name: 'somebody else is on leave',
		before: ({ company, approver }) => {
			company.hr.startLeave(approver.employee === 'E1011' ? 'E1048' : 'E1049', {});
		},
	},
	{
		name: 'another user is locked',
		before: (scene) => change(scene, 'users', 'ma.hongmei', { locked: true }),
	},
	{
		name: 'a second user of the position is locked',
		before: ({ company, start }) => {
			const { records } = company.approvals;
			records.put('users', { id: 'old.one', name: 'Old One', locked: true });
			records.put('bindings', {
				id: `${start.position}/old.one`,
				position: start.position,
				user: 'old.one',
				origin: 'manual',
				since: new Date().toISOString(),
			});
		},
	},
	{
		name: 'the mail server hangs after the message was sent',
		after: ({ company }) => company.faults.smtp.set({ fault: 'hang', to: '' }),
	},
	{
		name: 'mail to others bounces',
		before: ({ company }) => company.faults.smtp.set({ fault: 'bounce', to: 'nobody@' }),
	},
	{
		name: 'another customer is special',
		before: ({ company }) => {
			company.approvals.records.put('specialCustomers', {
				id: 'C-9999',
				authorisation: 'EXPORT',
				holders: [],
			});
		},
	},
	{
		name: 'the customer is special and the approver may',
		before: ({ company, customer, approver }) => {
			company.approvals.records.put('specialCustomers', {
				id: customer.code,
				authorisation: 'EXPORT',
				holders: [approver.login],
			});
		},
	},
	{
		name: 'another limit is low',
		before: ({ company }) => {
			company.approvals.records.put('limits', {
				id: 'ma.hongmei',
				user: 'ma.hongmei',
				limit: '1',
				currency: 'CNY',
			});
		},
	},
	{
		name: 'a run left somebody else out',
		before: async (scene) => {
			scene.company.approvals.records.remove('mappings', 'WHS-MGR');
			await synchroniseWhereOn(scene);
		},
	},
];

function other({ start }: Scene): string {
	return start.step === 'sales-west' ? 'sales-south' : 'sales-west';
}

async function synchroniseWhereOn({ company: { approvals } }: Scene): Promise<void> {
	if (approvals.records.get('settings', 'settings')?.hrInterface === 'on') await approvals.synchronise();
}
