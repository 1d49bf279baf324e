import type { AccessRequest, DecisionEngine, EngineDecision, PolicyError, PolicySet } from '../engine';
import { Evaluation } from './evaluation';
import { policiesOf } from './policy';
import { PolicyIndex } from './policyIndex';
import { Failure } from './values';

/**
 * Decides as cedar-wasm does, on policies that cedar-wasm has read and that were then compiled: what a request costs depends
 * on the policies about its action alone. That both agree is tested on generated policies and requests.
 * Throws MalformedPoliciesError.
 */
export function compiledEngine(set: PolicySet): DecisionEngine {
	const index = new PolicyIndex(policiesOf(set));
	return { decide: (request) => decide(index, request) };
}

function decide(index: PolicyIndex, request: AccessRequest): EngineDecision {
	const evaluation = new Evaluation(request);
	const permits: string[] = [];
	const forbids: string[] = [];
	const errors: PolicyError[] = [];
	index.each(evaluation, (policy) => {
		const applies = policy.applies(evaluation);
		if (applies === true) (policy.effect === 'permit' ? permits : forbids).push(policy.id);
		else if (applies instanceof Failure) errors.push({ policy: policy.id, message: applies.message });
	});
	const determining = forbids.length > 0 ? forbids : permits;
	if (determining.length > 1) determining.sort();
	if (errors.length > 1) errors.sort((one, other) => (one.policy < other.policy ? -1 : 1));
	return { outcome: forbids.length === 0 && permits.length > 0 ? 'permit' : 'deny', determining, errors };
}
