import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Attribute, Change, type Client } from 'ldapts';

import { LdapHr } from '../../../connectors/ldap/ldapHr';
import { Inbox } from '../../../core/events/inbox';
import { EmployeeWatch, noticeOf } from '../../../core/hr/employeeWatch';
import type { Employee } from '../../../core/model/employee';
import {
	AuthenticationError,
	NotFoundError,
	UnavailableError,
	ValidationError,
} from '../../../core/ports/errors';
import { openStore } from '../../../core/store/open';
import { collect } from '../../connectors/sandboxFixture';
import { administrator, peopleBase, reader, readerLimit, startSlapd, suffix, type Slapd } from './slapd';

jest.setTimeout(240_000);

let server: Slapd;
beforeAll(async () => {
	server = await startSlapd();
});
beforeEach(async () => {
	await server.administer(async (client) => {
		const { searchEntries } = await client.search(suffix, {
			filter: '(|(objectClass=person)(ou=left))',
			attributes: ['1.1'],
		});
		// The deepest first.
		const names = searchEntries.map(({ dn }) => dn).toSorted((a, b) => b.length - a.length);
		for (const dn of names) await client.del(dn);
	});
});
afterAll(async () => await server.close());

const hr = (options: Partial<ConstructorParameters<typeof LdapHr>[0]> = {}) =>
	new LdapHr({
		system: 'ldap',
		url: server.url,
		bindDn: administrator.dn,
		password: administrator.password,
		baseDn: suffix,
		leftFilter: '(employeeType=left)',
		...options,
	});
const dnOf = (uid: string) => `uid=${uid},${peopleBase}`;
const enter = async (...people: Array<{ uid: string } & Record<string, string | string[]>>) =>
	await server.administer(async (client) => {
		for (const { uid, ...attributes } of people)
			await client.add(dnOf(uid), { objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid, ...attributes });
	});
const replace = (client: Client, uid: string, type: string, value: string) =>
	client.modify(
		dnOf(uid),
		new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
	);
const people = async (connector = hr()): Promise<Employee[]> => await collect(connector.list('employee'));
const byLogin = async (login: string) => (await people()).find((person) => person.login === login);

describe("OpenLDAP's people as employees", () => {
	test('have number, name, e-mail, department, title and manager; names and filters may hold anything', async () => {
		await enter(
			{ uid: 'lin', displayName: '林志远 Lin' },
			{
				uid: 'wang.fang',
				displayName: '王芳 (Wang*) Fang',
				employeeNumber: 'E7',
				mail: ['wang.fang@example.com', 'second@example.com'],
				departmentNumber: 'PUR',
				title: 'Buyer',
				o: 'Riverside',
				st: 'east',
				l: 'Suzhou',
				// Written in another way than the directory's own.
				manager: `UID=lin, OU=people, ${suffix}`,
			},
			{ uid: 'svc', mail: 'nobody', employeeType: 'left' },
		);
		const manager = (await byLogin('lin'))?.key ?? '';
		const person = await byLogin('wang.fang');
		expect(person).toEqual({
			key: expect.stringMatching(/^[0-9a-f-]{36}$/),
			number: 'E7',
			name: '王芳 (Wang*) Fang',
			email: 'wang.fang@example.com',
			login: 'wang.fang',
			entity: 'Riverside',
			department: 'PUR',
			position: 'Buyer',
			region: 'east',
			site: 'Suzhou',
			manager,
			state: 'active',
		});
		expect(await byLogin('svc')).toEqual({
			key: expect.any(String),
			name: 'svc',
			login: 'svc',
			state: 'left',
		});
		const found = await hr().get('employee', [person?.key ?? '', 'no such key']);
		expect([...found.values()]).toEqual([person]);
		const searched = await collect(hr().list('employee', { search: '(wang*)' }));
		expect(searched).toEqual([person]);
	});

	test('a person who is moved in the tree stays the same person', async () => {
		await enter({ uid: 'zhao' });
		const before = await byLogin('zhao');
		await server.administer(async (client) => {
			await client.add(`ou=left,${suffix}`, { objectClass: 'organizationalUnit', ou: 'left' });
			await client.modifyDN(dnOf('zhao'), `uid=zhao,ou=left,${suffix}`);
		});
		expect(await byLogin('zhao')).toEqual(before);
	});

	test('more people than a page, each once and by key', async () => {
		await enter(...Array.from({ length: 603 }, (_, index) => ({ uid: `u${index}` })));
		const keys = (await people()).map(({ key }) => key);
		expect(keys).toHaveLength(603);
		expect(keys).toEqual([...new Set(keys)].toSorted());
	});

	test('a directory that stops at its limit is refused, never taken for the whole', async () => {
		await enter(...Array.from({ length: readerLimit + 3 }, (_, index) => ({ uid: `u${index}` })));
		const limited = hr({ bindDn: reader.dn, password: reader.password });
		await expect(people(limited)).rejects.toThrow('stopped at its limit');
	});

	test('what is wrong is told by its name: password, base, filter, a server that is away', async () => {
		const failure = async (options: Parameters<typeof hr>[0]) =>
			await people(hr(options)).catch((error: unknown) => error);
		expect(await failure({ password: 'wrong' })).toBeInstanceOf(AuthenticationError);
		expect(await failure({ baseDn: 'ou=none,dc=example,dc=com' })).toBeInstanceOf(NotFoundError);
		expect(await failure({ peopleFilter: '(objectClass=' })).toBeInstanceOf(ValidationError);
		const away = await failure({ url: 'ldap://127.0.0.1:1' });
		expect(away).toBeInstanceOf(UnavailableError);
		expect((away as UnavailableError).retryable).toBe(true);
		await expect(hr({ password: 'wrong' }).check()).rejects.toThrow('refused to sign in');
		for (const error of [await failure({ password: 'wrong' }), away])
			expect(JSON.stringify(error)).not.toContain(administrator.password);
	});

	test('who is entered, moves and leaves in the directory is told, without a change feed', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'ldap-'));
		const database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
		try {
			await enter(
				...Array.from({ length: 20 }, (_, index) => ({ uid: `p${index}`, departmentNumber: 'PUR' })),
			);
			const told: string[] = [];
			const watch = new EmployeeWatch({
				connector: hr(),
				database,
				inbox: new Inbox(database, 'ldap'),
				startFrom: 'now',
				sweepEveryMs: 0,
			});
			const look = async () =>
				await watch.look((entries) => {
					for (const { event } of entries)
						told.push(`${noticeOf(event)?.kind} ${(event.data as Employee).login}`);
				});
			await look();
			await enter({ uid: 'new', departmentNumber: 'FIN' });
			await server.administer(async (client) => {
				await replace(client, 'p0', 'departmentNumber', 'FIN');
				await replace(client, 'p1', 'employeeType', 'left');
				await client.del(dnOf('p2'));
			});
			await look();
			expect(told.toSorted()).toEqual(['hired new', 'left p1', 'moved p0']);
			await look();
			expect(told.slice(3)).toEqual(['missing p2']);
		} finally {
			await database.close();
			await rm(folder, { recursive: true, force: true });
		}
	});
});
