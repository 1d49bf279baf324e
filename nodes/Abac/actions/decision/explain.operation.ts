import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { explain } from '../../../../core/access/decisions/explain';
import { withPeople } from '../../../../core/access/decisions/gate';
import { livePolicies } from '../../../../core/access/decisions/livePolicies';
import { why } from '../../../../core/access/decisions/why';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { askedBy, choicesOf, questionProperties } from './question';

export const description: INodeProperties[] = shownFor('decision', 'explain', questionProperties);

/** Why it would be decided so, and what would have to change for a permission. It decides nothing, so nothing is logged. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	const choices = choicesOf(context);
	const live = await livePolicies(database, choices.set, choices.engine);
	const asked = await withPeople(
		context.items.map((_, index) => askedBy(context, index)),
		live,
		choices,
	);
	return context.answer(
		asked.map(({ question, malformed, away }) => {
			const unasked = malformed ?? away;
			if (unasked !== undefined) return context.invalid(unasked);
			const { decision, policies, changes } = explain(question, live, choices);
			return [
				{
					outcome: decision.outcome,
					reason: decision.reason,
					why: why(question, decision, live.definition.catalogue, choices.language),
					version: live.version,
					changes,
					policies,
					attributes: decision.attributes,
					errors: decision.errors,
				},
			];
		}),
	);
}
