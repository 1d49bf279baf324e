import { HeldRight } from '../../core/access/review/heldRight';
import { problems } from '../../core/model/problems';
import type { OperationContext } from '../shared/operationContext';

/** The input items as rights. One that is none is refused with its number: a review with rights left out would look clean. */
export function rightsOf(context: OperationContext): HeldRight[] {
	return context.items.map(({ json }, index) => {
		const parsed = HeldRight.safeParse(
			Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null && value !== '')),
		);
		if (parsed.success) return parsed.data;
		throw context.invalid(
			`Item ${index} is no right: ${problems(parsed.error)}. Nothing was reviewed. Give each right system, account and right.`,
		);
	});
}
