import {
	DelegationPolicy,
	judgeDelegation,
	type DelegationRequest,
} from '../../../core/approvals/delegation';
import { pictureOf } from '../../../core/approvals/picture';
import type { ApprovalDocument, ApprovalUser } from '../../../core/model/approval';

const at = '2026-03-02T08:00:00.000Z';
const user = (key: string, state: ApprovalUser['state'] = 'active'): ApprovalUser => ({
	key,
	name: key,
	employee: key,
	state,
});
const picture = pictureOf({
	system: 'erp',
	flows: [
		{
			key: 'flow',
			name: 'Sales orders',
			kind: 'salesOrder',
			state: 'active',
			currency: 'CNY',
			rules: [],
			steps: [{ key: 'finance', name: 'Finance', state: 'active', position: 'FINANCE' }],
		},
	],
	organisation: {
		positions: [{ key: 'FINANCE', name: 'Finance supervisor', state: 'active' }],
		users: [user('zhou'), user('lin'), user('wang'), user('locked', 'locked'), user('away')],
		bindings: [{ position: 'FINANCE', user: 'zhou', origin: 'sync', since: at }],
	},
	authorisations: {
		specialPartners: [{ partner: 'SPECIAL', authorisation: 'KEY', holders: ['zhou'] }],
		limits: [{ user: 'lin', limit: '5000', currency: 'CNY' }],
		submitterExcluded: false,
	},
	hr: {
		system: 'hr',
		positions: [],
		employees: [{ key: 'away', number: 'away', name: 'away', state: 'onLeave' }],
	},
	now: at,
});
const document = (key: string, fields: Partial<ApprovalDocument> = {}): ApprovalDocument => ({
	kind: 'salesOrder',
	key,
	number: key,
	amount: '1000',
	currency: 'CNY',
	partner: { code: 'C-1' },
	submittedBy: 'wang',
	submittedAt: at,
	step: 'finance',
	waitingSince: at,
	...fields,
});
const policy = DelegationPolicy.parse({ grantors: ['gu'], maxHours: 48, maxAmount: '10000' });
const request: DelegationRequest = {
	position: 'FINANCE',
	deputy: 'lin',
	grantedBy: 'gu',
	reason: 'Zhou has left, the interface is down',
	hours: 24,
	maxAmount: '10000',
};
const judge = (changes: Partial<DelegationRequest> = {}, waiting: ApprovalDocument[] = [document('SO-1')]) =>
	judgeDelegation({ ...request, ...changes }, policy, waiting, picture, 'en');

test('a deputy within the policy gets what waits at the position, and everyone concerned is named', () => {
	const { refusals, covered, concerned } = judge({}, [document('SO-1'), document('SO-2', { step: 'other' })]);
	expect(refusals).toEqual([]);
	expect(covered.map(({ key }) => key)).toEqual(['SO-1']);
	expect(concerned.map(({ login, role }) => `${login} ${role}`).toSorted()).toEqual([
		'gu grantor',
		'lin deputy',
		'wang submitter',
		'zhou holder',
	]);
});

test.each<[Partial<DelegationRequest>, string]>([
	[{ grantedBy: 'wang' }, 'wang may not name deputies'],
	[{ grantedBy: 'gu', deputy: 'gu' }, 'Nobody names themselves'],
	[{ deputy: 'nobody' }, 'no user "nobody"'],
	[{ deputy: 'locked' }, 'locked, away or no longer employed'],
	[{ deputy: 'away' }, 'locked, away or no longer employed'],
	[{ deputy: 'zhou' }, 'holds the position already'],
	[{ reason: 'quick' }, 'at least 10 characters'],
	[{ hours: 49 }, 'at most 48 hours'],
	[{ maxAmount: '10000.01' }, 'decides up to 10000'],
	[{ maxAmount: undefined }, 'decides up to 10000'],
	[{ position: 'GHOST' }, 'no position "GHOST"'],
])('a request against the policy is refused: %j', (changes, says) => {
	expect(judge(changes).refusals.join(' ')).toContain(says);
});

test('what the deputy submitted, or may not decide, stays with others even where the system would let it pass', () => {
	const waiting = [
		document('OWN', { submittedBy: 'lin' }),
		document('LARGE', { amount: '10000.01' }),
		document('OVER-LIMIT', { amount: '5000.01' }),
		document('CUSTOMER', { partner: { code: 'SPECIAL' } }),
	];
	const { covered, left } = judge({}, waiting);
	expect(covered).toEqual([]);
	expect(left.map(({ document: key }) => key)).toEqual(['OWN', 'LARGE', 'OVER-LIMIT', 'CUSTOMER']);
	expect(left[0]?.because).toBe('lin submitted it.');
});
