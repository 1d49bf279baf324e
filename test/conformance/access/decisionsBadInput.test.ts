import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Catalogue } from '../../../core/access/catalogue/catalogue';
import { decide } from '../../../core/access/decisions/decide';
import { decideAll, type GateChoices } from '../../../core/access/decisions/gate';
import { engines, livePolicies, prepare } from '../../../core/access/decisions/livePolicies';
import { AccessQuestion, type Person } from '../../../core/access/decisions/question';
import { Replay } from '../../../core/access/decisions/simulate';
import { emptyDefinition, PolicyDefinition } from '../../../core/access/policies/definition';
import { publish } from '../../../core/access/policies/publish';
import type { Database } from '../../../core/store/database';
import { verifyLog } from '../../../core/store/decisionLog';
import { openStore } from '../../../core/store/open';

const operation = 'supplier.changePaymentTerms';
const publisher = { by: 'ines.weber', reason: 'first rules', at: 0 };
/** Buyers from rank 5 may, from the company's network, up to an amount, and not to their own records. */
const buyers = {
	effect: 'permit',
	operations: [operation],
	departments: ['采购部'],
	states: ['active'],
	rankFrom: 5,
	addresses: { ranges: ['10.0.0.0/8'] },
	amountUpTo: '100000',
};
const text = (body: string, effect = 'permit') =>
	`${effect}(principal, action == Action::"${operation}", resource) when { ${body} };`;

let folder: string;
let database: Database;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'bad-input-'));
	database = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
	await publish(database, 'main', { kind: 'form', policy: 'buyers', form: buyers }, publisher);
});
afterAll(async () => {
	await database.close();
	await rm(folder, { recursive: true, force: true });
});

const hr = async (keys: string[]) => {
	const known = new Map<string, Person>([
		[
			'E-7',
			{
				id: 'E-7',
				attributes: { department: '采购部', rank: 5, state: 'active' },
				departmentsAbove: [],
				isKnown: true,
			},
		],
		[
			'E-8',
			{
				id: 'E-8',
				attributes: { department: '销售部', rank: 2, state: 'active' },
				departmentsAbove: [],
				isKnown: true,
			},
		],
	]);
	return new Map(keys.flatMap((key) => (known.has(key) ? [[key, known.get(key) as Person]] : [])));
};

/** A subject whose attributes come with the question, the JSON as it came over the line. */
const subject = (attributes = '{"department":"采购部","rank":5,"state":"active"}', id = 'E-7') => ({
	id,
	attributes: JSON.parse(attributes) as Record<string, unknown>,
});

