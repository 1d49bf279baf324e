import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { carryOutLifecycle } from '../../../core/access/lifecycle/carryOut';
import { grantHere } from '../../../core/access/lifecycle/grantHere';
import { LifecycleRules } from '../../../core/access/lifecycle/rules';
import type { Employee } from '../../../core/model/employee';
import { addException } from '../../../core/store/accessGrants';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';
import { MemorySystem, type Mood } from '../../core/access/lifecycle/fakeSystem';

const hour = 3_600_000;
const logins = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const posts: Record<string, string[]> = { A: ['a', 's'], B: ['b', 's'], C: ['c'] };
const rights = ['a', 'b', 'c', 's', 'x'];
const rules = LifecycleRules.parse({
	posts: Object.entries(posts).map(([position, given]) => ({ position, rights: given })),
	afterMove: { amount: 48, unit: 'hours' },
	afterMoveOf: [{ rights: ['c'], amount: 24, unit: 'hours', graceHours: 6 }],
	timeZone: 'Europe/Berlin',
});
const delayOf = (right: string) => (right === 'c' ? 30 : 48) * hour;

type Step =
	| { kind: 'move'; who: string; post: string }
	| { kind: 'leave'; who: string }
	| { kind: 'pass'; hours: number }
	| { kind: 'again' }
	| { kind: 'restart' }
	| { kind: 'mood'; mood: Mood }
	| { kind: 'half' }
	| { kind: 'box'; who: string; right: string; hours: number }
	| { kind: 'except'; who: string; right: string; hours: number };

const who = fc.constantFrom(...logins);
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({ kind: fc.constant('move' as const), who, post: fc.constantFrom('A', 'B', 'C') }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('pass' as const),
			hours: fc.constantFrom(1, 5, 23, 24, 29, 30, 47, 48, 49, 100),
		}),
	},
	{ weight: 1, arbitrary: fc.constant({ kind: 'again' as const }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('mood' as const),
			mood: fc.constantFrom<Mood>('well', 'well', 'away', 'cut', 'refuses', 'lies'),
		}),
	},
	{ weight: 1, arbitrary: fc.constant({ kind: 'half' as const }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('box' as const),
			who,
			right: fc.constantFrom(...rights),
			hours: fc.constantFrom(2, 24, 60),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('except' as const),
			who,
			right: fc.constantFrom(...rights),
			hours: fc.constantFrom(10, 72),
		}),
	},
);

/** What somebody who reads the rules would write down, right by right, whenever HR is looked at. */
class Ledger {
	private readonly ends = new Map<string, number>();
	private readonly exceptions: Array<{ id: string; until: number }> = [];

	look(who: string, post: string | undefined, has: ReadonlySet<string>, now: number): void {
		for (const right of rights) {
			const id = `${who} ${right}`;
			const end = this.ends.get(id);
			if (post === undefined) this.ends.delete(id);
			else if (posts[post]?.includes(right)) this.ends.set(id, Infinity);
			// What was refused when the post came cannot stay when it goes.
			else if (end === Infinity && !has.has(right)) this.ends.delete(id);
			else if (end === Infinity) this.ends.set(id, now + delayOf(right));
		}
	}

	pass(now: number): void {
		for (const [id, end] of this.ends)
			if (end <= now && !this.exceptions.some((one) => one.id === id && one.until > now))
				this.ends.delete(id);
	}

	/** False for what is held by the post: that is refused. */
	box(who: string, right: string, until: number, isHeld: boolean): boolean {
		if (this.ends.get(`${who} ${right}`) === Infinity && isHeld) return false;
		this.ends.set(`${who} ${right}`, until);
		return true;
	}

	except(who: string, right: string, until: number): void {
		this.exceptions.push({ id: `${who} ${right}`, until });
	}

	get held(): string[] {
		return [...this.ends.keys()].sort();
	}
}

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'lifecycle-'))));
afterAll(async () => await rm(folder, { recursive: true, force: true }));

let files = 0;

