import { diagnose } from '../../../core/approvals/diagnose';
import { pictureOf, type DocumentRecords, type Records } from '../../../core/approvals/picture';
import { groupByCause } from '../../../core/approvals/rootCauses';
import { tellDiagnosis, tellGroup } from '../../../core/approvals/telling';
import type { ApprovalDocument, ApprovalUser } from '../../../core/model/approval';
import type { Employee } from '../../../core/model/employee';

const at = '2026-03-02T08:00:00.000Z';
const now = '2026-03-02T12:00:00.000Z';

const document: ApprovalDocument = {
	kind: 'salesOrder',
	key: 'SO-1',
	number: 'SO-1',
	amount: '1200.50',
	currency: 'CNY',
	partner: { code: 'C-1', name: 'A customer' },
	submittedBy: 'wang.fang',
	submittedAt: at,
	step: 'finance',
	waitingSince: at,
};
const user = (key: string, employee: string): ApprovalUser => ({
	key,
	name: key,
	email: `${key}@example.com`,
	employee,
	state: 'active',
	synced: { at, position: 'FIN-SUP' },
});
const employee = (key: string, login: string, fields: Partial<Employee> = {}): Employee => ({
	key,
	number: key,
	name: login,
	login,
	position: 'FIN-SUP',
	state: 'active',
	...fields,
});

/** One step, one position, and Zhou Min who holds it: all in order. */
const inOrder: Records = {
	system: 'erp',
	flows: [
		{
			key: 'flow',
			name: 'Sales orders',
			kind: 'salesOrder',
			state: 'active',
			currency: 'CNY',
			rules: [{ key: 'all', state: 'active', from: '0', step: 'finance' }],
			steps: [{ key: 'finance', name: 'Finance', state: 'active', position: 'FINANCE' }],
		},
	],
	organisation: {
		positions: [{ key: 'FINANCE', name: 'Finance supervisor', state: 'active' }],
		users: [user('zhou.min', 'E1')],
		bindings: [{ position: 'FINANCE', user: 'zhou.min', origin: 'sync', since: at }],
		sync: {
			state: 'on',
			mappings: [{ hr: 'FIN-SUP', position: 'FINANCE' }],
			runs: [
				{ key: 'R1', startedAt: at, finishedAt: at, state: 'succeeded', read: 1, written: 1, errors: [] },
			],
		},
	},
	authorisations: { specialPartners: [], limits: [], submitterExcluded: true },
	hr: { system: 'hr', employees: [employee('E1', 'zhou.min')], positions: [] },
	now,
};

const told = (login: string, state: 'sent' | 'bounced' = 'sent'): DocumentRecords => ({
	tasks: [
		{ key: `T-${login}`, document: 'SO-1', step: 'finance', user: login, state: 'open', createdAt: at },
	],
	notifications: [
		{
			key: `M-${login}`,
			document: 'SO-1',
			task: `T-${login}`,
			user: login,
			to: `${login}@example.com`,
			state,
			madeAt: at,
			attempts: 1,
		},
	],
});
const both = (one: DocumentRecords, other: DocumentRecords): DocumentRecords => ({
	tasks: [...one.tasks, ...other.tasks],
	notifications: [...one.notifications, ...other.notifications],
});
const nothing: DocumentRecords = { tasks: [], notifications: [] };
const look = (records: Records, ofDocument: DocumentRecords, of = document) =>
	diagnose(of, ofDocument, pictureOf(records));

/** Two users hold the position. */
const two: Records = {
	...inOrder,
	organisation: {
		...inOrder.organisation,
		users: [user('zhou.min', 'E1'), user('yin.tao', 'E2')],
		bindings: ['zhou.min', 'yin.tao'].map((key) => ({
			position: 'FINANCE',
			user: key,
			origin: 'sync',
			since: at,
		})),
	},
	hr: { system: 'hr', employees: [employee('E1', 'zhou.min'), employee('E2', 'yin.tao')], positions: [] },
};

test('an order whose approver was told and may decide merely waits', () => {
	expect(look(inOrder, told('zhou.min'))).toMatchObject({
		verdict: 'waits',
		waitsFor: ['zhou.min'],
		further: [],
	});
});

