import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { Inbox, type InboxEntry } from '../../../core/events/inbox';
import {
	EmployeeWatch,
	noticeOf,
	type DoubtfulAnswer,
	type WatchSettings,
} from '../../../core/hr/employeeWatch';
import { personalState, type PersonalState } from '../../../core/hr/employmentEvents';
import type { Employee } from '../../../core/model/employee';
import { UnavailableError } from '../../../core/ports/errors';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';
import { quietCompany, type Fixture } from '../../connectors/sandboxFixture';

let folder: string;
let database: Database;
let consumers = 0;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'watch-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

/** A directory that lists its people in pages of two and can be made to answer half of them, or to break off. */
class Directory {
	readonly people = new Map<string, Employee>();
	answer: 'whole' | 'half' | 'broken' = 'whole';
	lie = new Set<string>();

	connector(): WatchSettings['connector'] {
		return {
			system: 'directory',
			capabilities: () => ({
				entities: { employee: { read: true, changes: false, actions: [] } },
				bulkSize: 1,
				pushesChanges: false,
				optimisticLocking: false,
			}),
			list: () => this.pages(),
		} as unknown as WatchSettings['connector'];
	}

	private async *pages(): AsyncGenerator<Employee[]> {
		const all = [...this.people.values()].filter(({ key }) => !this.lie.has(key));
		const shown = this.answer === 'half' ? all.slice(0, Math.floor(all.length / 2)) : all;
		for (let at = 0; at < shown.length; at += 2) {
			if (this.answer === 'broken' && at >= 2) break;
			yield shown.slice(at, at + 2);
		}
		if (this.answer === 'broken')
			throw new UnavailableError('The directory broke off.', { system: 'directory' });
	}
}

interface Told {
	key: string;
	kind: string;
	id: string;
	before?: PersonalState;
	changes: Record<string, { from?: unknown; to?: unknown }>;
}

function observer(settings: Pick<WatchSettings, 'connector' | 'startFrom'> & Partial<WatchSettings>) {
	const told: Told[] = [];
	const doubts: DoubtfulAnswer[] = [];
	const inbox = new Inbox(settings.database ?? database, `watch-${(consumers += 1)}`);
	const watch = new EmployeeWatch({
		database,
		sweepEveryMs: 0,
		onDoubt: (doubt) => void doubts.push(doubt),
		...settings,
		inbox,
	});
	const offer = (entries: InboxEntry[]) => {
		for (const { event } of entries) {
			const notice = noticeOf(event);
			if (notice === undefined) throw new Error(`${event.id} says nothing`);
			told.push({ ...notice, key: event.subject, id: event.id, changes: notice.changes as Told['changes'] });
		}
	};
	return { told, doubts, look: async () => await watch.look(offer) };
}

const numbers = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'];
const state = fc.constantFrom<Employee['state']>('active', 'active', 'onLeave', 'left');
const personOf = (key: string) =>
	fc.record(
		{
			key: fc.constant(key),
			name: fc.constantFrom('王芳', '李强'),
			state,
			department: fc.constantFrom('PUR', 'SAL', 'FIN'),
			position: fc.constantFrom('BUYER', 'REP'),
			rank: fc.integer({ min: 1, max: 4 }),
			manager: fc.constantFrom('E8', 'E9'),
			assignedOn: fc.constantFrom('2026-01-01', '2026-06-01'),
			leave: fc.constantFrom({ from: '2026-03-01' }, { from: '2026-03-01', until: '2026-09-01' }),
			revision: fc.string({ minLength: 1, maxLength: 3 }),
		},
		{ requiredKeys: ['key', 'name', 'state'] },
	);
