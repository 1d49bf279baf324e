import type { AccessRequest, DecisionEngine, EngineDecision, PolicyError, PolicySet } from '../engine';
import { Evaluation } from './evaluation';
import { policiesOf, type Policy } from './policy';
import { PolicyIndex, type Findings } from './policyIndex';
import type { Failure } from './values';

/**
 * Decides as cedar-wasm does, on policies that cedar-wasm has read and that were then compiled: what a request costs depends
 * on the policies about its action alone. That both agree is tested on generated policies and requests.
 * Throws MalformedPoliciesError.
 */
export function compiledEngine(set: PolicySet): DecisionEngine {
	const { policies, places } = policiesOf(set);
	const index = new PolicyIndex(policies);
	const evaluation = new Evaluation(places);
	return {
		decide(request: AccessRequest): EngineDecision {
			const found = new Found();
			evaluation.begin(request);
			index.ask(evaluation, found);
			return found.decision();
		},
	};
}

class Found implements Findings {
	readonly #permits: string[] = [];
	readonly #forbids: string[] = [];
	readonly #errors: PolicyError[] = [];

	applies({ id, effect }: Policy): void {
		(effect === 'permit' ? this.#permits : this.#forbids).push(id);
	}

	errs({ id }: Policy, { message }: Failure): void {
		this.#errors.push({ policy: id, message });
	}

	/** Denied unless a policy permits it; a policy that forbids overrides. */
	decision(): EngineDecision {
		const forbidden = this.#forbids.length > 0;
		const determining = forbidden ? this.#forbids : this.#permits;
		if (determining.length > 1) determining.sort();
		const errors = this.#errors;
		if (errors.length > 1) errors.sort((one, other) => (one.policy < other.policy ? -1 : 1));
		return { outcome: !forbidden && determining.length > 0 ? 'permit' : 'deny', determining, errors };
	}
}
