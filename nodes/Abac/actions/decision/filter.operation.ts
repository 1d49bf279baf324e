import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { answersFor, questionProperties } from './question';

export const description: INodeProperties[] = shownFor('decision', 'filter', questionProperties);

/** A list down to what the employee may see: each item as it came, or not at all. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	if (context.items.length === 0) return [];
	const answers = await answersFor(context);
	return context.items.flatMap((item, index) =>
		answers[index]?.outcome === 'permit' ? [{ ...item, pairedItem: { item: index } }] : [],
	);
}
