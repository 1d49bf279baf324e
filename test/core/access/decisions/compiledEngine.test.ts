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
		expect(() => compiledEngine(policies('permit(principal);'))).toThrow(MalformedPoliciesError);
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
