import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';

import { standardCatalogue } from '../../../core/access/catalogue/catalogue';
import { cedarSchema } from '../../../core/access/catalogue/cedarSchema';
import { decide } from '../../../core/access/decisions/decide';
import { explain } from '../../../core/access/decisions/explain';
import { prepare, type LivePolicies } from '../../../core/access/decisions/livePolicies';
import { localClock } from '../../../core/access/decisions/localClock';
import { logEntry, LoggedDecision } from '../../../core/access/decisions/logged';
import { AccessQuestion } from '../../../core/access/decisions/question';
import { Replay } from '../../../core/access/decisions/simulate';
import { why } from '../../../core/access/decisions/why';
import { compileForm } from '../../../core/access/policies/compileForm';
import { PolicyDefinition } from '../../../core/access/policies/definition';
import { examine } from '../../../core/access/policies/examine';
import { PolicyForm } from '../../../core/access/policies/form';

type Form = Parameters<typeof PolicyForm.parse>[0];

function live(policies: Record<string, Form | string>): LivePolicies {
	const texts = Object.entries(policies).map(([id, policy]) => [
		id,
		typeof policy === 'string' ? policy : compileForm(PolicyForm.parse(policy)),
	]);
	const definition = PolicyDefinition.parse({ policies: Object.fromEntries(texts) });
	used.push(definition);
	return prepare({ name: 'main', version: 1, definition });
}

/** Definitions that the tests decide by; all must be valid. */
const used: PolicyDefinition[] = [];
afterEach(async () => {
	for (const definition of used.splice(0)) expect((await examine(definition)).problems).toEqual([]);
});

const operation = 'supplier.changePaymentTerms';
/** Monday 5 January 2026, 10:30 in Shanghai. */
const at = Date.parse('2026-01-05T02:30:00.000Z');
const question = (given: Record<string, unknown> = {}): AccessQuestion =>
	AccessQuestion.parse({
		subject: { id: 'E-7', attributes: { department: 'Purchasing', rank: 5, state: 'active' } },
		operation,
		resource: { id: 'S-1' },
		request: { ip: '10.1.2.3' },
		at,
		...given,
	});
const strict = { isStrict: true };
const outcome = (policies: LivePolicies, given: Record<string, unknown> = {}) => {
	const { outcome: decided, reason, policies: by, attributes } = decide(question(given), policies, strict);
	return { outcome: decided, reason, by, attributes: attributes.map(({ attribute }) => attribute) };
};

const buyers: Form = {
	effect: 'permit',
	operations: [operation],
	departments: ['Purchasing'],
	states: ['active'],
	rankFrom: 5,
};

