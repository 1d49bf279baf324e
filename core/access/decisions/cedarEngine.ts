import type { CedarValueJson, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';

import { CedarFailedError, useCedar } from './cedar';
import {
	MalformedPoliciesError,
	MalformedRequestError,
	type AccessRequest,
	type DecisionEngine,
	type EngineDecision,
	type PolicySet,
} from './engine';

/**
 * cedar-wasm keeps what it has parsed by name, for ever. So few names are used again and again; an engine whose name was
 * taken meanwhile parses its policies once more.
 */
const slots: Array<{ owner?: symbol; generation: number }> = Array.from({ length: 16 }, () => ({
	generation: 0,
}));
let nextSlot = 0;

/** Decides by cedar-wasm: the reference that other engines are measured against. */
export function cedarEngine(policies: PolicySet): DecisionEngine {
	const owner = Symbol('engine');
	let slot = takeSlot(owner, policies);
	return {
		decide(request) {
			return guarded(() =>
				useCedar((cedar, generation) => {
					const taken = slots[slot];
					if (taken?.owner !== owner || taken.generation !== generation) slot = takeSlot(owner, policies);
					const answer = cedar.statefulIsAuthorized({
						...shaped(request),
						preparsedPolicySetId: String(slot),
					});
					if (answer.type === 'failure')
						throw new MalformedRequestError(answer.errors.map(({ message }) => message).join('; '));
					return decisionOf(answer.response);
				}),
			);
		},
	};
}

function takeSlot(owner: symbol, policies: PolicySet): number {
	const slot = nextSlot;
	nextSlot = (nextSlot + 1) % slots.length;
	useCedar((cedar, generation) => {
		const parsed = cedar.preparsePolicySet(String(slot), {
			staticPolicies: policies.staticPolicies,
			templates: policies.templates ?? {},
			templateLinks: policies.templateLinks ?? [],
		});
		if (parsed.type === 'failure')
			throw new MalformedPoliciesError(parsed.errors.map(({ message }) => message).join('; '));
		slots[slot] = { owner, generation };
	});
	return slot;
}

function shaped({ principal, action, resource, context, entities }: AccessRequest) {
	return {
		principal,
		action,
		resource,
		context: context as Record<string, CedarValueJson>,
		entities: entities as unknown as EntityJson[],
	};
}

function decisionOf({
	decision,
	diagnostics: { reason, errors },
}: {
	decision: 'allow' | 'deny';
	diagnostics: { reason: string[]; errors: Array<{ policyId: string; error: { message: string } }> };
}): EngineDecision {
	return {
		outcome: decision === 'allow' ? 'permit' : 'deny',
		determining: reason.toSorted(),
		errors: errors
			.map(({ policyId, error }) => ({ policy: policyId, message: error.message }))
			.toSorted((a, b) => (a.policy < b.policy ? -1 : 1)),
	};
}

/** What cedar-wasm cannot even take, such as a value that is no JSON, is a malformed request like any other. */
function guarded(decide: () => EngineDecision): EngineDecision {
	try {
		return decide();
	} catch (error) {
		if (error instanceof MalformedRequestError || error instanceof MalformedPoliciesError) throw error;
		if (error instanceof CedarFailedError) throw new MalformedRequestError(error.message, { cause: error });
		throw new MalformedRequestError('The request has a value that is no JSON.', { cause: error });
	}
}
