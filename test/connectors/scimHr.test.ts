import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { axiosTransport } from '../../connectors/http/axiosTransport';
import { ScimHr } from '../../connectors/scim/scimHr';
import { Inbox } from '../../core/events/inbox';
import { EmployeeWatch, noticeOf, type DoubtfulAnswer } from '../../core/hr/employeeWatch';
import { openStore } from '../../core/store/open';
import { collect } from './sandboxFixture';
import { enterprise, scimToken, startScimServer, type ScimServer } from './scimServer';

let server: ScimServer;
const transport = axiosTransport();
let hr: ScimHr;

beforeAll(async () => {
	server = await startScimServer();
	hr = new ScimHr({ system: 'scim', url: `${server.url}/scim/v2/`, token: scimToken, transport });
});
beforeEach(async () => {
	await server.answers({});
	await server.remove((await server.people()).map(({ id }) => id));
});
afterAll(async () => {
	transport.close();
	await server.close();
});

const user = (userName: string, more: object = {}) => ({
	userName,
	displayName: userName,
	active: true,
	...more,
});
const person = async (key: string) => (await hr.get('employee', [key])).get(key);

describe('a SCIM directory as HR', () => {
	test('a user of the enterprise schema is an employee with department, title, manager and place of work', async () => {
		const [manager = ''] = await server.put([user('lin')]);
		const [id = ''] = await server.put([
			user('wang.fang', {
				displayName: '王芳 Wang Fang',
				title: 'Buyer',
				emails: [
					{ value: 'home@example.com', type: 'home' },
					{ value: 'wang.fang@example.com', type: 'work', primary: true },
				],
				addresses: [{ type: 'work', locality: 'Suzhou', region: 'east' }],
				[enterprise]: {
					employeeNumber: 'E7',
					department: ' Purchasing ',
					organization: 'Riverside',
					manager: { value: manager },
				},
			}),
		]);
		expect(await person(id)).toEqual({
			key: id,
			number: 'E7',
			name: '王芳 Wang Fang',
			email: 'wang.fang@example.com',
			login: 'wang.fang',
			entity: 'Riverside',
			department: 'Purchasing',
			position: 'Buyer',
			region: 'east',
			site: 'Suzhou',
			manager,
			state: 'active',
		});
	});

	test('what is no value is left out, and the person stays: nulls, an address without @, no name', async () => {
		const [id = ''] = await server.put([
			{ userName: 'svc', displayName: null, title: '', emails: [{ value: 'nobody' }], active: false },
		]);
		expect(await person(id)).toEqual({ key: id, name: 'svc', login: 'svc', state: 'left' });
	});

	test('a directory that counts all and delivers half is refused, never taken for the whole', async () => {
		await server.put(Array.from({ length: 450 }, (_, index) => user(`u${index}`)));
		expect(await collect(hr.list('employee'))).toHaveLength(450);
		await server.answers({ delivered: 200 });
		await expect(collect(hr.list('employee'))).rejects.toThrow('counts 450 users and delivered 200');
	});

	test('someone who leaves has an inactive account, and it is active again when they come back', async () => {
		const [key = ''] = await server.put([user('zhao')]);
		const act = async (action: 'terminate' | 'rehire', input: { on?: string } = {}) =>
			(await hr.act('employee', action, [{ key, idempotencyKey: action, input }]))[0];
		expect(await act('terminate')).toMatchObject({ value: { state: 'left' } });
		expect((await server.people())[0]?.active).toBe(false);
		expect(await act('rehire')).toMatchObject({ value: { state: 'active' } });
		expect(await act('terminate', { on: '2030-01-01' })).toMatchObject({
			error: { message: expect.stringContaining('at once and not from 2030-01-01 on') },
		});
		expect((await server.people())[0]?.active).toBe(true);
	});

	test('an employee is found by number and changed, or made; a number that two users have is refused', async () => {
		const draft = { number: 'E9', name: '孙伟', login: 'sun.wei', department: 'Warehouse' };
		const upsert = async (changes: object = {}) =>
			(await hr.upsert('employee', [{ idempotencyKey: 'e9', draft: { ...draft, ...changes } }]))[0];
		const first = await upsert();
		const moved = await upsert({ department: 'Sales' });
		expect(moved).toMatchObject({ key: first?.key, value: { department: 'Sales' } });
		expect(await server.people()).toHaveLength(1);
		await server.put([user('twin', { [enterprise]: { employeeNumber: 'E9' } })]);
		expect(await upsert()).toMatchObject({ error: { name: 'ConflictError' } });
	});

	test('what SCIM has no place for is refused by name before anything is written', async () => {
		const [key = ''] = await server.put([user('qian')]);
		const [outcome] = await hr.update('employee', [{ key, changes: { name: 'Qian', rank: 5 } }]);
		expect(outcome).toMatchObject({ error: { message: expect.stringContaining('no place for rank') } });
		expect((await person(key))?.name).toBe('qian');
	});

	test('who is hired, moves and leaves in the directory is told, and half an answer is a doubt', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'scim-'));
		const database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
		try {
			const ids = await server.put(
				Array.from({ length: 30 }, (_, index) =>
					user(`p${index}`, { title: 'Buyer', [enterprise]: { department: 'Purchasing' } }),
				),
			);
			const told: string[] = [];
			const doubts: DoubtfulAnswer[] = [];
			const watch = new EmployeeWatch({
				connector: hr,
				database,
				inbox: new Inbox(database, 'scim'),
				startFrom: 'now',
				sweepEveryMs: 0,
				onDoubt: (doubt) => void doubts.push(doubt),
			});
			const look = async () =>
				await watch.look((entries) => {
					for (const { event } of entries)
						told.push(`${noticeOf(event)?.kind} ${(event.data as { login: string }).login}`);
				});
			await look();
			await server.put([
				{ id: ids[0], [enterprise]: { department: 'Sales' } },
				{ id: ids[1], active: false },
			]);
			await server.put([user('new')]);
			await look();
			expect(told.toSorted()).toEqual(['hired new', 'left p1', 'moved p0']);
			await server.answers({ shown: 15 });
			await look();
			await look();
			expect(doubts).toEqual([
				{ system: 'scim', expected: 30, absent: 16 },
				{ system: 'scim', expected: 30, absent: 16 },
			]);
			expect(told).toHaveLength(3);
		} finally {
			await database.close();
			await rm(folder, { recursive: true, force: true });
		}
	});
});
