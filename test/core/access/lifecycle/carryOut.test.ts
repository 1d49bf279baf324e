import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { carryOutLifecycle, previewLifecycle } from '../../../../core/access/lifecycle/carryOut';
import { grantHere, revokeHere } from '../../../../core/access/lifecycle/grantHere';
import { LifecycleRules } from '../../../../core/access/lifecycle/rules';
import { decideReview, startCampaign } from '../../../../core/access/review/campaign';
import type { Employee } from '../../../../core/model/employee';
import type { Database } from '../../../../core/store/database';
import { openStore } from '../../../../core/store/open';
import { MemorySystem } from './fakeSystem';

const minute = 60_000;
const hour = 60 * minute;
const logins = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const everyone = logins.map(
	(login, index): Employee => ({
		key: `E${index + 1}`,
		name: login,
		login,
		state: 'active',
		position: 'BUY',
	}),
);

let folder: string;
let database: Database;
let access: MemorySystem;
let now: number;
let files = 0;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'carry-out-'))));
beforeEach(async () => {
	database = await openStore({ kind: 'sqlite', file: join(folder, `${(files += 1)}.sqlite`) });
	access = new MemorySystem(logins, ['buy', 'sell']);
	now = Date.parse('2026-11-25T10:00:00Z');
});
afterEach(async () => await database.close());
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const run = async (people: Employee[] = everyone, more: object = {}) =>
	await carryOutLifecycle({
		database,
		access,
		people,
		rules: LifecycleRules.parse({ posts: [{ position: 'BUY', rights: ['buy'] }], ...more }),
		now: () => now,
	});
const holders = (right: string) => logins.filter((login) => access.held.get(login)?.has(right));
const leaver = everyone.map((one) => (one.key === 'E1' ? { ...one, state: 'left' as const } : one));

test('what a reviewer revoked the joiner’s rule does not give back, however often it runs, until somebody grants it', async () => {
	await run();
	expect(holders('buy')).toEqual(logins);
	const right = { system: access.system, account: 'p1', person: 'E1', post: 'BUY', right: 'buy' };
	const [item] = await startCampaign(database, [right], {
		name: '2026-W48',
		days: 7,
		fallbackReviewer: 'E2',
		at: now,
	});
	now += hour;
	await decideReview(database, item?.token ?? '', { decision: 'revoke', by: 'E2', reason: '', at: now });
	await revokeHere(database, access, { account: 'p1', right: 'buy' });
	for (let times = 0; times < 3; times += 1) {
		now += hour;
		const { grants, findings } = await run();
		expect(grants).toEqual([]);
		expect(findings).toEqual([
			expect.objectContaining({ kind: 'refusedInReview', person: 'E1', right: 'buy' }),
		]);
	}
	expect(holders('buy')).toEqual(logins.slice(1));
	const order = { account: 'p1', right: 'buy', reason: 'needed after all', grantedBy: 'E2' };
	await grantHere(database, access, order, now);
	now += hour;
	expect(await run()).toMatchObject({ findings: [], revocations: [] });
	expect(holders('buy')).toEqual(logins);
});

test('whom the rules confirm as gone stays gone when the rules no longer name them, and HR’s answers are believed', async () => {
	await run();
	const remaining = everyone.slice(3);
	expect((await run(remaining)).revocations.map(({ result }) => result)).toEqual(['held', 'held', 'held']);
	expect(holders('buy')).toEqual(logins);
	await run(remaining, { goneEmployees: ['E1', 'E2', 'E3'] });
	expect(holders('buy')).toEqual(logins.slice(3));
	expect([...access.accounts.values()].filter(({ active }) => active).map(({ key }) => key)).toEqual(
		logins.slice(3),
	);
	now += hour;
	const { findings } = await run(remaining);
	expect(findings).toEqual([]);
});

test.each([
	['refuses', [true]],
	['lies', [true]],
	['away', [false, false, true]],
] as const)(
	'told by a system that answers as "%s": a refusal and a lie reach somebody at once, what passes by itself after three attempts; it is tried until it is done',
	async (mood, escalations) => {
		await run();
		access.mood = mood;
		for (const escalated of escalations) {
			const { revocations } = await run(leaver);
			expect(revocations.map((one) => [one.result, one.escalated])).toEqual([
				['failed', escalated],
				['failed', escalated],
			]);
			// Within the pause nobody asks again.
			expect((await run(leaver)).revocations.map(({ result }) => result)).toEqual(['postponed', 'postponed']);
			now += hour;
		}
		access.mood = 'well';
		expect((await run(leaver)).revocations.map(({ result }) => result)).toEqual(['revoked', 'revoked']);
		expect(holders('buy')).toEqual(logins.slice(1));
		expect(access.revocations).toEqual(['p1 buy']);
	},
);

test('a dry run writes nothing, neither there nor here: the next one says the same', async () => {
	await run();
	const preview = async () =>
		await previewLifecycle({
			database,
			access,
			people: leaver,
			rules: LifecycleRules.parse({ posts: [{ position: 'BUY', rights: ['buy'] }] }),
			now: () => now,
		});
	const first = await preview();
	expect(first.revocations.map(({ right, state }) => [right, state])).toEqual(
		expect.arrayContaining([
			['buy', 'due'],
			[undefined, 'due'],
		]),
	);
	expect(await preview()).toEqual(first);
	expect(holders('buy')).toEqual(logins);
	const kept = await database.transaction([{ sql: 'SELECT * FROM access_revocations' }]);
	expect(kept).toEqual([[]]);
});

test('a clock that is set back, or ran ahead, neither loses a revocation nor does it twice or too late', async () => {
	const posts = [
		{ position: 'BUY', rights: ['buy'] },
		{ position: 'SELL', rights: ['sell'] },
	];
	const mover = everyone.map((one) => (one.key === 'E1' ? { ...one, position: 'SELL' } : one));
	await run(everyone, { posts });
	const right = now;
	now = right + 365 * 24 * hour;
	expect((await run(mover, { posts })).revocations).toMatchObject([{ result: 'waiting' }]);
	now = right;
	expect((await run(mover, { posts })).revocations).toMatchObject([
		{ result: 'waiting', dueAt: right + 48 * hour },
	]);
	now = right + 47 * hour;
	expect((await run(mover, { posts })).revocations).toMatchObject([{ result: 'waiting' }]);
	now = right + 48 * hour;
	expect((await run(mover, { posts })).revocations).toMatchObject([{ result: 'revoked' }]);
	now = right + 10 * hour;
	expect((await run(mover, { posts })).revocations).toEqual([]);
	expect(access.revocations).toEqual(['p1 buy']);
	expect(holders('sell')).toEqual(['p1']);
});
