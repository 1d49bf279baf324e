import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { trialBalances } from '../../../../core/finance/closing/trialBalance';
import { JournalEntry } from '../../../../core/model/journalEntry';
import { problems } from '../../../../core/model/problems';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { objectIn } from '../../documents';

export const description: INodeProperties[] = shownFor('journalEntry', 'trialBalance', [
	{
		displayName: 'Entry',
		name: 'entry',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description:
			'A journal entry in canonical form, as Get Many gives it. All items together make the balance.',
	},
]);

const Parameters = z.object({ entry: z.union([z.string(), z.looseObject({})]) });

/** What the given entries leave on each account: one item a currency, with the entries that do not balance. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const entries: JournalEntry[] = [];
	const items = new Map<string, number[]>();
	for (const [index] of context.items.entries()) {
		const given = objectIn(context, 'Entry', context.parameters(Parameters, index).entry);
		const parsed = JournalEntry.safeParse(given);
		if (!parsed.success)
			throw context.invalid(
				`Item ${index} is no journal entry: ${problems(parsed.error)} Nothing was summed.`,
				String(given.key ?? index),
			);
		entries.push(parsed.data);
		items.set(parsed.data.currency, [...(items.get(parsed.data.currency) ?? []), index]);
	}
	return await Promise.resolve(
		trialBalances(entries).map((balance) => ({
			json: balance as unknown as IDataObject,
			pairedItem: (items.get(balance.currency) ?? []).map((item) => ({ item })),
		})),
	);
}
