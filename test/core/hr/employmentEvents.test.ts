import { absentFrom } from '../../../core/hr/absentPeople';
import { employmentEventsBetween, type PersonalState } from '../../../core/hr/employmentEvents';

const buyer: PersonalState = {
	key: 'E1',
	number: 'E1',
	name: '王芳',
	department: 'PUR',
	position: 'BUYER',
	rank: 4,
	manager: 'E9',
	assignedOn: '2025-01-01',
	state: 'active',
	hiredOn: '2020-01-01',
};
const kinds = (before: PersonalState | undefined, after: PersonalState) =>
	employmentEventsBetween(before, after).map(({ kind }) => kind);

describe('what happened to a person between two states', () => {
	test('nothing, when nothing differs', () => {
		expect(kinds(buyer, { ...buyer })).toEqual([]);
	});

	test('a transfer with a new rank and manager is a move, a promotion and a change of manager, each from the day HR says', () => {
		const after = { ...buyer, department: 'SAL', rank: 6, manager: 'E2', assignedOn: '2026-12-01' };
		expect(employmentEventsBetween(buyer, after)).toEqual([
			{
				kind: 'moved',
				effectiveOn: '2026-12-01',
				changes: {
					department: { from: 'PUR', to: 'SAL' },
					assignedOn: { from: '2025-01-01', to: '2026-12-01' },
				},
			},
			{ kind: 'promoted', effectiveOn: '2026-12-01', changes: { rank: { from: 4, to: 6 } } },
			{ kind: 'managerChanged', effectiveOn: '2026-12-01', changes: { manager: { from: 'E9', to: 'E2' } } },
		]);
	});

	test('a lower rank is a demotion; a rank that was not known before is a detail', () => {
		expect(kinds(buyer, { ...buyer, rank: 3 })).toEqual(['demoted']);
		const { rank: _rank, ...unranked } = buyer;
		expect(kinds(unranked, buyer)).toEqual(['detailsChanged']);
	});

	test('whoever leaves has one event, whatever else changed', () => {
		const after: PersonalState = { ...buyer, department: 'SAL', state: 'left', leftOn: '2026-11-30' };
		expect(employmentEventsBetween(buyer, after)).toMatchObject([
			{ kind: 'left', effectiveOn: '2026-11-30', changes: { department: {}, state: {}, leftOn: {} } },
		]);
		expect(kinds(after, { ...after, name: '王 芳' })).toEqual(['detailsChanged']);
		expect(kinds(after, buyer)).toEqual(['rehired']);
	});

	test('leave begins and ends, with what else changed told beside it', () => {
		const away: PersonalState = { ...buyer, state: 'onLeave', leave: { from: '2026-11-01' } };
		expect(employmentEventsBetween(buyer, away)).toMatchObject([
			{ kind: 'leaveStarted', effectiveOn: '2026-11-01' },
		]);
		expect(kinds(away, { ...buyer, position: 'SENIOR-BUYER' })).toEqual(['moved', 'leaveEnded']);
	});

	test('somebody new was hired, and may be on leave already; somebody new who has left is told as left', () => {
		expect(kinds(undefined, buyer)).toEqual(['hired']);
		expect(kinds(undefined, { ...buyer, state: 'onLeave' })).toEqual(['hired', 'leaveStarted']);
		expect(kinds(undefined, { ...buyer, state: 'left' })).toEqual(['left']);
	});
});

describe('who is absent from a complete answer', () => {
	const people = (count: number) => Array.from({ length: count }, (_, index) => `E${index}`);

	test('one of sixty is absent', () => {
		const expected = people(60);
		expect(absentFrom({ expected, seen: new Set(expected.slice(1)) })).toEqual({
			believed: true,
			absent: ['E0'],
		});
	});

	test.each([
		['half the people', 60, 30],
		['seven of sixty', 60, 53],
		['nobody at all', 60, 0],
		['nobody of one', 1, 0],
	])('an answer of %s is not believed', (_name, known, answered) => {
		const expected = people(known);
		const seen = new Set(expected.slice(0, answered));
		expect(absentFrom({ expected, seen })).toEqual({
			believed: false,
			expected: known,
			absent: known - answered,
		});
	});

	test('of a few people one may be absent, and people who came do not make up for those who went', () => {
		expect(absentFrom({ expected: people(3), seen: new Set(['E0', 'E1']) })).toMatchObject({
			believed: true,
		});
		const strangers = new Set(Array.from({ length: 60 }, (_, index) => `N${index}`));
		expect(absentFrom({ expected: people(60), seen: strangers })).toMatchObject({ believed: false });
	});
});
