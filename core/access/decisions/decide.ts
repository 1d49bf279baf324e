import { operationOf } from '../catalogue/catalogue';
import { accessRequest, type AttributeProblem } from './accessRequest';
import { MalformedRequestError, type PolicyError } from './engine';
import type { LivePolicies } from './livePolicies';
import type { AccessQuestion } from './question';

/** Why it was decided so. Only the first is a permission. */
export const reasons = [
	'permitted',
	'forbidden',
	'notPermitted',
	'policyError',
	'attributes',
	'unknownSubject',
	'unknownOperation',
	'malformed',
	'peopleUnavailable',
	'notLogged',
	'policiesUnavailable',
] as const;
export type Reason = (typeof reasons)[number];

export interface Decision {
	outcome: 'permit' | 'deny';
	reason: Reason;
	/** policies that decided, sorted */
	policies: string[];
	/** policies that could not be evaluated, sorted */
	errors: PolicyError[];
	/** attributes that were missing or wrong */
	attributes: AttributeProblem[];
	/** what went wrong outside of the policies, where something did */
	failure?: string;
}

export interface DecisionChoices {
	/**
	 * Denies when a policy that could apply has errored. Cedar leaves such a policy out, and a policy that forbids would
	 * then forbid nothing.
	 */
	isStrict: boolean;
}

const denied = (reason: Reason, found: Partial<Decision> = {}): Decision => ({
	outcome: 'deny',
	reason,
	policies: [],
	errors: [],
	attributes: [],
	...found,
});

/**
 * Permitted only when a policy permits it and none forbids it, everything that has to be known is known, and, in strict mode,
 * no policy failed. Anything else is denied.
 */
export function decide(
	question: AccessQuestion,
	{ definition, needs, engine }: LivePolicies,
	{ isStrict }: DecisionChoices,
): Decision {
	const operation = operationOf(definition.catalogue, question.operation);
	if (operation === undefined) return denied('unknownOperation');
	const { type = operation.resource } = question.resource;
	if (type !== operation.resource)
		return undecided('malformed', `${operation.id} is done to a ${operation.resource}, not to a ${type}`);
	if (question.subject.id === '' || !question.subject.isKnown) return denied('unknownSubject');
	const reading = accessRequest(question, operation, definition.catalogue, needs);
	if ('problems' in reading) return denied('attributes', { attributes: reading.problems });
	try {
		const { outcome, determining, errors } = engine.decide(reading.request);
		const found = { policies: determining, errors };
		if (isStrict && errors.length > 0) return denied('policyError', found);
		if (outcome === 'permit') return denied('permitted', { ...found, outcome });
		return denied(determining.length > 0 ? 'forbidden' : 'notPermitted', found);
	} catch (error) {
		if (!(error instanceof MalformedRequestError)) throw error;
		return denied('malformed', { failure: error.message });
	}
}

/** What cannot be decided, or not be logged, is denied. */
export function undecided(
	reason: 'malformed' | 'peopleUnavailable' | 'notLogged' | 'policiesUnavailable',
	failure: string,
): Decision {
	return denied(reason, { failure });
}
