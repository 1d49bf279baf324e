import { Hr } from '../../nodes/Hr/Hr.node';
import { quietCompany, type Fixture } from '../connectors/sandboxFixture';
import { editor, run, runItems } from './nodeContext';

const node = new Hr();
let fixture: Fixture;
beforeAll(async () => {
	fixture = await quietCompany();
});
afterAll(async () => {
	await fixture.close();
});

const hr = async (resource: string, operation: string, parameters: object = {}) =>
	await run(node, fixture.company, { system: 'sandbox', resource, operation, ...parameters });

describe('the HR node on the sandbox', () => {
	test('gets an employee, and many by state, department and rank', async () => {
		expect(await hr('employee', 'get', { employee: 'E1011' })).toMatchObject([
			{ key: 'E1011', number: 'E1011', department: 'FIN', position: 'FIN-SUP', rank: 6, state: 'active' },
		]);
		const away = await hr('employee', 'getAll', { returnAll: true, filters: { state: 'onLeave' } });
		expect(away.map(({ key }) => key)).toEqual(['E1018']);
		const senior = await hr('employee', 'getAll', {
			returnAll: true,
			conditions: {
				condition: [
					{ field: 'department', operator: 'is', value: 'FIN' },
					{ field: 'rank', operator: 'atLeast', value: '6' },
				],
			},
			fieldsToReturn: ['name'],
		});
		expect(senior).toEqual([
			{ key: 'E1008', name: '林志远 Lin Zhiyuan' },
			{ key: 'E1011', name: '周敏 Zhou Min' },
		]);
	});

	test('enters, moves, sends on leave, takes back, ends and rehires', async () => {
		const record = JSON.stringify({ number: 'E3001', name: '新人 New', department: 'FIN', rank: 4 });
		await hr('employee', 'create', { record, recordFrom: 'json', idempotencyKey: 'new-1' });
		const again = await hr('employee', 'create', { record, recordFrom: 'json', idempotencyKey: 'new-1' });
		expect(again).toMatchObject([{ key: 'E3001', state: 'active', revision: '1' }]);
		const employee = 'E3001';
		const moved = await hr('employee', 'move', {
			employee,
			on: '2026-12-01T00:00:00.000+08:00',
			changes: { position: 'FIN-ACC', rank: 5, manager: '' },
		});
		expect(moved).toMatchObject([{ position: 'FIN-ACC', rank: 5, assignedOn: '2026-12-01' }]);
		const leave = await hr('employee', 'startLeave', { employee, from: '2026-12-10', until: '' });
		expect(leave).toMatchObject([{ state: 'onLeave', leave: { from: '2026-12-10' } }]);
		expect(await hr('employee', 'endLeave', { employee })).toMatchObject([{ state: 'active' }]);
		const gone = await hr('employee', 'terminate', { employee, on: '2026-12-31' });
		expect(gone).toMatchObject([{ state: 'left', leftOn: '2026-12-31' }]);
		expect(await hr('employee', 'rehire', { employee, on: '' })).toMatchObject([{ state: 'active' }]);
	});

	test('a move without a change, to a post that is not there, or a day that is none is refused by name', async () => {
		const employee = 'E1012';
		await expect(hr('employee', 'move', { employee, changes: {} })).rejects.toThrow('must change something');
		await expect(hr('employee', 'move', { employee, changes: { position: 'NONE' } })).rejects.toThrow(
			'there is no position "NONE"',
		);
		await expect(hr('employee', 'terminate', { employee, on: '31.12.2026' })).rejects.toThrow('YYYY-MM-DD');
	});

	test('a record that fails is told with its item, and the others go on', async () => {
		const [[first, second] = []] = await runItems(
			node,
			{
				system: 'sandbox',
				resource: 'employee',
				operation: 'get',
				employee: (item: { key: string }) => item.key,
			},
			[{ key: 'NOBODY' }, { key: 'E1001' }],
			{ company: fixture.company, goOn: true },
		);
		expect(first?.json.error).toContain('has no employee "NOBODY"');
		expect(second?.json).toMatchObject({ key: 'E1001' });
	});

	test('posts with their holders, departments, and what is in doubt', async () => {
		expect(await hr('position', 'get', { position: 'FIN-SUP' })).toMatchObject([
			{ key: 'FIN-SUP', approver: true, holders: ['E1011'] },
		]);
		expect(await hr('department', 'getAll', { returnAll: true })).toHaveLength(10);
		fixture.company.hr.employees.change('E1011', { login: null });
		const findings = await hr('directory', 'check', { today: '2026-11-25' });
		expect(findings).toContainEqual(
			expect.objectContaining({ kind: 'approverWithoutUser', position: 'FIN-SUP', employees: ['E1011'] }),
		);
		expect(findings).toContainEqual(
			expect.objectContaining({ kind: 'vacantApprover', position: 'WHS-SUP-S' }),
		);
	});

	test('lists to pick from are live', async () => {
		const { listSearch, loadOptions } = node.methods;
		const context = editor(fixture.company, { system: 'sandbox' });
		const { results } = await listSearch.searchEmployees.call(context, 'lin.zhi');
		expect(results).toEqual([{ name: 'E1008 · 林志远 Lin Zhiyuan · FIN', value: 'E1008' }]);
		const vacant = await listSearch.searchPositions.call(context, 'WHS-SUP-S');
		expect(vacant.results).toMatchObject([{ name: expect.stringContaining('vacant'), value: 'WHS-SUP-S' }]);
		expect(await loadOptions.loadDepartments.call(context)).toContainEqual({
			name: 'FIN · 财务部 Finance',
			value: 'FIN',
		});
	});
});