describe('A decision', () => {
	test('is a denial while no policy permits it, and names the policies that decide', () => {
		expect(outcome(live({}))).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		const policies = live({ buyers });
		expect(outcome(policies)).toMatchObject({ outcome: 'permit', by: ['buyers'] });
		expect(
			outcome(policies, {
				subject: { id: 'E-8', attributes: { department: 'Sales', rank: 9, state: 'active' } },
			}),
		).toMatchObject({ outcome: 'deny', reason: 'notPermitted', by: [] });
	});

	test('is a denial when one policy permits and another forbids', () => {
		const policies = live({
			buyers,
			'not from outside': { effect: 'forbid', addresses: { ranges: ['10.0.0.0/8'], when: 'outside' } },
		});
		expect(outcome(policies)).toMatchObject({ outcome: 'permit' });
		expect(outcome(policies, { request: { ip: '192.168.1.1' } })).toMatchObject({
			outcome: 'deny',
			reason: 'forbidden',
			by: ['not from outside'],
		});
	});

	test('takes an IPv4 address in IPv6 for the address that it is', () => {
		const policies = live({ buyers: { ...(buyers as object), addresses: { ranges: ['10.0.0.0/8'] } } });
		expect(outcome(policies, { request: { ip: '::ffff:10.1.2.3' } })).toMatchObject({ outcome: 'permit' });
		expect(outcome(policies, { request: { ip: '::ffff:11.1.2.3' } })).toMatchObject({ outcome: 'deny' });
	});

	test.each([
		[
			'a missing attribute',
			{ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: 'active' } } },
			'subject.rank',
		],
		[
			'a rank as text',
			{ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: 'active', rank: '5' } } },
			'subject.rank',
		],
		[
			'a rank that is no whole number',
			{ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: 'active', rank: 5.5 } } },
			'subject.rank',
		],
		[
			'a rank beyond what is exact',
			{ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: 'active', rank: 2 ** 53 } } },
			'subject.rank',
		],
		[
			'a state that is a list',
			{ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: ['active'], rank: 5 } } },
			'subject.state',
		],
		['octal digits in an address', { request: { ip: '010.1.2.3', amount: '5' } }, 'request.ip'],
		['a shortened address', { request: { ip: '10.1', amount: '5' } }, 'request.ip'],
		['an amount with five decimals', { request: { ip: '10.1.2.3', amount: '1.23456' } }, 'request.amount'],
		['an amount in words of the machine', { request: { ip: '10.1.2.3', amount: '1e9' } }, 'request.amount'],
	])('is a denial that names the attribute: %s', (_, given, attribute) => {
		const looking: Form = {
			...(buyers as object),
			effect: 'permit',
			addresses: { ranges: ['10.0.0.0/8'] },
			amountUpTo: '100000',
		};
		const asked = { request: { ip: '10.1.2.3', amount: '5' }, ...given };
		expect(outcome(live({ looking }), asked)).toEqual({
			outcome: 'deny',
			reason: 'attributes',
			by: [],
			attributes: [attribute],
		});
	});

	test('is not moved by names that mean something in JavaScript, nor by letters that look alike', () => {
		const attributes = JSON.parse(
			'{"__proto__":{"department":"Purchasing","rank":9,"state":"active"},"constructor":"x","toString":1}',
		) as Record<string, unknown>;
		expect(outcome(live({ buyers }), { subject: { id: 'E-7', attributes } })).toMatchObject({
			outcome: 'deny',
			attributes: ['subject.department', 'subject.rank', 'subject.state'],
		});
		const alike = { department: 'Purсhasing', rank: 5, state: 'active' };
		expect(outcome(live({ buyers }), { subject: { id: 'E-7', attributes: alike } })).toMatchObject({
			outcome: 'deny',
			reason: 'notPermitted',
		});
	});

	test('knows departments below the one that the policy names', () => {
		const subject = {
			id: 'E-7',
			attributes: { department: 'Raw materials', rank: 5, state: 'active' },
			departmentsAbove: ['Direct purchasing', 'Purchasing'],
		};
		expect(outcome(live({ buyers }), { subject })).toMatchObject({ outcome: 'permit' });
	});

	test('keeps buyers from approving their own records, and asks for somebody else as second approver', () => {
		const policies = live({
			approvers: {
				...(buyers as object),
				own: 'notOwn',
				secondApprover: { rankFrom: 7, states: ['active'] },
			},
		});
		const asked = (owner: string | undefined, secondApprover?: string) =>
			outcome(policies, {
				resource: { id: 'S-1', attributes: { owner } },
				request: { secondApprover },
				others: [
					{ id: 'E-9', attributes: { rank: 8, state: 'active' } },
					{ id: 'E-6', attributes: { rank: 6, state: 'active' } },
					{ id: 'E-5', attributes: { rank: 9, state: 'left' } },
					{ id: 'E-4', isKnown: false },
				],
			});
		expect(asked('E-1', 'E-9')).toMatchObject({ outcome: 'permit' });
		expect(asked('E-7', 'E-9')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		expect(asked('E-1')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		expect(asked('E-1', 'E-7')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		expect(asked('E-1', 'E-6')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		expect(asked('E-1', 'E-5')).toMatchObject({ outcome: 'deny', reason: 'notPermitted' });
		expect(asked('E-1', 'E-4')).toMatchObject({ outcome: 'deny', reason: 'attributes' });
		expect(asked('E-1', 'E-3')).toMatchObject({
			reason: 'attributes',
			attributes: ['request.secondApprover.rank', 'request.secondApprover.state'],
		});
		expect(asked(undefined, 'E-9')).toMatchObject({ attributes: ['resource.owner'] });
	});

	test('in strict mode is a denial when a policy errors, and otherwise as Cedar has it', () => {
		const policies = live({
			buyers,
			overflow: 'forbid(principal, action, resource) when { principal.rank * 9007199254740991 > 5 };',
		});
		const given = question({
			subject: { id: 'E-7', attributes: { department: 'Purchasing', rank: 5_000, state: 'active' } },
		});
		const decided = decide(given, policies, strict);
		expect(decided).toMatchObject({ outcome: 'deny', reason: 'policyError', policies: ['buyers'] });
		expect(decided.errors.map(({ policy }) => policy)).toEqual(['overflow']);
		expect(decide(given, policies, { isStrict: false })).toMatchObject({
			outcome: 'permit',
			policies: ['buyers'],
			errors: decided.errors,
		});
	});

	test('says why in English and Chinese', () => {
		const policies = live({ buyers });
		const say = (given: Record<string, unknown>, language: 'en' | 'zh-CN') => {
			const asked = question(given);
			return why(asked, decide(asked, policies, strict), standardCatalogue, language);
		};
		expect(say({}, 'en')).toBe(
			'E-7 may do "Change of supplier payment terms" on Supplier S-1: the policy "buyers" permits it.',
		);
		expect(say({}, 'zh-CN')).toBe('允许E-7对Supplier S-1执行“修改供应商付款条件”：依据策略“buyers”。');
		expect(say({ operation: 'supplier.changePaymentTerm' }, 'en')).toBe(
			'Denied: the catalogue has no sensitive operation "supplier.changePaymentTerm" (did you mean "supplier.changePaymentTerms"?).',
		);
		expect(say({ subject: { id: '', attributes: {} } }, 'en')).toContain('there is no employee');
		expect(say({ subject: { id: 'E-7', attributes: { rank: 'five', state: 'active' } } }, 'en')).toBe(
			'E-7 may not do "Change of supplier payment terms" on Supplier S-1: subject.department is not known, and subject.rank is not a whole number.',
		);
	});
});

describe('Hours', () => {
	const office = (zone: string, hours: object) =>
		live({ hours: { effect: 'permit', hours: { zone, ...hours } } as Form });
	const permitted = (policies: LivePolicies, instant: string) =>
		outcome(policies, { at: Date.parse(instant) }).outcome === 'permit';

	test('are those of the time zone, with its daylight saving time', () => {
		const policies = office('America/New_York', { from: '09:00', to: '17:00', weekdays: [1, 2, 3, 4, 5] });
		// The clocks went forward on Sunday, 8 March 2026: 9 o'clock is 14:00 UTC before, and 13:00 UTC after.
		expect(permitted(policies, '2026-03-06T13:30:00Z')).toBe(false);
		expect(permitted(policies, '2026-03-06T14:00:00Z')).toBe(true);
		expect(permitted(policies, '2026-03-09T13:00:00Z')).toBe(true);
		expect(permitted(policies, '2026-03-09T20:59:59Z')).toBe(true);
		expect(permitted(policies, '2026-03-09T21:00:00Z')).toBe(false);
		expect(permitted(policies, '2026-03-08T15:00:00Z')).toBe(false);
	});

	test('may go over midnight', () => {
		const policies = office('Asia/Shanghai', { from: '22:00', to: '06:00' });
		expect(permitted(policies, '2026-01-05T15:00:00Z')).toBe(true);
		expect(permitted(policies, '2026-01-05T21:59:59Z')).toBe(true);
		expect(permitted(policies, '2026-01-05T22:00:00Z')).toBe(false);
	});

	test('are read as the time zone database has them', () => {
		fc.assert(
			fc.property(
				fc.date({ min: new Date('1980-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
				fc.constantFrom('Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Europe/Berlin'),
				(date, zone) => {
					const text = date.toLocaleString('sv-SE', { timeZone: zone });
					const [, hours = '', minutes = ''] = / (\d\d):(\d\d)/.exec(text) ?? [];
					const weekday = new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7;
					expect(localClock(date.getTime(), zone)).toEqual({
						minute: Number(hours) * 60 + Number(minutes),
						weekday,
					});
				},
			),
		);
	});
});

describe('Policies before they go live', () => {
	const problemsOf = async (policies: Record<string, string>) =>
		(await examine(PolicyDefinition.parse({ policies }))).problems;

	test('are checked against the schema; problems say where and what is meant', async () => {
		expect(
			await problemsOf({
				采购: 'permit(principal, action, resource)\n// 采购部门\nwhen { "采购" == "采购" && principal.rnk > 3 };',
			}),
		).toEqual([
			expect.objectContaining({
				policy: '采购',
				line: 3,
				column: 24,
				message: expect.stringContaining('did you mean `rank`?') as unknown,
			}),
		]);
		expect(await problemsOf({ a: 'permit(principal, action == Action::"price.chnge", resource);' })).toEqual([
			expect.objectContaining({
				message: 'There is no sensitive operation "price.chnge" (did you mean "price.change"?)',
			}),
		]);
		expect(
			await problemsOf({ a: 'permit(principal, action, resource) when { principal.rank > "3" };' }),
		).toHaveLength(1);
		expect(
			await problemsOf({ a: 'permit(principal, action, resource); permit(principal, action, resource);' }),
		).toHaveLength(1);
		expect(
			await problemsOf({
				a: 'permit(principal, action, resource) when { context.time["Mars/Olympus"].minute > 3 };',
			}),
		).toEqual([{ policy: 'a', message: '"Mars/Olympus" is no time zone, such as Asia/Shanghai' }]);
		expect(await problemsOf({ a: 'permit(principal, action, resource\nwhen' })).toEqual([
			expect.objectContaining({ policy: 'a', line: 2, column: 1 }),
		]);
	});

	test.each([
		['brackets', (n: number) => `${'('.repeat(n)}true${')'.repeat(n)}`],
		['sets', (n: number) => `${'['.repeat(n)}1${']'.repeat(n)} == 1`],
		['negations', (n: number) => `${'(!'.repeat(n)}true${')'.repeat(n)}`],
		['operators', (n: number) => Array(n).fill('context.amount == decimal("1.0")').join(' || ')],
		['additions', (n: number) => `${Array(n).fill('1').join('+')} == 1`],
		['choices', (n: number) => `${'if true then '.repeat(n)}true${' else true'.repeat(n)}`],
	])('are refused when too deep for Cedar, which goes on working: %s', async (_, body) => {
		const text = (n: number) => `permit(principal, action, resource) when { ${body(n)} };`;
		for (const n of [400, 5_000])
			expect(await problemsOf({ deep: text(n) })).toEqual([
				expect.objectContaining({ policy: 'deep', message: expect.stringMatching(/deeply|long/) as unknown }),
			]);
		expect((await problemsOf({ deep: text(20) })).map(({ message }) => message).join()).not.toMatch(/deeply/);
		expect(cedar.checkParsePolicySet({ staticPolicies: {} })).toEqual({ type: 'success' });
	});

	test('of a megabyte are refused, and long lists of names are not', async () => {
		const list = (count: number) =>
			`permit(principal, action, resource) when { [${Array.from({ length: count }, (_, index) => `"plant ${index}"`).join(', ')}].contains(principal.site) };`;
		expect(await problemsOf({ long: list(70_000) })).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/characters long/) as unknown }),
		]);
		expect(await problemsOf({ long: list(5_000) })).toEqual([]);
	});

	test('the schema of the standard catalogue is one of Cedar', () => {
		const schema = cedarSchema(standardCatalogue, {
			timeZones: ['Asia/Shanghai'],
			certain: new Set(['subject.rank']),
		});
		expect(cedar.checkParseSchema(schema)).toEqual({ type: 'success' });
	});
});