async function play(steps: Step[], start: number): Promise<void> {
	const file = join(folder, `${(files += 1)}.sqlite`);
	let database: Database = await openStore({ kind: 'sqlite', file });
	const access = new MemorySystem(logins, rights);
	const ledger = new Ledger();
	const people = new Map(
		logins.map((login, index): [string, Employee] => [
			login,
			{ key: `E${index}`, name: login, login, state: 'active', position: 'A' },
		]),
	);
	let now = start;
	let failedAt = -Infinity;
	let exceptions = 0;
	const run = async (answered: Employee[]): Promise<void> => {
		const believed = answered.length === people.size;
		const before = new Map([...access.held].map(([login, own]) => [login, new Set(own)]));
		const { revocations, grants } = await carryOutLifecycle({
			database,
			access,
			people: answered,
			rules,
			now: () => now,
		});
		if ([...revocations, ...grants].some(({ result }) => result === 'failed')) failedAt = now;
		if (believed)
			for (const [login, { state, position }] of people)
				ledger.look(login, state === 'left' ? undefined : position, before.get(login) ?? new Set(), now);
		ledger.pass(now);
		// The pause after a failure is an hour at most.
		if (access.mood !== 'well' || !believed || now - failedAt < hour) return;
		const held = [...access.held]
			.flatMap(([login, own]) => [...own].map((right) => `${login} ${right}`))
			.sort();
		expect(held).toEqual(ledger.held);
	};
	const all = () => [...people.values()];
	try {
		await run(all());
		for (const one of steps) {
			if (one.kind === 'pass') now += one.hours * hour;
			if (one.kind === 'move') {
				const person = people.get(one.who);
				if (person?.state === 'active') people.set(one.who, { ...person, position: one.post });
			}
			if (one.kind === 'leave') {
				const person = people.get(one.who);
				if (person) people.set(one.who, { ...person, state: 'left' });
			}
			if (one.kind === 'mood') access.mood = one.mood;
			if (one.kind === 'restart') {
				await database.close();
				database = await openStore({ kind: 'sqlite', file });
			}
			if (one.kind === 'half') {
				await run(all().slice(0, 2));
				continue;
			}
			if (one.kind === 'box' && access.mood === 'well' && people.get(one.who)?.state === 'active') {
				const until = now + one.hours * hour;
				const order = {
					account: one.who,
					right: one.right,
					reason: 'cover',
					grantedBy: 'E0',
					until: new Date(until).toISOString(),
				};
				const isHeld = access.held.get(one.who)?.has(one.right) === true;
				const given = await grantHere(database, access, order, now).then(
					() => true,
					() => false,
				);
				expect(given).toBe(ledger.box(one.who, one.right, until, isHeld));
			}
			if (one.kind === 'except') {
				const until = now + one.hours * hour;
				exceptions += 1;
				await addException(
					database,
					access.system,
					{
						id: `x${exceptions}`,
						person: people.get(one.who)?.key ?? '',
						right: one.right,
						owner: 'E0',
						reason: 'handover',
						until: new Date(until).toISOString(),
					},
					now,
				);
				ledger.except(one.who, one.right, until);
			}
			if (one.kind === 'again') await run(all());
			await run(all());
		}
		access.mood = 'well';
		now += 2 * hour;
		await run(all());
		expect(access.empty).toBe(0);
	} finally {
		await database.close();
	}
}

test('whatever happens, in whatever order, everyone ends with exactly the rights that the rules give, on time', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 5, maxLength: 30 }),
			// About the days on which clocks change in Berlin.
			fc.constantFrom(
				Date.parse('2026-03-28T11:00:00Z'),
				Date.parse('2026-10-24T20:30:00Z'),
				Date.parse('2026-07-01T00:00:00Z'),
			),
			play,
		),
		{
			numRuns: 25,
			examples: [
				[
					[
						{ kind: 'mood', mood: 'refuses' },
						{ kind: 'move', who: 'p1', post: 'B' },
						{ kind: 'move', who: 'p1', post: 'A' },
						{ kind: 'mood', mood: 'well' },
						{ kind: 'box', who: 'p1', right: 'b', hours: 24 },
						{ kind: 'pass', hours: 24 },
					],
					Date.parse('2026-07-01T00:00:00Z'),
				],
			],
		},
	);
}, 120_000);
