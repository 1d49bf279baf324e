import { createMongoAbility, subject, type MongoAbility, type RawRuleOf } from '@casl/ability';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';

import { compiledEngine } from '../../core/access/decisions/compiled/compiledEngine';
import type { AccessRequest } from '../../core/access/decisions/engine';
import { factsOf } from './facts';
import { cedarPolicies, type Rule } from './workload';

/** An engine with its policies. What `prepare` makes of a request is not measured. */
export interface Side {
	prepare(request: AccessRequest): unknown;
	permits(prepared: never): boolean;
}

const asItIs = (request: AccessRequest) => request;

/**
 * All are asked with the same request. CASL and casbin know neither entities nor decimals, addresses and instants: what they
 * compare is read from the request first, as whoever uses them has to. `caslPrepared` finds it ready.
 */
export const sides: Readonly<Record<string, (rules: readonly Rule[]) => Promise<Side>>> = {
	ours: async (rules) => {
		const engine = compiledEngine(cedarPolicies(rules));
		return { prepare: asItIs, permits: (request) => engine.decide(request).outcome === 'permit' };
	},

	cedar: async (rules) => {
		const parsed = preparsePolicySet('bench', cedarPolicies(rules));
		if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
		return {
			prepare: (request) => ({ ...request, preparsedPolicySetId: 'bench' }),
			permits: (call) => {
				const answer = statefulIsAuthorized(call);
				if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
				return answer.response.decision === 'allow';
			},
		};
	},

	casl: async (rules) => {
		const ability = caslAbility(rules);
		return {
			prepare: asItIs,
			permits: (request: AccessRequest) =>
				ability.can(request.action.id, subject('Request', factsOf(request))),
		};
	},

	caslPrepared: async (rules) => {
		const ability = caslAbility(rules);
		return {
			prepare: (request) => [request.action.id, subject('Request', factsOf(request))],
			permits: ([operation, facts]: [string, 'Request']) => ability.can(operation, facts),
		};
	},

	casbin: async (rules) => {
		const lines = rules.map(
			({ operation, effect, ...rule }) =>
				`p, ${operation}, "${casbinRule(rule)}", ${effect === 'permit' ? 'allow' : 'deny'}`,
		);
		const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(lines.join('\n')));
		return {
			prepare: asItIs,
			permits: (request: AccessRequest) => enforcer.enforceSync(request.action.id, factsOf(request)),
		};
	},
};

/** One ability for everybody: who asks is part of what is asked about. Rules that forbid come last, as CASL wants them. */
function caslAbility(rules: readonly Rule[]): MongoAbility {
	const last = ({ effect }: Rule) => Number(effect === 'forbid');
	return createMongoAbility(rules.toSorted((one, other) => last(one) - last(other)).map(caslRule));
}

function caslRule(rule: Rule): RawRuleOf<MongoAbility> {
	const conditions = {
		...(rule.department && { department: rule.department }),
		...(rule.rank && { rank: { $gte: rule.rank } }),
		...(rule.regions && { recordRegion: { $in: rule.regions } }),
		...(rule.amount && { amount: { $lte: rule.amount } }),
		...(rule.hours && { minute: { $gte: rule.hours[0], $lt: rule.hours[1] } }),
		...(rule.network && { network: { $gte: rule.network.first, $lte: rule.network.last } }),
		...(rule.state && { state: { $ne: rule.state } }),
		...(rule.own && { own: true }),
		...(rule.aloneUpTo && { amount: { $gt: rule.aloneUpTo }, approved: false }),
	};
	return { action: rule.operation, subject: 'Request', conditions, inverted: rule.effect === 'forbid' };
}

const CASBIN_MODEL = `
[request_definition]
r = act, q
[policy_definition]
p = act, rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && eval(p.rule)
`;

function casbinRule(rule: Partial<Rule>): string {
	return [
		rule.department && `r.q.department == '${rule.department}'`,
		rule.rank && `r.q.rank >= ${rule.rank}`,
		rule.regions &&
			`(${rule.regions.map((region) => `r.q.recordRegion == '${region}'`).join(' || ') || 'false'})`,
		rule.amount && `r.q.amount <= ${rule.amount}`,
		rule.hours && `r.q.minute >= ${rule.hours[0]} && r.q.minute < ${rule.hours[1]}`,
		rule.network && `r.q.network >= ${rule.network.first} && r.q.network <= ${rule.network.last}`,
		rule.state && `r.q.state != '${rule.state}'`,
		rule.own && 'r.q.own',
		rule.aloneUpTo && `r.q.amount > ${rule.aloneUpTo} && !r.q.approved`,
	]
		.filter((condition) => typeof condition === 'string')
		.join(' && ');
}