describe('An explanation', () => {
	test('says what would have to change, the least first', () => {
		const policies = live({
			buyers: { ...(buyers as object), rankFrom: 8 },
			heads: { effect: 'permit', operations: [operation], departments: ['Board'], rankFrom: 9 },
			'office network': { effect: 'forbid', addresses: { ranges: ['10.0.0.0/8'], when: 'outside' } },
		});
		const { decision, changes } = explain(question({ request: { ip: '8.8.8.8' } }), policies, strict);
		expect(decision.reason).toBe('forbidden');
		const notToMeet = [{ policy: 'office network', conditions: ['!context.ip.isInRange(ip("10.0.0.0/8"))'] }];
		expect(changes).toEqual([
			{ attributes: [], notToMeet, toMend: [], permittedBy: 'buyers', toMeet: ['principal.rank >= 8'] },
			{
				attributes: [],
				notToMeet,
				toMend: [],
				permittedBy: 'heads',
				toMeet: ['principal in [Department::"Board"]', 'principal.rank >= 9'],
			},
		]);
	});

	test('looks at what a template became by its links, like any other policy', async () => {
		const definition = PolicyDefinition.parse({
			templates: {
				'rank in a department':
					'permit(principal in ?principal, action, resource == ?resource) when { principal.rank >= 8 };',
				'no supplier':
					'forbid(principal, action, resource is Supplier in ?resource) when { principal.rank < 9 };',
			},
			templateLinks: [
				['buyers', 'rank in a department', 'Purchasing', 'S-1'],
				['sellers', 'rank in a department', 'Sales', 'S-2'],
			].map(([newId, templateId, department, record]) => ({
				newId,
				templateId,
				values: {
					'?principal': { type: 'Department', id: department },
					'?resource': { type: 'Supplier', id: record },
				},
			})),
		});
		expect((await examine(definition)).problems).toEqual([]);
		const policies = prepare({ name: 'main', version: 1, definition });
		const asked = (rank: number) =>
			question({ subject: { id: 'E-7', attributes: { department: 'Purchasing', rank, state: 'active' } } });
		const common = { attributes: [], notToMeet: [], toMend: [] };
		expect(explain(asked(5), policies, strict).changes).toEqual([
			{ ...common, permittedBy: 'buyers', toMeet: ['principal.rank >= 8'] },
			{
				...common,
				permittedBy: 'sellers',
				toMeet: ['principal in Department::"Sales"', 'resource == Supplier::"S-2"', 'principal.rank >= 8'],
			},
		]);
		expect(explain(asked(8), policies, strict).decision).toMatchObject({
			outcome: 'permit',
			policies: ['buyers'],
		});
	});

	test('takes a policy with more operators in a row than Cedar prints as a whole', () => {
		const text = (region: string) =>
			`permit(principal, action, resource) when { ${Array.from({ length: 90 }, (_, index) => `principal.region == "${region} ${index}"`).join(' || ')} };`;
		const asked = question({
			subject: {
				id: 'E-7',
				attributes: { department: 'Purchasing', rank: 5, state: 'active', region: 'plant 7' },
			},
		});
		const { policies } = explain(asked, live({ plants: text('plant'), shops: text('shop') }), strict);
		expect(policies.map(({ policy, applies, conditions }) => [policy, applies, conditions.length])).toEqual([
			['plants', true, 1],
			['shops', false, 1],
		]);
	});

	test('names what is not known', () => {
		const { changes } = explain(
			question({ subject: { id: 'E-7', attributes: { department: 'Purchasing', state: 'active' } } }),
			live({ buyers }),
			strict,
		);
		expect(changes).toEqual([
			{
				attributes: [{ attribute: 'subject.rank', problem: 'missing', type: 'number' }],
				permittedBy: 'buyers',
				toMeet: ['principal.rank >= 5'],
				notToMeet: [],
				toMend: [],
			},
		]);
	});
});

