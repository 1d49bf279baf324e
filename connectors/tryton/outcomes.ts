import { BridgeError } from '../../core/ports/errors';
import type { Outcome } from '../../core/ports/systemConnector';
import { naming } from './naming';

/** The same outcomes; each error names the entity and the record. */
export function namedOutcomes<T>(entity: string, outcomes: Array<Outcome<T>>): Array<Outcome<T>> {
	return outcomes.map((outcome) =>
		'error' in outcome
			? { key: outcome.key, error: naming(entity, outcome.error, outcome.key) as BridgeError }
			: outcome,
	);
}

/**
 * The work for each request, one after the other, since Tryton takes one record a call; one that fails takes no neighbour
 * with it. Errors name the entity and the record.
 */
export async function outcomesOf<R, T>(
	entity: string,
	requests: R[],
	keyOf: { request(request: R): string; record(record: T): string },
	work: (request: R) => Promise<T>,
): Promise<Array<Outcome<T>>> {
	const outcomes: Array<Outcome<T>> = [];
	for (const request of requests) {
		try {
			const value = await work(request);
			outcomes.push({ key: keyOf.record(value), value });
		} catch (error) {
			const key = keyOf.request(request);
			const known = naming(entity, error, key);
			if (!(known instanceof BridgeError)) throw error;
			outcomes.push({ key, error: known });
		}
	}
	return outcomes;
}
