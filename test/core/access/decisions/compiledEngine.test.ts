import fc from 'fast-check';

import { compiledEngine } from '../../../../core/access/decisions/compiled/compiledEngine';
import {
	MalformedPoliciesError,
	MalformedRequestError,
	type AccessRequest,
	type PolicySet,
} from '../../../../core/access/decisions/engine';
import { disagreements } from './agreement';
import { policySets, requestsOf } from './generated';

const request: AccessRequest = {
	principal: { type: 'Employee', id: 'E-17' },
	action: { type: 'Action', id: 'changePrice' },
	resource: { type: 'Item', id: 'SKU-1' },
	context: {},
	entities: [],
};

function policies(...texts: string[]): PolicySet {
	return { staticPolicies: Object.fromEntries(texts.map((text, place) => [`p${place}`, text])) };
}

function permitWhen(condition: string): PolicySet {
	return policies(`permit(principal, action, resource) when { ${condition} };`);
}

describe('compiled policies decide as Cedar does', () => {
	it('on generated policies and requests', () => {
		fc.assert(
			fc.property(policySets, requestsOf(40, 1), (set, requests) => {
				expect(disagreements(set, requests)).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});

	it('on numbers that JavaScript has only roughly', () => {
		const numbers = ['9007199254740991', '9007199254740992', '9007199254740993', '9223372036854775807'];
		const sums = numbers.flatMap((one) =>
			numbers.flatMap((other) => [
				`${one} == ${other}`,
				`${one} - 1 < ${other}`,
				`${one} + ${other} > 0`,
				`-${one} - 1 == -${other} - 1`,
				`${one} * -1 == -${other}`,
			]),
		);
		// The text of a policy is no number, nor is its comment.
		const texts = [
			'"9223372036854775807" like "922337203685477580*" // 9223372036854775807\n',
			'-9223372036854775808 < 0',
		];
		const set = policies(
			...[...sums, ...texts].map((sum) => `permit(principal, action, resource) when { ${sum} };`),
		);
		expect(disagreements(set, [request])).toEqual([]);
		expect(compiledEngine(set).decide(request).determining).toContain('p0');
	});

	it.each([3, 8, 9, 40])('on %i groups in each other, with two ways up, and in a circle', (count) => {
		const group = (place: number) => ({ type: 'Group', id: `g${place}` });
		const groups = Array.from({ length: count }, (_, place) => ({
			uid: group(place),
			attrs: {},
			parents: [group(place + 1), group(place + 2)],
		}));
		const member = { uid: request.principal, attrs: {}, parents: [group(0)] };
		const top = (parents: number[]) => ({ uid: group(count + 1), attrs: {}, parents: parents.map(group) });
		const set = policies(
			...[1, count, count + 1, count + 2, 900].map(
				(place) => `permit(principal in Group::"g${place}", action, resource);`,
			),
			`permit(principal, action, resource) when { principal in [Group::"g${count + 1}", Group::"g900"] };`,
			'permit(principal, action, resource) when { Group::"g1" in principal };',
		);
		const requests = [[], [count + 2, 900], [0], [count + 1]].map((parents) => ({
			...request,
			entities: [member, ...groups, top(parents)],
		}));
		expect(disagreements(set, requests)).toEqual([]);
	});

	it('on policies for departments when the department is missing, or no text', () => {
		const set = policies(
			...['Finance', 'Sales', 'Finance'].map(
				(department) =>
					`permit(principal, action, resource) when { principal.department == "${department}" && principal.rank > 3 };`,
			),
			'forbid(principal, action, resource) when { principal.department == "Sales" } unless { context.calm };',
		);
		const employees = [
			{ department: 'Finance', rank: 4 },
			{ department: 'Finance', rank: 3 },
			{ department: 'Finance', rank: '9' },
			{ department: 'Finance' },
			{ department: 'Sales', rank: 4 },
			{ department: 'constructor', rank: 4 },
			{ department: 7, rank: 4 },
			{ department: ['Finance'], rank: 4 },
			{ rank: 4 },
		];
		const requests = employees.flatMap((attrs) =>
			[{}, { calm: true }, { calm: 'true' }].map((context) => ({
				...request,
				context,
				entities: [{ uid: request.principal, attrs, parents: [] }],
			})),
		);
		expect(disagreements(set, requests as AccessRequest[])).toEqual([]);
	});

	it('on a subject that is what it asks about, and is given twice', () => {
		const set = policies(
			'permit(principal, action, resource) when { principal.n == 1 };',
			'permit(principal, action, resource) when { resource.n == 1 };',
			'permit(principal, action, resource) when { resource.m == 1 };',
		);
		const self = (attrs: Record<string, number>) => ({ uid: request.principal, attrs, parents: [] });
		const requests = [
			[self({ n: 1, m: 1 })],
			[self({ n: 1 }), self({ n: 1 })],
			[self({ n: 1 }), self({ n: 2 })],
			[self({ n: 1 }), self({ m: 1 })],
			[],
		].map((entities) => ({ ...request, resource: request.principal, entities }));
		expect(disagreements(set, requests)).toEqual([]);
	});

	// Shrunk examples of what once was different.
	it('on an entity that names a parent twice', () => {
		const group = { type: 'Group', id: 'a' };
		const entities = [{ uid: request.resource, attrs: {}, parents: [group, group] }];
		const set = policies('permit(principal, action, resource in Group::"a");');
		expect(disagreements(set, [{ ...request, entities }])).toEqual([]);
	});
});

describe('what cannot be decided', () => {
	it('is refused with the attribute that is wrong', () => {
		const engine = compiledEngine(permitWhen('context.address.isIpv4()'));
		const context = { address: { __extn: { fn: 'ip', arg: '::ffff:10.0.0.1' } } };
		expect(() => engine.decide({ ...request, context })).toThrow(MalformedRequestError);
		expect(() => engine.decide({ ...request, context })).toThrow('"address" in the context');
	});

	it('is left out with the attribute that is missing', () => {
		const engine = compiledEngine(permitWhen('principal.rank > 3'));
		const entities = [{ uid: request.principal, attrs: {}, parents: [] }];
		expect(engine.decide({ ...request, entities })).toEqual({
			outcome: 'deny',
			determining: [],
			errors: [{ policy: 'p0', message: 'Employee::"E-17" has no attribute "rank".' }],
		});
	});

	it('is left out with an attribute that only the request before had, or that is inherited', () => {
		const engine = compiledEngine(
			policies(
				'permit(principal, action, resource) when { principal.rank > 3 };',
				'permit(principal, action, resource) when { resource.rank > 3 };',
				'permit(principal, action, resource) when { context.rank > 3 };',
			),
		);
		const ranked = (attrs: { rank?: number }): AccessRequest => ({
			...request,
			context: attrs,
			entities: [request.principal, request.resource].map((uid) => ({ uid, attrs, parents: [] })),
		});
		const outcome = (asked: AccessRequest) => engine.decide(asked).determining.length;
		expect(outcome(ranked({ rank: 4 }))).toBe(3);
		expect(engine.decide(request)).toMatchObject({ outcome: 'deny', errors: [{}, {}, {}] });
		expect(outcome(ranked({ rank: 4 }))).toBe(3);
		const inherited = Object.create({ rank: 9 }) as { rank: number };
		expect(engine.decide(ranked(inherited))).toMatchObject({ outcome: 'deny', errors: [{}, {}, {}] });
		const malformed = { ...request, context: { other: 0.5 } };
		expect(() => engine.decide(malformed)).toThrow(MalformedRequestError);
		expect(engine.decide(request)).toMatchObject({ outcome: 'deny', errors: [{}, {}, {}] });
	});

	it('is a request nested deeper than Cedar reads', () => {
		const nested = (levels: number) =>
			JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as { a: number };
		const engine = compiledEngine(permitWhen('true'));
		expect(engine.decide({ ...request, context: nested(126) }).outcome).toBe('permit');
		expect(() => engine.decide({ ...request, context: nested(127) })).toThrow(MalformedRequestError);
	});
});

describe('policies', () => {
	it('that Cedar cannot read do not go live', () => {
		const readable = 'permit(principal, action, resource);';
		for (const text of [
			'permit(principal);',
			'',
			readable + readable,
			'permit(principal == ?principal, action, resource);',
			'permit(principal, action, resource) when { context.n == 9223372036854775808 };',
		])
			expect(() => compiledEngine(policies(readable, text))).toThrow(MalformedPoliciesError);
	});

	it.each([
		['brackets', `${'('.repeat(5000)}true${')'.repeat(5000)}`],
		['sets', `${'['.repeat(200)}1${']'.repeat(200)} == 1`],
		['sums', `${'1 + '.repeat(1000)}1 == 1001`],
		['attributes', `context${'.a'.repeat(1000)} == 1`],
		['conditions', `${'true && '.repeat(1000)}true`],
		['choices', `${'if true then true else '.repeat(1000)}true`],
		['brackets that are not closed', '('.repeat(100_000)],
	])('with thousands of %s are refused, and the next are read', (_, condition) => {
		expect(() => compiledEngine(permitWhen(condition))).toThrow(MalformedPoliciesError);
		expect(compiledEngine(permitWhen('true')).decide(request).outcome).toBe('permit');
	});

	it('nested less deeply are decided as Cedar does', () => {
		const texts = [
			`${'('.repeat(60)}true${')'.repeat(60)}`,
			`${'true && '.repeat(250)}true`,
			`context has a${'.a'.repeat(40)} || true`,
			`${Array.from({ length: 50 }, (_, place) => `(context.n == ${place} && principal.rank > ${place})`).join(' || ')} || true`,
			`[${Array.from({ length: 20_000 }, (_, place) => `"${place}"`).join()}].contains("7")`,
		];
		const set = policies(...texts.map((text) => `permit(principal, action, resource) when { ${text} };`));
		expect(disagreements(set, [request])).toEqual([]);
	});
});