type Step =
	| { do: 'change'; person: Employee }
	| { do: 'look'; answer: Directory['answer'] }
	| { do: 'restart' };
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc
			.constantFrom(...numbers)
			.chain((key) => personOf(key))
			.map((person) => ({ do: 'change' as const, person })),
	},
	{
		weight: 3,
		arbitrary: fc
			.constantFrom<Directory['answer']>('whole', 'whole', 'half', 'broken')
			.map((answer) => ({ do: 'look' as const, answer })),
	},
	{ weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** The events applied in order: each field that one names becomes what it says. */
function applied(told: Told[]): Map<string, Record<string, unknown>> {
	const people = new Map<string, Record<string, unknown>>();
	for (const { key, changes } of told) {
		const person = people.get(key) ?? { key };
		for (const [field, { to }] of Object.entries(changes)) {
			if (to === undefined) delete person[field];
			else person[field] = to;
		}
		people.set(key, person);
	}
	return people;
}

describe('watching the people of a system', () => {
	test('whatever the looks see in between, breaking off, half answers and restarts included, the events lead to the state as it is, and nobody is told to have left who did not', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
				const directory = new Directory();
				const inbox = new Inbox(database, `watch-${(consumers += 1)}`);
				const told: Told[] = [];
				const start = () =>
					new EmployeeWatch({
						connector: directory.connector(),
						database,
						inbox,
						startFrom: 'beginning',
						sweepEveryMs: 0,
					});
				const offer = (entries: InboxEntry[]) => {
					for (const { event } of entries)
						told.push({ ...noticeOf(event), key: event.subject, id: event.id } as Told);
				};
				let watch = start();
				const leavers = new Set<string>();
				for (const one of steps) {
					if (one.do === 'change') {
						directory.people.set(one.person.key, one.person);
						if (one.person.state === 'left') leavers.add(one.person.key);
					} else if (one.do === 'restart') {
						watch = start();
					} else {
						directory.answer = one.answer;
						await watch.look(offer).catch((error: unknown) => {
							if (one.answer !== 'broken') throw error;
						});
					}
				}
				directory.answer = 'whole';
				await watch.look(offer);
				const states = new Map(
					[...directory.people.values()].map((person) => [person.key, personalState(person)]),
				);
				expect(applied(told)).toEqual(new Map([...states].map(([key, one]) => [key, { ...one }])));
				expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
				for (const { key, kind } of told) if (kind === 'left') expect(leavers).toContain(key);
				expect(await watch.look(offer)).toBe(0);
			}),
			{ numRuns: 150 },
		);
	});

	test('half an answer is told as a doubt, and changes of those who answered are told all the same', async () => {
		const directory = new Directory();
		for (let index = 1; index <= 40; index += 1)
			directory.people.set(`E${index}`, { key: `E${index}`, name: '王芳', state: 'active' });
		const { told, doubts, look } = observer({ connector: directory.connector(), startFrom: 'now' });
		await look();
		directory.answer = 'half';
		directory.people.set('E1', { key: 'E1', name: '王芳', state: 'left' });
		await look();
		await look();
		await look();
		expect(doubts).toContainEqual({ system: 'directory', expected: 40, absent: 20 });
		expect(told.map(({ key, kind }) => [key, kind])).toEqual([['E1', 'left']]);
	});

	test('a person absent from two complete answers is missing, once, and has reappeared when there again', async () => {
		const directory = new Directory();
		for (let index = 1; index <= 40; index += 1)
			directory.people.set(`E${index}`, { key: `E${index}`, name: '王芳', state: 'active' });
		const { told, doubts, look } = observer({ connector: directory.connector(), startFrom: 'now' });
		await look();
		directory.lie.add('E7');
		await look();
		expect(told).toEqual([]);
		await look();
		await look();
		expect(told.map(({ key, kind }) => [key, kind])).toEqual([['E7', 'missing']]);
		directory.lie.clear();
		await look();
		expect(told.map(({ key, kind }) => [key, kind])).toEqual([
			['E7', 'missing'],
			['E7', 'reappeared'],
		]);
		expect(doubts).toEqual([]);
	});

	test('a directory that deletes its leavers is believed on: whoever was told as missing is expected no more', async () => {
		const directory = new Directory();
		for (let index = 1; index <= 40; index += 1)
			directory.people.set(`E${index}`, { key: `E${index}`, name: '王芳', state: 'active' });
		const { told, doubts, look } = observer({ connector: directory.connector(), startFrom: 'now' });
		await look();
		for (let month = 0; month < 4; month += 1) {
			for (let index = 1; index <= 2; index += 1) directory.people.delete(`E${month * 2 + index}`);
			await look();
			await look();
		}
		expect(told.map(({ key, kind }) => `${key} ${kind}`).sort()).toEqual(
			[1, 2, 3, 4, 5, 6, 7, 8].map((index) => `E${index} missing`),
		);
		expect(doubts).toEqual([]);
	});

	describe('of the sandbox', () => {
		let fixture: Fixture;
		beforeAll(async () => {
			fixture = await quietCompany();
		});
		afterAll(async () => {
			await fixture.close();
		});

		test('from now on, only what happens next is told, by changes and without a sweep', async () => {
			const { hr } = fixture.company;
			const { told, look } = observer({ connector: fixture.hr, startFrom: 'now', sweepEveryMs: 3_600_000 });
			expect(await look()).toBe(0);
			hr.move('E1043', { department: 'SAL', position: 'SAL-OPS', rank: 5, manager: 'E1002' });
			hr.startLeave('E1044', { from: '2026-12-01' });
			hr.terminate('E1045', { on: '2026-11-30' });
			hr.employees.create({ number: 'E2001', name: '新人 New', department: 'FIN', position: 'FIN-SUP' });
			await look();
			expect(told.map(({ key, kind }) => `${key} ${kind}`).toSorted()).toEqual([
				'E1043 managerChanged',
				'E1043 moved',
				'E1043 promoted',
				'E1044 leaveStarted',
				'E1045 left',
				'E2001 hired',
			]);
			expect(told.find(({ kind }) => kind === 'moved')?.before).toMatchObject({ department: 'PUR' });
		});

		test('from the beginning, everybody is told once', async () => {
			const { told, look } = observer({
				connector: fixture.hr,
				startFrom: 'beginning',
				sweepEveryMs: 3_600_000,
			});
			await look();
			expect(new Set(told.map(({ key }) => key)).size).toBe(61);
			expect(told.filter(({ kind }) => kind === 'hired')).toHaveLength(58);
			expect(await look()).toBe(0);
		});
	});
});