const choice = <T>(...values: T[]) => fc.constantFrom(...values);
const anyQuestion = fc.record({
	subject: fc.record({
		id: choice('E-7', 'E-8'),
		attributes: fc.record(
			{
				department: choice('Purchasing', 'Sales'),
				rank: fc.nat(10),
				state: choice('active', 'left'),
				region: choice('East'),
			},
			{ requiredKeys: [] },
		),
		departmentsAbove: choice([], ['Board']),
	}),
	operation: choice(operation, 'price.change', 'nothing.known'),
	resource: fc.record({
		id: choice('S-1'),
		attributes: fc.record({ owner: choice('E-7', 'E-8') }, { requiredKeys: [] }),
	}),
	request: fc.record(
		{
			ip: choice('10.0.0.1', '::ffff:10.0.0.1', '8.8.8.8', 'x'),
			amount: choice('5', '50000.5', '1.00001'),
			secondApprover: choice('E-9', 'E-8'),
		},
		{ requiredKeys: [] },
	),
	others: choice([], [{ id: 'E-9', attributes: { rank: 9, state: 'active', region: 'West' } }]),
	at: fc.nat(2_000_000_000_000),
});
const variety = {
	buyers: { ...(buyers as object), hours: { zone: 'Asia/Shanghai', from: '08:00', to: '18:00' } },
	own: { effect: 'permit', operations: ['price.change'], own: 'own', amountUpTo: '1000' },
	approved: { effect: 'permit', operations: ['price.change', operation], secondApprover: { rankFrom: 7 } },
	network: {
		effect: 'forbid',
		operations: ['price.change'],
		addresses: { ranges: ['10.0.0.0/8'], when: 'outside' },
	},
} satisfies Record<string, Form>;