describe.each(Object.keys(engines))('by the engine "%s"', (engine) => {
	const decided = async (
		given: Record<string, unknown>,
		choices: Partial<GateChoices> = {},
		open = async () => database,
	) => {
		const question = AccessQuestion.parse({
			subject: subject(),
			operation,
			resource: { id: 'S-1' },
			request: { ip: '10.1.2.3', amount: '500' },
			at: Date.parse('2026-01-05T02:30:00Z'),
			...given,
		});
		const [answer] = await decideAll(open, [{ question }], {
			set: 'main',
			engine,
			isStrict: true,
			language: 'en',
			...choices,
		});
		return answer;
	};

	test('a good question is permitted, so that what follows is denied for its own reason', async () => {
		expect(await decided({})).toMatchObject({ outcome: 'permit', policies: ['buyers'] });
		expect(await decided({}, { people: hr })).toMatchObject({ outcome: 'permit' });
	});

	test('attributes that somebody forges count for nothing where HR is asked', async () => {
		const forged = subject('{"department":"采购部","rank":9,"state":"active"}', 'E-8');
		const claims = {
			subject: forged,
			others: [forged],
			request: { ip: '10.1.2.3', amount: '500', rank: 9, subject: forged },
		};
		expect(await decided(claims, { people: hr })).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
	});

	test('an employee whom HR does not have is denied, whatever is claimed of them', async () => {
		expect(await decided({ subject: subject(undefined, 'E-404') }, { people: hr })).toMatchObject({
			outcome: 'deny',
			reason: 'unknownSubject',
			why: expect.stringContaining('there is no employee E-404') as string,
		});
		expect(await decided({ subject: subject(undefined, '') })).toMatchObject({ reason: 'unknownSubject' });
	});

	test.each([
		['a missing rank', '{"department":"采购部","state":"active"}', 'subject.rank', 'missing'],
		[
			'a rank that is null',
			'{"department":"采购部","state":"active","rank":null}',
			'subject.rank',
			'missing',
		],
		['a rank as text', '{"department":"采购部","state":"active","rank":"9"}', 'subject.rank', 'wrong'],
		[
			'a rank that is an object',
			'{"department":"采购部","state":"active","rank":{"valueOf":9}}',
			'subject.rank',
			'wrong',
		],
		[
			'an entity in the place of a text',
			'{"department":{"__entity":{"type":"Department","id":"采购部"}},"state":"active","rank":5}',
			'subject.department',
			'wrong',
		],
		['half a letter', '{"department":"采购部","state":"\\ud800","rank":5}', 'subject.state', 'wrong'],
		[
			'attributes under __proto__',
			'{"__proto__":{"department":"采购部","rank":9},"state":"active"}',
			'subject.department',
			'missing',
		],
		[
			'attributes under constructor',
			'{"constructor":{"prototype":{"department":"采购部"}},"rank":9,"state":"active"}',
			'subject.department',
			'missing',
		],
	])('%s is denied, and named', async (_, attributes, attribute, problem) => {
		const answer = await decided({ subject: subject(attributes) });
		expect(answer).toMatchObject({
			outcome: 'deny',
			reason: 'attributes',
			position: expect.any(Number) as number,
		});
		expect(answer?.attributes).toContainEqual(expect.objectContaining({ attribute, problem }));
		expect(answer?.why).toContain(attribute);
		expect(({} as { department?: string }).department).toBeUndefined();
	});

	test.each([
		['IPv4 in IPv6, inside', '::ffff:10.1.2.3', 'permitted'],
		['IPv4 in IPv6 in hexadecimal, inside', '::ffff:a01:203', 'permitted'],
		['IPv4 in IPv6, outside', '::ffff:11.1.2.3', 'notPermitted'],
		['IPv6 that only ends like it', '::1:10.1.2.3', 'notPermitted'],
		['IPv4 in IPv6 as it is deprecated', '::10.1.2.3', 'attributes'],
		['octal IPv4', '012.1.2.3', 'attributes'],
		['a number', '167838211', 'attributes'],
		['a range', '10.0.0.0/8', 'attributes'],
		['two addresses, as a proxy writes them', '10.1.2.3, 8.8.8.8', 'attributes'],
	])('an address that is %s', async (_, ip, reason) => {
		expect(await decided({ request: { ip, amount: '500' } })).toMatchObject({ reason });
	});

	test.each([
		['a radical for an ideograph', '采购\u2ecf'],
		['a compatibility ideograph', '采购部\ufe00'],
		['an invisible letter', '采购\u200b部'],
		['fullwidth letters', '采购部Ａ'],
	])('a department that only looks like it is another one: %s', async (_, department) => {
		const alike = subject(JSON.stringify({ department, rank: 5, state: 'active' }));
		expect(await decided({ subject: alike })).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
	});

	test.each([
		'__proto__',
		'constructor',
		'toString',
		'Supplier.changePaymentTerms',
		'supplier.сhangePaymentTerms',
	])('an operation called %s is unknown, and the denial is in the log', async (name) => {
		expect(await decided({ operation: name })).toMatchObject({
			outcome: 'deny',
			reason: 'unknownOperation',
			position: expect.any(Number) as number,
		});
	});

	test('a value nested without end is denied, and so is one of a megabyte', async () => {
		let deep: unknown = 'x';
		for (let level = 0; level < 100_000; level += 1) deep = { deep };
		for (const amount of [deep, [deep], '9'.repeat(1_000_000)])
			expect(await decided({ request: { ip: '10.1.2.3', amount } })).toMatchObject({
				outcome: 'deny',
				reason: 'attributes',
				attributes: [{ attribute: 'request.amount' }],
			});
	});

	test('a policy that fails on the request denies by name, and leaves others in force when strict mode is off', async () => {
		const definition = {
			policies: { all: text('true'), sum: text('principal.rank + 9223372036854775807 > 0', 'forbid') },
		};
		await publish(database, `overflow ${engine}`, { kind: 'definition', definition }, publisher);
		const set = `overflow ${engine}`;
		expect(await decided({}, { set })).toMatchObject({
			outcome: 'deny',
			reason: 'policyError',
			errors: [{ policy: 'sum' }],
			why: expect.stringMatching(/strict mode denies .* sum: /) as string,
		});
		expect(await decided({}, { set, isStrict: false })).toMatchObject({
			outcome: 'permit',
			policies: ['all'],
		});
	});

	test.each([
		['of a megabyte', text(`principal.state == "${'x'.repeat(1_000_000)}"`), /characters long/],
		['nested too deeply', text(`${'('.repeat(20_000)}true${')'.repeat(20_000)}`), /nested too deeply/],
		['with too many operators', text(Array(2_000).fill('true').join(' && ')), /too many operators/],
		['about an attribute that there is not', text('principal.__proto__ == "x"'), /__proto__/],
		['of two', `${text('true')} ${text('true')}`, /policy "new"/],
	])('a policy %s is refused with the reason, and the former ones go on', async (_, policy, reason) => {
		const { version } = await livePolicies(database, 'main', engine);
		await expect(
			publish(database, 'main', { kind: 'text', policy: 'new', text: policy }, publisher),
		).rejects.toThrow(reason);
		expect(await decided({})).toMatchObject({ outcome: 'permit', version });
	});

	test('a store that is down, and a log that takes nothing, deny with the reason', async () => {
		const down = async () => {
			throw new Error('connect ECONNREFUSED');
		};
		expect(await decided({}, {}, down)).toMatchObject({
			outcome: 'deny',
			reason: 'policiesUnavailable',
			failure: 'connect ECONNREFUSED',
		});
		const file = join(folder, `closed ${engine}.sqlite`);
		const closing = await openStore({ kind: 'sqlite', file });
		await publish(closing, 'main', { kind: 'text', policy: 'all', text: text('true') }, publisher);
		expect(await decided({}, {}, async () => closing)).toMatchObject({ outcome: 'permit' });
		await closing.transaction([{ sql: 'DROP TABLE decision_log' }]);
		const unlogged = await decided({}, {}, async () => closing);
		expect(unlogged).toMatchObject({
			outcome: 'deny',
			reason: 'notLogged',
			failure: expect.stringMatching(/decision_log/) as string,
		});
		expect(unlogged).not.toHaveProperty('position');
		await closing.close();
		expect(await decided({}, {}, async () => closing)).toMatchObject({
			outcome: 'deny',
			reason: 'policiesUnavailable',
		});
	});

	test('a log that was tampered with is reported with the first bad record, and decisions go on', async () => {
		const store = await openStore({ kind: 'sqlite', file: join(folder, `tampered ${engine}.sqlite`) });
		const open = async () => store;
		for (const id of ['E-1', 'E-2', 'E-3']) await decided({ subject: subject(undefined, id) }, {}, open);
		expect(await verifyLog(store)).toMatchObject({ intact: true, records: 3 });
		await store.transaction([
			{
				sql: `UPDATE decision_log SET record = REPLACE(record, 'E-2', 'E-9'), subject = 'E-9' WHERE subject = 'E-2'`,
			},
		]);
		await decided({}, {}, open);
		expect(await verifyLog(store)).toMatchObject({
			intact: false,
			firstBad: { position: 2, problem: 'the record was changed' },
		});
		await store.close();
	});
});

