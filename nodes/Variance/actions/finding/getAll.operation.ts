import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { addDays } from '../../../../core/finance/calendar/calendarDate';
import { keptComparisons, lastRuns, openFindings } from '../../../../core/store/varianceHistory';
import { varianceClasses } from '../../../../core/variance/finding';
import { classWords } from '../../../../core/variance/words';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { ComparisonParameter, comparisonProperty, shownOf, today } from '../../findings';

export const description: INodeProperties[] = shownFor('finding', 'getAll', [
	comparisonProperty,
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Acceptance',
				name: 'acceptance',
				type: 'options',
				options: [
					{ name: 'Accepted', value: 'accepted' },
					{ name: 'Any', value: 'any' },
					{ name: 'Not Accepted', value: 'open' },
				],
				default: 'open',
			},
			{
				displayName: 'Classes',
				name: 'classes',
				type: 'multiOptions',
				options: varianceClasses
					.map((value) => ({ name: classWords.en[value].name, value }))
					.sort((a, b) => (a.name < b.name ? -1 : 1)),
				default: [],
			},
			{
				displayName: 'Older Than (Days)',
				name: 'olderThanDays',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 3650 },
				default: 7,
				description: 'Only what has been open for more days than this, counted to the last report',
			},
			{
				displayName: 'Owner',
				name: 'owner',
				type: 'string',
				default: '',
				description: 'Who answers for it, exactly as the lines say',
			},
		],
	},
]);

const Parameters = ComparisonParameter.extend({
	returnAll: z.boolean().default(false),
	limit: z.number().int().min(1).default(50),
	filters: z
		.object({
			acceptance: z.enum(['accepted', 'any', 'open']).optional(),
			classes: z.array(z.enum(varianceClasses)).optional(),
			olderThanDays: z.number().int().min(0).max(3_650).optional(),
			owner: z.string().optional(),
		})
		.default({}),
});

/** The findings of the last report that is kept, the most money first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { comparison, returnAll, limit, filters } = context.parameters(Parameters, index);
		const { acceptance = 'open', classes, olderThanDays, owner } = filters;
		const [last] = await lastRuns(database, comparison, 1);
		const open =
			last &&
			(await openFindings(database, comparison, {
				today: today(),
				limit: returnAll ? last.findings : limit,
				...(classes === undefined ? {} : { classes }),
				...(owner === undefined || owner === '' ? {} : { owner }),
				...(acceptance === 'any' ? {} : { accepted: acceptance === 'accepted' }),
				...(olderThanDays === undefined ? {} : { openSinceUntil: addDays(last.day, -olderThanDays - 1) }),
			}));
		if (open !== undefined) return open.findings.map((finding) => shownOf(finding, open.day));
		const names = await keptComparisons(database);
		throw context.invalid(
			`No report of "${comparison}" is kept in this state store. ${
				names.length === 0
					? 'Switch on "Remember Findings" in Compare, and run it once.'
					: `There are reports of ${names.slice(0, 10).join(', ')}.`
			}`,
			comparison,
		);
	});
}
