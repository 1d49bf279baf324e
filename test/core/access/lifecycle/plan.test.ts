import type { Account, Grant } from '../../../../core/model/grant';
import { planLifecycle, type LifecycleInput } from '../../../../core/access/lifecycle/plan';
import { LifecycleRules } from '../../../../core/access/lifecycle/rules';
import type { Employee } from '../../../../core/model/employee';

const now = Date.parse('2026-11-25T10:00:00Z');
const hour = 3_600_000;
const system = 'erp';
const person = (key: string, more: Partial<Employee> = {}): Employee => ({
	key,
	name: key,
	login: key.toLowerCase(),
	position: 'BUY',
	state: 'active',
	...more,
});
const account = (key: string, more: Partial<Account> = {}): Account => ({
	key,
	login: key,
	active: true,
	...more,
});
const grant = (who: string, right: string, more: Partial<Grant> = {}): Grant => ({
	system,
	account: who,
	right,
	why: 'unknown',
	...more,
});
const rules = (more: object = {}) =>
	LifecycleRules.parse({
		posts: [
			{ position: 'BUY', rights: ['buy'] },
			{ position: 'SELL', rights: ['sell'] },
		],
		...more,
	});
const crowd = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'].map((key) => person(key));

function plan({
	accounts = crowd.map(({ login = '' }) => account(login)),
	grants = [],
	people = crowd,
	complete = true,
	...more
}: Partial<LifecycleInput> & { accounts?: Account[]; grants?: Grant[]; complete?: boolean }) {
	return planLifecycle({
		snapshot: {
			system,
			takenAt: new Date(now).toISOString(),
			complete,
			accounts,
			rights: ['buy', 'sell', 'other'].map((key) => ({ key, name: key, administrator: false })),
			grants,
		},
		people,
		before: new Map(people.map((one) => [one.key, one])),
		books: [],
		open: [],
		exceptions: [],
		rules: rules(),
		now,
		...more,
	});
}
const moved = crowd.map((one) => (one.key === 'E1' ? { ...one, position: 'SELL' } : one));
const ofPost = [grant('e1', 'buy', { why: 'post', reason: 'BUY' })];
const held = [grant('e1', 'buy')];
const changed = (more: Partial<Employee>) =>
	crowd.map((one) => (one.key === 'E1' ? { ...one, ...more } : one));
const kinds = (findings: Array<{ kind: string; person?: string; account?: string }>) =>
	findings.map(({ kind, account: of, person: who }) => `${kind} ${of ?? who ?? ''}`);

describe('what is reconciled', () => {
	test('orphan accounts, leavers still active, and rights that nobody gave are told and stay', () => {
		const { findings, revocations } = plan({
			accounts: [...crowd.map(({ login = '' }) => account(login)), account('ghost'), account('backup')],
			grants: [grant('e2', 'other'), grant('e2', 'buy'), grant('backup', 'other')],
			people: changed({ state: 'left', leftOn: '2026-11-20' }),
			rules: rules({ serviceAccounts: ['BACKUP'], scope: ['mover'] }),
		});
		expect(kinds(findings)).toEqual(['leaverActive e1', 'outsideProcess e2', 'orphanAccount ghost']);
		expect(revocations).toEqual([]);
	});

	test('a right unused for the given days is dormant; that of the post is told only', () => {
		const old = '2026-06-01T00:00:00.000Z';
		const { findings, revocations } = plan({
			grants: [grant('e1', 'buy', { lastUsedAt: old }), grant('e2', 'other', { since: old })],
			rules: rules({ dormantDays: 90, dormant: 'revoke', noticeHours: 24 }),
		});
		expect(kinds(findings)).toEqual(['dormant e1', 'dormant e2']);
		expect(revocations).toEqual([
			expect.objectContaining({
				account: 'e2',
				right: 'other',
				cause: 'dormant',
				dueAt: now + 24 * hour,
				state: 'waiting',
			}),
		]);
	});
});

describe('when the clock of a move starts', () => {
	const dueAt = (more: Partial<Employee>, before: Partial<Employee> = {}) =>
		plan({
			people: changed({ position: 'SELL', ...more }),
			before: new Map(changed(before).map((one) => [one.key, one])),
			books: ofPost,
			grants: held,
		}).revocations[0]?.dueAt;

	test('at the notice; on the day of a move that lies ahead; on a day that is not too far back', () => {
		expect(dueAt({})).toBe(now + 48 * hour);
		expect(dueAt({ assignedOn: '2026-11-25' })).toBe(now + 48 * hour);
		expect(dueAt({ assignedOn: '2026-12-01' })).toBe(Date.parse('2026-12-03T00:00:00Z'));
		expect(dueAt({ assignedOn: '2026-11-22' })).toBe(Date.parse('2026-11-24T00:00:00Z'));
	});
	test('at the notice when HR dates it back further than the rule, or changes the post and not the day', () => {
		expect(dueAt({ assignedOn: '2026-01-01' })).toBe(now + 48 * hour);
		expect(dueAt({ assignedOn: '2026-11-22' }, { assignedOn: '2026-11-22' })).toBe(now + 48 * hour);
	});
	test('a post that lies ahead gives nothing yet', () => {
		expect(
			plan({ people: changed({ position: 'SELL', assignedOn: '2026-12-01' }) }).grants.map(
				({ account: of }) => of,
			),
		).not.toContain('e1');
	});
});

