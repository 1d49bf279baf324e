import { operationOf } from '../catalogue/catalogue';
import { readPolicyText, textOf } from '../policies/cedarText';
import { linkedPolicy } from '../policies/links';
import { conjuncts, type Expression, type PolicyJson } from '../policies/policyJson';
import { operationsOf } from '../policies/reads';
import { accessRequest, type AttributeProblem } from './accessRequest';
import { CedarFailedError } from './cedar';
import { cedarEngine } from './cedarEngine';
import { decide, type Decision, type DecisionChoices } from './decide';
import type { EngineDecision } from './engine';
import type { LivePolicies } from './livePolicies';
import type { AccessQuestion } from './question';

/** One condition of a policy, and whether the request meets it. */
export interface ConditionReading {
	/** in Cedar's words */
	condition: string;
	isMet: boolean;
	/** why it could not be evaluated */
	error?: string;
}

export interface PolicyReading {
	policy: string;
	effect: 'permit' | 'forbid';
	description?: string;
	/** all of them are met */
	applies: boolean;
	conditions: ConditionReading[];
}

/** One way to a permission: all of it has to change. */
export interface Change {
	/** attributes that have to be known */
	attributes: AttributeProblem[];
	/** the policy that would permit it; absent when one permits already */
	permittedBy?: string;
	/** conditions of that policy that would have to be met */
	toMeet: string[];
	/** policies that forbid it, each with its conditions; one of each would have to be no longer met */
	notToMeet: Array<{ policy: string; conditions: string[] }>;
	/** policies that would have to be mended */
	toMend: string[];
}

export interface Explanation {
	decision: Decision;
	/** every policy about the operation; those that apply first, then those that come nearest */
	policies: PolicyReading[];
	/** what would have to change for a permission, the least first; empty when it is permitted, or no change could do it */
	changes: Change[];
}

/** Looks at every policy about the operation condition by condition, by Cedar's own evaluation. */
export function explain(question: AccessQuestion, live: LivePolicies, choices: DecisionChoices): Explanation {
	const decision = decide(question, live, choices);
	const { definition, needs } = live;
	const operation = operationOf(definition.catalogue, question.operation);
	if (operation === undefined) return { decision, policies: [], changes: [] };
	// Conditions are looked at with what is known: those that need more are then not met.
	const lenient = { ...needs, required: { [operation.id]: [] } };
	const reading = accessRequest(question, operation, definition.catalogue, lenient);
	if ('problems' in reading) {
		const changes = [{ attributes: decision.attributes, toMeet: [], notToMeet: [], toMend: [] }];
		return { decision, policies: [], changes };
	}
	const about = policiesAbout(live, operation.id);
	const parts = new Map(about.map(({ id, json }) => [id, conditionsOf(json)]));
	const tests = about.flatMap(({ id }) =>
		(parts.get(id) ?? []).map((condition, index) => ({ id, index, condition, name: `${id}\u0000${index}` })),
	);
	const probe = cedarEngine({
		staticPolicies: Object.fromEntries(tests.map(({ condition, name }) => [name, condition.probe])),
	}).decide(reading.request);
	const met = new Set(probe.determining);
	const failed = new Map(probe.errors.map(({ policy, message }) => [policy, message]));
	const policies = about
		.map(({ id, json, alone }): PolicyReading => {
			const apart = tests
				.filter((test) => test.id === id)
				.map(({ condition, name }): ConditionReading => {
					const error = failed.get(name);
					return {
						condition: condition.text,
						isMet: met.has(name),
						...(error === undefined ? {} : { error }),
					};
				});
			const conditions =
				parts.get(id) === undefined ? [wholeOf(cedarEngine(alone).decide(reading.request), id)] : apart;
			const description = json.annotations?.description;
			return {
				policy: id,
				effect: json.effect,
				...(description === undefined ? {} : { description }),
				applies: conditions.every(({ isMet }) => isMet),
				conditions,
			};
		})
		.toSorted((a, b) => unmet(a).length - unmet(b).length || (a.policy < b.policy ? -1 : 1));
	return { decision, policies, changes: changesFor(decision, policies) };
}

