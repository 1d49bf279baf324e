import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { answersFor, questionProperties } from './question';

export const description: INodeProperties[] = shownFor('decision', 'decide', questionProperties);

/** The outputs of the operation, in this order. */
export const outputs = ['Permit', 'Deny'];

/**
 * Parts what is permitted from what is denied. It fails closed: whatever cannot be read, decided or logged comes out at Deny,
 * with the reason, and never as an error item among the permitted.
 */
export async function execute(
	context: OperationContext,
): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	if (context.items.length === 0) return [[], []];
	const answers = await answersFor(context);
	const permitted: INodeExecutionData[] = [];
	const denied: INodeExecutionData[] = [];
	answers.forEach((answer, index) => {
		const item = {
			...context.items[index],
			json: { ...context.json(index), decision: answer as unknown as IDataObject },
			pairedItem: { item: index },
		};
		(answer.outcome === 'permit' ? permitted : denied).push(item);
	});
	return [permitted, denied];
}