describe('what doubtful data never does', () => {
	const everyonesRights = crowd.map(({ login = '' }) => grant(login, 'buy'));
	const booked = crowd.map(({ login = '' }) => grant(login, 'buy', { why: 'post', reason: 'BUY' }));

	test('half an answer of HR takes nothing from anybody, also not from those who are in it', () => {
		const { revocations, grants, findings, peopleBelieved } = plan({
			people: moved.slice(0, 2),
			before: new Map(crowd.map((one) => [one.key, one])),
			books: booked,
			grants: everyonesRights,
		});
		expect(peopleBelieved).toBe(false);
		expect(revocations.filter(({ state }) => state !== 'held')).toEqual([]);
		expect(grants).toEqual([]);
		expect(kinds(findings)).toEqual(['doubt ']);
	});
	test('one who is missing keeps the rights, and is told', () => {
		const { revocations, findings } = plan({
			people: crowd.slice(1),
			before: new Map(crowd.map((one) => [one.key, one])),
			books: booked,
			grants: everyonesRights,
		});
		expect(revocations.map(({ account: of, state }) => [of, state])).toEqual([['e1', 'held']]);
		expect(kinds(findings)).toContain('doubt E1');
	});
	test('two people with one login: nothing is taken or given until it is cleared up', () => {
		const twice = [...moved, person('E9', { login: 'e1', state: 'left' }), person('E10', { login: 'E1' })];
		const { revocations, grants, findings } = plan({
			people: twice,
			before: new Map(twice.map((one) => [one.key, one])),
			books: ofPost,
			grants: held,
		});
		expect(revocations.map(({ state }) => state)).toEqual(['held']);
		expect(grants.some(({ account: of }) => of === 'e1')).toBe(false);
		expect(kinds(findings)).toContain('doubt e1');
	});
	test('managers in a circle are told; rights do not follow managers, so the move counts', () => {
		const circle = moved.map((one) => ({
			...one,
			...(one.key === 'E1' ? { manager: 'E2' } : one.key === 'E2' ? { manager: 'E1' } : {}),
		}));
		const { revocations, findings } = plan({ people: circle, books: ofPost, grants: held });
		expect(findings.some(({ finding }) => finding.startsWith('Managers in a circle'))).toBe(true);
		expect(revocations.map(({ state }) => state)).toEqual(['waiting']);
	});
	test('a system that shows a part of its rights: what it does not show is neither given nor forgotten', () => {
		const open = [
			{ account: 'gone', right: 'buy', cause: 'moved' as const, reason: '', noticedAt: now, dueAt: now },
		];
		const { grants, settled } = plan({ complete: false, open });
		expect([grants, settled]).toEqual([[], []]);
	});
	test('somebody shown at work after the last day keeps the rights, and is told', () => {
		const { revocations, findings } = plan({ people: changed({ leftOn: '2026-11-01' }), grants: held });
		expect(revocations).toEqual([]);
		expect(kinds(findings)).toContain('doubt E1');
	});
});

describe('who leaves', () => {
	test('loses the account and everything at once, against exceptions too; a last day ahead ends the rights with it', () => {
		const exceptions = [{ id: 'x', person: 'E1', owner: 'E2', reason: 'r', until: '2027-01-01T00:00:00Z' }];
		const left = (leftOn?: string) =>
			plan({
				people: changed({ state: 'left', ...(leftOn === undefined ? {} : { leftOn }) }),
				grants: [...held, grant('e1', 'other')],
				exceptions,
			}).revocations;
		expect(left().map(({ right, state }) => [right, state])).toEqual([
			['buy', 'due'],
			['other', 'due'],
			[undefined, 'due'],
		]);
		for (const { dueAt, state } of left('2026-11-27'))
			expect([dueAt, state]).toEqual([Date.parse('2026-11-28T00:00:00Z'), 'waiting']);
	});
});

