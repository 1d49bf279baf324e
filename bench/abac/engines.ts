import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { createMongoAbility, subject, type RawRuleOf, type MongoAbility } from '@casl/ability';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';

import { compiledEngine } from '../../core/access/decisions/compiled/compiledEngine';
import { addressNumber, cedarPolicies, cedarRequest, type Question, type Rule } from './workload';

/** An engine with its policies. The question is put into the engine's own form beforehand, which is not measured. */
export interface Side {
	prepare(question: Question): unknown;
	permits(prepared: never): boolean;
}

export const sides: Readonly<Record<string, (rules: readonly Rule[]) => Promise<Side>>> = {
	ours: async (rules) => {
		const engine = compiledEngine(cedarPolicies(rules));
		return { prepare: cedarRequest, permits: (request) => engine.decide(request).outcome === 'permit' };
	},

	cedar: async (rules) => {
		const parsed = preparsePolicySet('bench', cedarPolicies(rules));
		if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
		return {
			prepare: (question) => ({ ...cedarRequest(question), preparsedPolicySetId: 'bench' }),
			permits: (call) => {
				const answer = statefulIsAuthorized(call);
				if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
				return answer.response.decision === 'allow';
			},
		};
	},

	/** One ability for everybody: who asks is part of what is asked about. Rules that forbid come last, as CASL wants them. */
	casl: async (rules) => {
		const ordered = [...rules].sort(
			(one, other) => Number(one.effect === 'forbid') - Number(other.effect === 'forbid'),
		);
		const ability = createMongoAbility(ordered.map(caslRule));
		return {
			prepare: (question) => {
				const own = question.record.owner === question.employee.id;
				const facts = {
					...question.employee,
					...question,
					recordRegion: question.record.region,
					own,
					network: addressNumber(question.address),
				};
				return [question.operation, subject('Request', facts)];
			},
			permits: ([operation, request]: [string, 'Request']) => ability.can(operation, request),
		};
	},

	casbin: async (rules) => {
		const lines = rules.map(
			({ operation, effect, ...rule }) =>
				`p, ${operation}, "${casbinRule(rule)}", ${effect === 'permit' ? 'allow' : 'deny'}`,
		);
		const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(lines.join('\n')));
		return {
			prepare: (question) => [
				question.operation,
				{
					...question,
					own: question.record.owner === question.employee.id,
					network: addressNumber(question.address),
				},
			],
			permits: ([operation, request]: [string, object]) => enforcer.enforceSync(operation, request),
		};
	},
};

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
		...(rule.aloneUpTo && { amount: { $gt: rule.aloneUpTo }, approver: false }),
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
		rule.department && `r.q.employee.department == '${rule.department}'`,
		rule.rank && `r.q.employee.rank >= ${rule.rank}`,
		rule.regions &&
			`(${rule.regions.map((region) => `r.q.record.region == '${region}'`).join(' || ') || 'false'})`,
		rule.amount && `r.q.amount <= ${rule.amount}`,
		rule.hours && `r.q.minute >= ${rule.hours[0]} && r.q.minute < ${rule.hours[1]}`,
		rule.network && `r.q.network >= ${rule.network.first} && r.q.network <= ${rule.network.last}`,
		rule.state && `r.q.employee.state != '${rule.state}'`,
		rule.own && 'r.q.own',
		rule.aloneUpTo && `r.q.amount > ${rule.aloneUpTo} && !r.q.approver`,
	]
		.filter((condition) => typeof condition === 'string')
		.join(' && ');
}