test('the story: the interface fails, so the new finance supervisor never reached the ERP; the customer is one more hurdle', () => {
	const hired = employee('E9', 'new.one', { name: 'New One' });
	const story: Records = {
		...inOrder,
		organisation: {
			...inOrder.organisation,
			sync: {
				state: 'on',
				mappings: [{ hr: 'FIN-SUP', position: 'FINANCE' }],
				runs: [
					{
						key: 'R2',
						startedAt: now,
						finishedAt: now,
						state: 'failed',
						read: 0,
						written: 0,
						errors: [{ message: 'HR answered 500.' }],
					},
					...(inOrder.organisation.sync?.runs ?? []),
				],
			},
		},
		authorisations: {
			...inOrder.authorisations,
			specialPartners: [{ partner: 'C-1', authorisation: 'KEY', holders: ['he.liping'] }],
		},
		hr: { system: 'hr', employees: [employee('E1', 'zhou.min', { state: 'left' }), hired], positions: [] },
		handshake: { host: 'mail', port: 25, state: 'timeout', at: now, says: 'no answer within 2000 ms' },
	};
	const diagnosis = look(story, nothing);
	expect(diagnosis.checks.map(({ status }) => status)).toEqual(['ok', 'fault', 'fault', 'fault']);
	expect(diagnosis.rootCause).toMatchObject({ code: 'syncFailed', confidence: 'certain' });
	expect(diagnosis.further.map(({ code }) => code)).toEqual([
		'mailServerUnreachable',
		'extraAuthorisationMissing',
	]);
	const { rootCause } = tellDiagnosis(diagnosis, 'en');
	expect(rootCause?.finding).toContain('HR answered 500.');
	expect(rootCause?.finding).toContain('New One');
	expect(rootCause?.ruledOut.map(({ check }) => check)).toEqual(['flow']);
	expect(tellDiagnosis(diagnosis, 'zh-CN').rootCause?.finding).toMatch(/组织同步失败/);
});

test('one approver who was told and may decide is enough', () => {
	expect(look(two, both(told('zhou.min', 'bounced'), told('yin.tao'))).verdict).toBe('waits');
});

test('the one who may decide was not told, and the one who was told may not: the message is the fault', () => {
	const limits = [{ user: 'yin.tao', limit: '1000', currency: 'CNY' }];
	const records: Records = { ...two, authorisations: { ...two.authorisations, limits } };
	const diagnosis = look(records, both(told('zhou.min', 'bounced'), told('yin.tao')));
	expect(diagnosis.rootCause).toMatchObject({ code: 'messageBounced', facts: { user: 'zhou.min' } });
	expect(diagnosis.further).toEqual([]);
});

test('an access policy that forbids the approver is the cause, with the reason it gave', () => {
	const decide = () => ({
		permitted: false,
		why: 'only from the office network',
		policies: ['office-hours'],
	});
	const diagnosis = look({ ...inOrder, decide }, told('zhou.min'));
	expect(diagnosis.rootCause).toMatchObject({ code: 'policyDenied', subject: { key: 'office-hours' } });
	expect(tellDiagnosis(diagnosis, 'en').rootCause?.finding).toContain('only from the office network');
});

test('while HR cannot be read, the second check says so and a fault is likely, not certain', () => {
	const { hr: _unread, ...without } = inOrder;
	expect(look(without, told('zhou.min')).checks[1]?.status).toBe('unknown');
	const diagnosis = look(without, told('zhou.min', 'bounced'));
	expect(diagnosis.rootCause).toMatchObject({ code: 'messageBounced', confidence: 'likely' });
});

test('a deputy bound by hand may decide until the last moment, and not after it', () => {
	const deputy = (until: string): Records => ({
		...inOrder,
		organisation: {
			...inOrder.organisation,
			users: [user('he.liping', 'E5')],
			bindings: [{ position: 'FINANCE', user: 'he.liping', origin: 'manual', since: at, until }],
		},
		hr: { system: 'hr', employees: [employee('E5', 'he.liping', { position: 'SAL-DIR' })], positions: [] },
	});
	expect(look(deputy('2026-03-02T12:00:00.001Z'), told('he.liping')).verdict).toBe('waits');
	expect(look(deputy('2026-03-02T12:00:00.000Z'), told('he.liping')).rootCause?.code).toBe('positionVacant');
});

test('documents fall together by their root cause, with what they are worth', () => {
	const organisation = { ...inOrder.organisation, bindings: [] };
	const blocked = Array.from({ length: 143 }, (_, index) =>
		look({ ...inOrder, organisation }, nothing, { ...document, key: `SO-${index}`, amount: '0.10' }),
	);
	const groups = groupByCause([...blocked, look(inOrder, told('zhou.min'))]);
	expect(groups).toHaveLength(1);
	expect(groups[0]).toMatchObject({ documents: 143, amounts: { CNY: '14.3' } });
	expect(groups[0] && tellGroup(groups[0], 'en').headline).toBe(
		'Position Finance supervisor has no user bound to it, though HR names zhou.min. It holds up 143 documents worth 14.3 CNY.',
	);
});
