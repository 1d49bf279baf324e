import type { EmployeeMove } from '../../core/model/employee';
import { ConflictError } from '../../core/ports/errors';
import type { ActRequest } from '../../core/ports/systemConnector';
import { collect, quietCompany, type Fixture } from './sandboxFixture';

describe("the sandbox's HR system", () => {
	let fixture: Fixture;
	beforeAll(async () => {
		fixture = await quietCompany();
	});
	afterAll(async () => {
		await fixture.close();
	});

	const person = async (key: string) => (await fixture.hr.get('employee', [key])).get(key);
	const holders = async (key: string) => (await fixture.hr.get('position', [key])).get(key)?.holders;
	const move = async (key: string, input: EmployeeMove) => {
		const request: ActRequest<EmployeeMove> = { key, idempotencyKey: `move/${key}`, input };
		return (await fixture.hr.act('employee', 'move', [request]))[0];
	};

	test('has 60 people whose posts, departments and managers are all there', async () => {
		const people = await collect(fixture.hr.list('employee'));
		const keys = new Set(people.map(({ key }) => key));
		const posts = new Map((await collect(fixture.hr.list('position'))).map((post) => [post.key, post]));
		const departments = new Set((await collect(fixture.hr.list('department'))).map(({ key }) => key));
		expect(people).toHaveLength(60);
		for (const { key, state, department = '', position = '', manager } of people) {
			expect(departments).toContain(department);
			expect(posts.get(position)?.holders.includes(key)).toBe(state !== 'left');
			if (manager !== undefined) expect(keys).toContain(manager);
		}
		expect(new Set(people.map(({ email }) => email)).size).toBe(60);
		expect(people.filter(({ state }) => state === 'left').map(({ key }) => key)).toEqual(['E1030', 'E1047']);
		expect(people.filter(({ state }) => state === 'onLeave').map(({ key }) => key)).toEqual(['E1018']);
		expect(posts.get('WHS-SUP-S')?.holders).toEqual([]);
		expect(people.some(({ login, state }) => login === undefined && state === 'active')).toBe(true);
	});

	test('someone who moves leaves the old post and holds the new one, from the day that was given', async () => {
		const moved = await move('E1043', { on: '2026-12-01', department: 'FIN', position: 'FIN-ACC' });
		expect(moved).toMatchObject({
			value: { department: 'FIN', position: 'FIN-ACC', assignedOn: '2026-12-01', state: 'active' },
		});
		expect(await holders('PUR-BUY')).not.toContain('E1043');
		expect(await holders('FIN-ACC')).toContain('E1043');
	});

	test('someone who left holds no post, cannot be moved, and holds it again once rehired', async () => {
		const request = { key: 'E1011', idempotencyKey: 'leave', input: { on: '2026-10-31' } };
		await fixture.hr.act('employee', 'terminate', [request]);
		expect(await person('E1011')).toMatchObject({ state: 'left', leftOn: '2026-10-31' });
		expect(await holders('FIN-SUP')).toEqual([]);
		expect(await move('E1011', { department: 'PUR' })).toMatchObject({ error: expect.any(ConflictError) });
		await fixture.hr.act('employee', 'rehire', [{ ...request, input: { on: '2027-01-04' } }]);
		const back = await person('E1011');
		expect(back).toMatchObject({ state: 'active', hiredOn: '2027-01-04', assignedOn: '2027-01-04' });
		expect(back?.leftOn).toBeUndefined();
		expect(await holders('FIN-SUP')).toEqual(['E1011']);
	});

	test('keeps every version of a person, as each was', async () => {
		await fixture.hr.update('employee', [{ key: 'E1044', changes: { rank: 5 } }]);
		await move('E1044', { department: 'SAL', position: 'SAL-OPS' });
		const versions = fixture.company.hr.history('E1044');
		expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
		expect(versions.map(({ employee }) => employee)).toMatchObject([
			{ rank: 4, position: 'PUR-BUY' },
			{ rank: 5, position: 'PUR-BUY' },
			{ rank: 5, position: 'SAL-OPS' },
		]);
	});

	test('a change and its event are one commit: the person, and the posts left and taken', async () => {
		const loud = await quietCompany({ hr: { publish: true } });
		try {
			const { hr } = loud.company;
			hr.move('E1045', { position: 'PUR-MGR', rank: 7 });
			const told = (hr.outbox?.after(0, 10) ?? []).map(({ payload }) => {
				const { type, subject } = JSON.parse(payload) as { type: string; subject: string };
				return `${type} ${subject}`;
			});
			expect(told).toEqual([
				'erp-bridge.employee.changed E1045',
				'erp-bridge.position.changed PUR-BUY',
				'erp-bridge.position.changed PUR-MGR',
			]);
			expect(() => hr.move('E1045', { position: 'NO-SUCH-POST' })).toThrow('there is no position');
			expect(hr.outbox?.after(0, 10)).toHaveLength(3);
		} finally {
			await loud.close();
		}
	});
});