describe('whose account it is, when a login or a number says two things', () => {
	const booked = [grant('e1', 'buy', { why: 'post', reason: 'BUY' })];

	test('an account that names one person and has the login of another at work is in doubt: the leaver’s end takes nothing from it', () => {
		const people = [...crowd, person('E9', { login: 'old', state: 'left' })];
		const { revocations, findings } = plan({
			accounts: [account('e1', { employee: 'E9' })],
			people,
			books: booked,
			grants: held,
		});
		expect(revocations.map(({ right, state }) => [right, state])).toEqual([['buy', 'held']]);
		expect(kinds(findings)).toContain('doubt e1');
	});
	test('a login given anew while its old owner is missing in HR’s answer takes no rights along, and none away', () => {
		const before = new Map([...crowd, person('E9', { login: 'wang' })].map((one) => [one.key, one]));
		const people = [...crowd, person('E10', { login: 'wang', state: 'left' })];
		for (const employee of ['E9', undefined]) {
			const { revocations, findings } = plan({
				accounts: [account('wang', employee === undefined ? {} : { employee })],
				people,
				before,
				grants: [grant('wang', 'buy')],
			});
			expect(revocations.filter(({ state }) => state !== 'held')).toEqual([]);
			expect(kinds(findings)).toContain('doubt E9');
			if (employee === undefined) expect(kinds(findings)).toContain('doubt wang');
		}
	});
	test('the account of a missing person is nobody’s for now, and no orphan', () => {
		const { findings, revocations } = plan({
			people: crowd.slice(1),
			before: new Map(crowd.map((one) => [one.key, one])),
			grants: held,
			rules: rules({ outsideProcess: 'revoke' }),
		});
		expect(kinds(findings)).toEqual(['doubt E1']);
		expect(revocations).toEqual([]);
	});
	test('nobody gets an account or a right where theirs is in doubt', () => {
		const people = [...crowd, person('E9', { login: 'e1', state: 'left' })];
		const { grants } = plan({ people, rules: rules({ openAccounts: true }) });
		expect(grants.map(({ person: of }) => of)).toEqual(['E2', 'E3', 'E4', 'E5', 'E6']);
	});
});

describe('a directory that deletes its leavers', () => {
	const before = new Map(crowd.map((one) => [one.key, one]));
	const remaining = crowd.slice(3);
	const grants = crowd.map(({ login = '' }) => grant(login, 'buy'));

	test('stays in doubt after many, until the rules confirm who has gone: those lose all at once, and the others are judged again', () => {
		const doubtful = plan({ people: remaining, before, grants });
		expect(doubtful.peopleBelieved).toBe(false);
		expect(doubtful.revocations).toEqual([]);
		const confirmed = plan({
			people: remaining,
			before,
			grants,
			rules: rules({ goneEmployees: ['E1', 'E2', 'E3'] }),
		});
		expect(confirmed.peopleBelieved).toBe(true);
		expect(confirmed.gone.map(({ key, state }) => [key, state])).toEqual([
			['E1', 'left'],
			['E2', 'left'],
			['E3', 'left'],
		]);
		expect(
			[
				...new Set(confirmed.revocations.map(({ person: who, cause, state }) => `${who} ${cause} ${state}`)),
			].sort(),
		).toEqual(['E1 leaver due', 'E2 leaver due', 'E3 leaver due']);
	});
	test('a confirmation never takes anything from somebody whom HR still shows', () => {
		const { revocations, findings, gone } = plan({
			before,
			grants,
			rules: rules({ goneEmployees: ['E1'] }),
		});
		expect([revocations, gone]).toEqual([[], []]);
		expect(kinds(findings)).toEqual(['doubt E1']);
	});
});

describe('what a review revoked', () => {
	const decidedAt = now - 24 * hour;
	const refusals = [
		{ account: 'e1', right: 'buy', person: 'E1', post: 'BUY', campaign: '2026-W47', by: 'E2', decidedAt },
	];
	const given = (input: Parameters<typeof plan>[0]) =>
		plan(input).grants.filter(({ person: who }) => who === 'E1');

	test('is not given back by the post, and that is told; another post that gives it gives it', () => {
		expect(given({ refusals })).toEqual([]);
		expect(kinds(plan({ refusals }).findings)).toContain('refusedInReview e1');
		expect(given({}).map(({ right }) => right)).toEqual(['buy']);
		const rule = rules({ posts: [{ position: '*', rights: ['buy'] }] });
		expect(given({ refusals, people: moved, rules: rule }).map(({ right }) => right)).toEqual(['buy']);
	});
	test('that the system still shows is told while the books have it from before, and nothing more is taken', () => {
		const books = [grant('e1', 'buy', { why: 'post', since: '2026-11-01T00:00:00.000Z' })];
		const { findings, revocations } = plan({ refusals, grants: held, books });
		expect(kinds(findings)).toEqual(['refusedInReview e1']);
		expect(revocations).toEqual([]);
	});
	test('given again past the process is outside it; given again by hand for a time it ends', () => {
		const outside = plan({ refusals, grants: held });
		expect(kinds(outside.findings)).toEqual(['outsideProcess e1']);
		expect(outside.adopted).toEqual([]);
		const until = new Date(now + hour).toISOString();
		const { revocations } = plan({
			refusals,
			grants: held,
			books: [grant('e1', 'buy', { why: 'timeBoxed', until })],
		});
		expect(revocations).toEqual([
			expect.objectContaining({ cause: 'timeBoxEnded', dueAt: now + hour, state: 'waiting' }),
		]);
	});
});

test('a move noticed by a clock that ran a year ahead counts from now once the clock is right', () => {
	const ahead = now + 365 * 24 * hour;
	const open = [
		{
			account: 'e1',
			right: 'buy',
			person: 'E1',
			cause: 'moved' as const,
			reason: '',
			noticedAt: ahead,
			dueAt: ahead + 48 * hour,
		},
	];
	const { revocations } = plan({ people: moved, books: ofPost, grants: held, open });
	expect(revocations).toEqual([expect.objectContaining({ noticedAt: now, dueAt: now + 48 * hour })]);
});
