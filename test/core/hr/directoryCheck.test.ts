import { checkDirectory, type Organisation } from '../../../core/hr/directoryCheck';
import type { Employee } from '../../../core/model/employee';
import type { Position } from '../../../core/model/organisation';

const person = (key: string, more: Partial<Employee> = {}): Employee => ({
	key,
	name: key,
	state: 'active',
	...more,
});
const post = (key: string, holders: string[], more: Partial<Position> = {}): Position => ({
	key,
	name: key,
	approver: true,
	holders,
	state: 'active',
	...more,
});
const check = (given: Partial<Organisation>) =>
	checkDirectory({ employees: [], today: '2026-11-25', ...given }).map(({ kind, employees, position }) =>
		[kind, ...employees, ...(position === undefined ? [] : [position])].join(' '),
	);

describe('what is in doubt in an HR system', () => {
	test('nothing, where people, posts and dates fit', () => {
		const employees = [
			person('E1', { login: 'e1', email: 'e1@example.com', number: '1' }),
			person('E2', { manager: 'E1', login: 'e2', email: 'e2@example.com', number: '2' }),
		];
		expect(check({ employees, positions: [post('FIN-SUP', ['E1'])] })).toEqual([]);
	});

	test('people who share a number, a login or an address, but not with those who left', () => {
		const employees = [
			person('E1', { number: '7', login: 'Wang.Fang', email: 'wang@example.com' }),
			person('E2', { number: '7', login: 'wang.fang', email: 'WANG@example.com' }),
			person('E3', { number: '7', login: 'wang.fang', state: 'left' }),
		];
		expect(check({ employees })).toEqual(['sameNumber E1 E2', 'sameLogin E1 E2', 'sameEmail E1 E2']);
	});

	test('a circle of managers once, with whoever reports into it left out', () => {
		const employees = [
			person('E1', { manager: 'E3' }),
			person('E2', { manager: 'E1' }),
			person('E3', { manager: 'E2' }),
			person('E4', { manager: 'E2' }),
			person('E5', { manager: 'E5' }),
		];
		expect(check({ employees })).toEqual(['managerCycle E1 E3 E2', 'managerCycle E5']);
	});

	test('a manager who has left or is not there', () => {
		const employees = [
			person('E1', { manager: 'E2' }),
			person('E2', { state: 'left' }),
			person('E3', { manager: 'E9' }),
		];
		expect(check({ employees })).toEqual(['managerLeft E1 E2', 'unknownManager E3']);
	});

	test('a chain of 20,000 managers is walked without a deep stack', () => {
		const employees = Array.from({ length: 20_000 }, (_, index) =>
			person(`E${index}`, index === 0 ? {} : { manager: `E${index - 1}` }),
		);
		expect(check({ employees: employees.toReversed() })).toEqual([]);
	});

	test('an approving post that nobody holds, or nobody at work with a user', () => {
		const employees = [
			person('E1', { login: 'e1', state: 'onLeave' }),
			person('E2'),
			person('E3', { login: 'e3' }),
		];
		const positions = [
			post('A', []),
			post('B', ['E1']),
			post('C', ['E2']),
			post('D', ['E2', 'E3']),
			post('E', [], { approver: false }),
			post('F', [], { state: 'closed' }),
		];
		expect(check({ employees, positions })).toEqual([
			'vacantApprover A',
			'approverWithoutUser E1 B',
			'approverWithoutUser E2 C',
		]);
	});

	test('dates ahead or past, and departments and posts that are not there', () => {
		const employees = [
			person('E1', { assignedOn: '2026-12-01' }),
			person('E2', { leftOn: '2026-11-24' }),
			person('E3', { state: 'onLeave', leave: { from: '2026-01-01', until: '2026-06-30' } }),
			person('E4', { department: 'NONE', position: 'NONE', leftOn: '2026-12-31' }),
		];
		expect(check({ employees, departments: [], positions: [] })).toEqual([
			'unknownDepartment E4',
			'unknownPosition E4',
			'moveAhead E1',
			'pastLastDay E2',
			'leaveOverdue E3',
		]);
		expect(check({ employees: [person('E4', { department: 'NONE' })] })).toEqual([]);
	});
});
