import { BridgeError, ConflictError, ValidationError, type ErrorSubject } from '../../../core/ports/errors';
import { naming } from '../naming';

/** What stands against matching one order's reservation, and what to do about it. */
export interface Objection {
	system: string;
	order: string;
	problem: string;
	hint: string;
}

export function conflict(objection: Objection): ConflictError {
	return new ConflictError(sentenceOf(objection), subjectOf(objection));
}

export function invalid(objection: Objection): ValidationError {
	return new ValidationError(sentenceOf(objection), subjectOf(objection));
}

/** An error of the border as it is; anything else is a defect and goes on up. */
export function asBridgeError(error: unknown): BridgeError {
	const named = naming('reservation', error);
	if (named instanceof BridgeError) return named;
	throw error;
}

function sentenceOf({ system, order, problem, hint }: Objection): string {
	return `The reservation of order "${order}" in ${system} ${problem}. ${hint}`;
}

function subjectOf({ system, order, hint }: Objection): ErrorSubject {
	return { system, entity: 'reservation', key: order, hint };
}
