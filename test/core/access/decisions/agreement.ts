import { isDeepStrictEqual } from 'node:util';

import { cedarEngine } from '../../../../core/access/decisions/cedarEngine';
import { compiledEngine } from '../../../../core/access/decisions/compiled/compiledEngine';
import {
	MalformedRequestError,
	type DecisionEngine,
	type AccessRequest,
	type PolicySet,
} from '../../../../core/access/decisions/engine';

/** What a decision comes to, without the wording of messages. */
export interface Verdict {
	outcome: 'permit' | 'deny' | 'refused';
	determining: string[];
	errored: string[];
}

export interface Comparison {
	request: AccessRequest;
	ours: Verdict;
	cedar: Verdict;
}

/** The compiled engine and Cedar itself on the same requests. */
export function compared(policies: PolicySet, requests: readonly AccessRequest[]): Comparison[] {
	const ours = verdicts(compiledEngine(policies));
	const cedar = verdicts(cedarEngine(policies));
	return requests.map((request) => ({ request, ours: ours(request), cedar: cedar(request) }));
}

export function disagreements(policies: PolicySet, requests: readonly AccessRequest[]): Comparison[] {
	return compared(policies, requests).filter(({ ours, cedar }) => !isDeepStrictEqual(ours, cedar));
}

function verdicts(engine: DecisionEngine): (request: AccessRequest) => Verdict {
	return (request) => {
		try {
			const { outcome, determining, errors } = engine.decide(request);
			return { outcome, determining, errored: errors.map(({ policy }) => policy) };
		} catch (error) {
			if (!(error instanceof MalformedRequestError)) throw error;
			return { outcome: 'refused', determining: [], errored: [] };
		}
	};
}
