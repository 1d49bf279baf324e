import type { Dimensions } from '../../../core/model/references';

/**
 * The first that is given, for a record or line to keep: what it is to have, what it has, what it inherits from its order. An empty
 * one takes all away.
 */
export function dimensioned(...given: Array<Dimensions | undefined>): { dimensions?: Dimensions } {
	const dimensions = given.find((one) => one !== undefined);
	return dimensions === undefined || Object.keys(dimensions).length === 0 ? {} : { dimensions };
}