describe('The decision log', () => {
	test('keeps enough to decide again: the same policies flip nothing', () => {
		const policies = live(variety);
		fc.assert(
			fc.property(
				fc.array(
					anyQuestion.map((one) => AccessQuestion.parse(one)),
					{ maxLength: 20 },
				),
				(questions) => {
					const replay = new Replay(policies, strict, 100);
					for (const asked of questions) {
						const decision = decide(asked, policies, strict);
						const { body, ...columns } = logEntry(asked, decision, policies, { isStrict: true, latency: 1 });
						replay.add(JSON.parse(JSON.stringify({ ...columns, ...body })));
					}
					expect(replay.result).toMatchObject({
						replayed: questions.length,
						unchanged: questions.length,
						unreadable: 0,
						flips: [],
					});
				},
			),
		);
	});

	test('takes a value nested without end for what it is: wrong, and not worth keeping', () => {
		let deep: unknown = 'x';
		for (let level = 0; level < 100_000; level += 1) deep = [deep];
		const policies = live({ looking: { ...(buyers as object), effect: 'permit', amountUpTo: '100' } });
		const asked = question({ request: { ip: '10.1.2.3', amount: deep } });
		const decision = decide(asked, policies, strict);
		expect(decision).toMatchObject({ outcome: 'deny', reason: 'attributes' });
		const { body } = logEntry(asked, decision, policies, { isStrict: true, latency: 1 });
		expect(JSON.stringify(body)).toContain('"amount":["(a list)"]');
	});

	test('keeps only what the policies of the operation look at', () => {
		const policies = live({ buyers });
		const asked = question({
			subject: {
				id: 'E-7',
				attributes: {
					department: 'Purchasing',
					rank: 5,
					state: 'active',
					region: 'East',
					birthday: '1990-01-01',
				},
			},
			request: { ip: '10.0.0.1', note: 'my phone is 555' },
			others: [{ id: 'E-9', attributes: { rank: 9 } }],
		});
		const { body } = logEntry(asked, decide(asked, policies, strict), policies, {
			isStrict: true,
			latency: 1,
		});
		expect(body).toMatchObject({
			attributes: {
				subject: { department: 'Purchasing', rank: 5, state: 'active' },
				resource: {},
				request: {},
			},
		});
		expect(JSON.stringify(body)).not.toMatch(/birthday|555|East|E-9|10\.0\.0\.1/);
		expect(
			LoggedDecision.safeParse({ at, subject: 'E-7', operation, outcome: 'permit', ...body }).success,
		).toBe(true);
	});

	test('replayed against changed policies shows what flips', () => {
		const before = live({ buyers });
		const after = live({ buyers: { ...(buyers as object), rankFrom: 6 } });
		const abroad = live({ buyers: { ...(buyers as object), regions: ['East'] } });
		const asked = question();
		const entry = logEntry(asked, decide(asked, before, strict), before, { isStrict: true, latency: 1 });
		const { body, ...columns } = entry;
		const record = { position: 4, ...columns, ...body };
		const flipsOf = (policies: LivePolicies) => {
			const replay = new Replay(policies, strict, 10);
			replay.add(record);
			replay.add({ nonsense: true });
			return replay.result;
		};
		expect(flipsOf(after)).toMatchObject({
			replayed: 1,
			newlyDenied: 1,
			unreadable: 1,
			flips: [{ position: 4, subject: 'E-7', was: 'permit', becomes: 'deny' }],
		});
		expect(flipsOf(abroad)).toMatchObject({
			undecidable: 1,
			flips: [{ becomes: 'undecidable', missing: ['subject.region'] }],
		});
	});
});
