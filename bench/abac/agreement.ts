import { isDeepStrictEqual, parseArgs } from 'node:util';

import fc from 'fast-check';

import { compared } from '../../test/core/access/decisions/agreement';
import { policySets, requestsOf } from '../../test/core/access/decisions/generated';

export interface AgreementResult {
	seed: number;
	requests: number;
	policySets: number;
	permitted: number;
	denied: number;
	refused: number;
	/** policies left out of a decision because they could not be evaluated */
	errors: number;
	disagreements: number;
	seconds: number;
}

/** How many requests are put to one set of policies. */
const REQUESTS_A_SET = 120;

/** So many generated requests, decided by the compiled engine and by cedar-wasm. Prints one line of JSON. */
function main(): void {
	const { values } = parseArgs({
		options: { seed: { type: 'string', default: '1' }, requests: { type: 'string', default: '10000' } },
	});
	const seed = Number(values.seed);
	const started = performance.now();
	const result = {
		seed,
		requests: 0,
		policySets: 0,
		permitted: 0,
		denied: 0,
		refused: 0,
		errors: 0,
		disagreements: 0,
	};
	for (let round = 0; result.requests < Number(values.requests); round += 1) {
		const { failed, counterexample } = fc.check(
			fc.property(policySets, requestsOf(REQUESTS_A_SET), (policies, requests) => {
				const comparisons = compared(policies, requests);
				result.policySets += 1;
				result.requests += comparisons.length;
				for (const { cedar } of comparisons) {
					if (cedar.outcome === 'refused') result.refused += 1;
					else if (cedar.outcome === 'permit') result.permitted += 1;
					else result.denied += 1;
					result.errors += cedar.errored.length;
				}
				return comparisons.every(({ ours, cedar }) => isDeepStrictEqual(ours, cedar));
			}),
			{ seed: seed * 10_000 + round, numRuns: 20 },
		);
		if (failed) {
			result.disagreements += 1;
			process.stderr.write(`They differ on: ${JSON.stringify(counterexample)}\n`);
		}
	}
	console.log(JSON.stringify({ ...result, seconds: (performance.now() - started) / 1000 }));
}

main();