function changesFor(decision: Decision, policies: PolicyReading[]): Change[] {
	if (decision.outcome === 'permit' || decision.reason === 'unknownSubject') return [];
	const notToMeet = policies
		.filter(({ effect, applies }) => effect === 'forbid' && applies)
		.map(({ policy, conditions }) => ({
			policy,
			conditions: conditions.map(({ condition }) => condition),
		}));
	// A policy that forbids without any condition leaves no way.
	if (notToMeet.some(({ conditions }) => conditions.length === 0)) return [];
	const common = {
		attributes: decision.attributes,
		notToMeet,
		toMend: decision.errors.map(({ policy }) => policy),
	};
	const permits = policies.filter(({ effect }) => effect === 'permit');
	if (permits.some(({ applies }) => applies)) return [{ ...common, toMeet: [] }];
	return permits.map((policy) => ({
		...common,
		permittedBy: policy.policy,
		toMeet: unmet(policy).map(({ condition }) => condition),
	}));
}

function unmet({ conditions }: PolicyReading): ConditionReading[] {
	return conditions.filter(({ isMet }) => !isMet);
}

function policiesAbout({ definition }: LivePolicies, operation: string) {
	const { catalogue, policies, templates = {}, templateLinks = [] } = definition;
	const read = (id: string, text: string, kind: 'policy' | 'template') => {
		const answer = readPolicyText(id, text, kind);
		return 'json' in answer ? [answer.json] : [];
	};
	const all = [
		...Object.entries(policies).flatMap(([id, text]) =>
			read(id, text, 'policy').map((json) => ({ id, json, alone: { staticPolicies: { [id]: text } } })),
		),
		...templateLinks.flatMap((link) => {
			const { newId: id, templateId } = link;
			const text = templates[templateId] ?? '';
			return read(templateId, text, 'template').map((json) => ({
				id,
				json: linkedPolicy(json, link),
				alone: { staticPolicies: {}, templates: { [templateId]: text }, templateLinks: [link] },
			}));
		}),
	];
	return all.filter(({ json }) => operationsOf(json, catalogue).includes(operation));
}

interface Condition {
	text: string;
	/** a policy that permits exactly when the condition is met */
	probe: string;
}

/** A policy that is too deep to be told apart, decided on by itself. */
function wholeOf({ determining, errors }: EngineDecision, id: string): ConditionReading {
	const error = errors.find(({ policy }) => policy === id)?.message;
	return {
		condition: 'the policy as a whole, which is nested too deeply to be told apart',
		isMet: determining.includes(id),
		...(error === undefined ? {} : { error }),
	};
}

/** Head and conditions of a policy, one by one; nothing when one of them is too deep for Cedar to print. */
function conditionsOf(json: PolicyJson): Condition[] | undefined {
	try {
		return partedConditions(json);
	} catch (error) {
		if (error instanceof CedarFailedError) return undefined;
		throw error;
	}
}

function partedConditions(json: PolicyJson): Condition[] {
	const open: PolicyJson = {
		effect: 'permit',
		principal: { op: 'All' },
		action: { op: 'All' },
		resource: { op: 'All' },
		conditions: [],
	};
	const found: Condition[] = [];
	const head = (part: PolicyJson, name: string) => {
		const probe = textOf(part);
		found.push({ text: headText(probe, name), probe });
	};
	if (json.principal.op !== 'All') head({ ...open, principal: json.principal }, 'principal');
	if (json.resource.op !== 'All') head({ ...open, resource: json.resource }, 'resource');
	for (const { kind, body } of json.conditions) {
		const parts: Expression[] = kind === 'when' ? partsOf(body) : [body];
		for (const part of parts) {
			const probe = textOf({ ...open, conditions: [{ kind, body: part }] });
			const inner = /(?:when|unless)\s*\{\s*([^]*?)\s*\};?\s*$/.exec(probe)?.[1] ?? probe;
			const text = inner.replace(/\s+/g, ' ');
			found.push({ text: kind === 'when' ? text : `!(${text})`, probe });
		}
	}
	return found;
}

/** Parts that stand for themselves. One that asks whether something is there belongs to those that then look at it. */
function partsOf(body: Expression): Expression[] {
	const parts = conjuncts(body);
	return parts.some((part) => 'has' in part) ? [body] : parts;
}

function headText(policy: string, name: string): string {
	const line = policy.split('\n').find((one) => one.trim().startsWith(name)) ?? policy;
	return line.trim().replace(/,$/, '');
}
