import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { OperationContext } from '../shared/operationContext';

/** What an input item becomes, and at which of the operation's outputs. */
export interface Parted {
	output: number;
	json: object;
}

/**
 * One result for each input item, each at its output and paired with its item. Failed items become error items at the last
 * output, which no good one goes on from, where the user chose to go on; otherwise one error names them all.
 */
export function part(
	context: OperationContext,
	outputs: string[],
	results: Array<Parted | Error>,
): INodeExecutionData[][] {
	const failed = context.answer(results.map((result) => (result instanceof Error ? result : [])));
	const parted = outputs.map((): INodeExecutionData[] => []);
	parted.at(-1)?.push(...failed);
	results.forEach((result, item) => {
		if (result instanceof Error) return;
		parted[result.output]?.push({ json: result.json as IDataObject, pairedItem: { item } });
	});
	return parted;
}

/** What `run` gives for each input item, in order; an error is the item's own. */
export async function eachItem<T>(
	context: OperationContext,
	run: (itemIndex: number) => T | Promise<T>,
): Promise<Array<T | Error>> {
	const results: Array<T | Error> = [];
	for (const [index] of context.items.entries()) {
		try {
			results.push(await run(index));
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			results.push(error);
		}
	}
	return results;
}