test('of 10,000 policies the one that permits is found, by both engines', () => {
	const policies = Object.fromEntries(
		Array.from({ length: 10_000 }, (_, index) => [
			`p${index}`,
			`permit(principal, action == Action::"price.change", resource) when { principal.position == "P${index}" };`,
		]),
	);
	const looked = { 'price.change': ['subject.position'] };
	const needs = { required: looked, used: looked, timeZones: [], instant: false };
	const definition = { ...emptyDefinition, policies };
	for (const engine of Object.keys(engines)) {
		const live = prepare({ name: 'large', version: 1, definition, needs, engine });
		const asked = (position: string) =>
			decide(
				AccessQuestion.parse({
					subject: { id: 'E-7', attributes: { position } },
					operation: 'price.change',
					resource: { id: 'P-1' },
					at: 0,
				}),
				live,
				{ isStrict: true },
			);
		expect(asked('P9999')).toMatchObject({ outcome: 'permit', policies: ['p9999'] });
		expect(asked('P10000')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
	}
});

test('names that mean something in JavaScript are refused for attributes, and harmless for policies and engines', async () => {
	for (const name of ['__proto__', 'constructor', 'prototype'])
		expect(
			Catalogue.safeParse({
				...emptyDefinition.catalogue,
				attributes: [{ of: 'resource', name, type: 'text' }],
			}).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`),
		).toContain('attributes.0.name is reserved; choose another name');
	for (const policy of ['constructor', 'toString']) {
		await publish(database, 'names', { kind: 'text', policy, text: text('true') }, publisher);
		expect(Object.keys((await livePolicies(database, 'names')).definition.policies)).toContain(policy);
	}
	await expect(
		publish(database, 'names', { kind: 'text', policy: '__proto__', text: text('true') }, publisher),
	).rejects.toThrow('is reserved');
	const definition = JSON.parse(
		`{"policies":{"constructor":${JSON.stringify(text('true'))},"__proto__":"x"}}`,
	) as object;
	await expect(publish(database, 'names', { kind: 'definition', definition }, publisher)).rejects.toThrow(
		/policies\.__proto__.* is reserved/,
	);
	await expect(
		publish(
			database,
			'names',
			{ kind: 'definition', definition: { policies: { a: 7, ' b': 'x' } } },
			publisher,
		),
	).rejects.toThrow(/policies\.a: .*policies\. b: must not have/);
	await expect(publish(database, 'names', { kind: 'remove', policy: 'valueOf' }, publisher)).rejects.toThrow(
		'There is no policy "valueOf"',
	);
	expect(() =>
		prepare({ name: 'x', version: 1, definition: emptyDefinition, engine: 'constructor' }),
	).toThrow('There is no decision engine "constructor"');
});

test('names that databases keep differently do not make the log look tampered with', async () => {
	const store = await openStore({ kind: 'sqlite', file: join(folder, 'names.sqlite') });
	await publish(store, 'main', { kind: 'text', policy: 'all', text: text('true') }, publisher);
	const names = ['\ud800', 'E\0', '\udfff\ud83d', '𠮷', 'é'.normalize('NFD')];
	const asked = names.map((name) => ({
		question: AccessQuestion.parse({
			subject: subject(undefined, name),
			operation: name,
			resource: { id: name },
			at: 0,
		}),
	}));
	const answers = await decideAll(async () => store, asked, { set: 'main', isStrict: true, language: 'en' });
	expect(answers.map(({ reason, position }) => [reason, position])).toEqual(
		names.map((_, index) => ['unknownOperation', index + 1]),
	);
	expect(await verifyLog(store)).toMatchObject({ intact: true, records: names.length });
	await store.close();
});

test.each([1e300, Infinity, NaN, 0.5, '2026-01-05'])('%s is no instant', (at) => {
	const question = { subject: subject(), operation, resource: { id: 'S-1' }, at };
	expect(AccessQuestion.safeParse(question).error?.issues[0]?.path).toEqual(['at']);
});

test('a file to replay that names operations like parts of JavaScript changes nothing but its own counts', () => {
	const live = prepare({ name: 'main', version: 1, definition: PolicyDefinition.parse({}) });
	const replay = new Replay(live, { isStrict: true }, 10);
	const record = (name: string) =>
		JSON.parse(
			`{"at":1,"subject":"E-1","operation":"${name}","outcome":"permit","reason":"permitted","resource":"R","set":"main","version":1,"strict":true,"policies":[],"attributes":{"subject":{"__proto__":{"x":1}}},"latency":1}`,
		) as unknown;
	for (const name of ['__proto__', 'constructor', 'toString']) replay.add(record(name));
	for (const at of [1e300, 'yesterday', null]) replay.add({ ...(record('x') as object), at });
	expect(replay.result).toMatchObject({ replayed: 3, newlyDenied: 3, unreadable: 3 });
	expect(Object.entries(replay.result.byOperation)).toEqual(
		['__proto__', 'constructor', 'toString'].map((name) => [
			name,
			{ newlyPermitted: 0, newlyDenied: 1, undecidable: 0 },
		]),
	);
	expect({}).not.toHaveProperty('newlyDenied');
	expect(Object).not.toHaveProperty('newlyDenied');
});
