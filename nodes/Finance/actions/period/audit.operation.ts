import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	auditTrail,
	type ActionTaken,
	type AuditQuery,
} from '../../../../core/finance/calendar/booksJournal';
import { PostingModule } from '../../../../core/finance/calendar/periodLock';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { moduleOptions, Moment } from '../../bookFields';

const actionNames: Record<ActionTaken, string> = {
	softClose: 'Close',
	grantException: 'Grant Exception',
	hardClose: 'Lock',
	reopen: 'Reopen',
	saveCalendar: 'Save Calendar',
	withdrawException: 'Withdraw Exception',
};

const byFilter: INodeProperties = {
	displayName: 'Done By',
	name: 'by',
	type: 'string',
	default: '',
	placeholder: 'e.g. ines.weber',
};

export const description: INodeProperties[] = shownFor('period', 'audit', [
	...returnAllProperties,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Actions',
				name: 'actions',
				type: 'multiOptions',
				options: Object.entries(actionNames).map(([value, name]) => ({ name, value })),
				default: [],
			},
			{
				displayName: 'Before',
				name: 'before',
				type: 'dateTime',
				default: '',
				description: 'Only what was done before this moment',
			},
			byFilter,
			{
				displayName: 'Legal Entity',
				name: 'entity',
				type: 'string',
				default: '',
				placeholder: 'e.g. PLANT',
			},
			{ displayName: 'Module', name: 'module', type: 'options', options: moduleOptions, default: 'ledger' },
			{ displayName: 'Period', name: 'period', type: 'string', default: '', placeholder: 'e.g. 2026-P03' },
			{
				displayName: 'Since',
				name: 'since',
				type: 'dateTime',
				default: '',
				description: 'Only what was done at or after this moment',
			},
		],
	},
]);

const Text = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional();
const Instant = z
	.union([z.literal('').transform(() => undefined), Moment.pipe(z.coerce.date('must be a moment'))])
	.optional();
const Filters = z.object({
	actions: z.array(z.enum(Object.keys(actionNames) as ActionTaken[])).optional(),
	before: Instant,
	by: Text,
	entity: Text,
	module: PostingModule.optional(),
	period: Text,
	since: Instant,
});
const Parameters = z.object({
	returnAll: z.boolean(),
	limit: z.number().int().positive().optional(),
	filters: Filters,
});

/** Who saved, closed, locked, reopened, granted and withdrew what, when and why; the newest first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { acts } = await readBooks(await context.database());
	return await context.forEachItem(async (index) => {
		const { returnAll, limit, filters } = context.parameters(Parameters, index);
		const lines = auditTrail(acts, queryOf(filters)).reverse();
		return returnAll ? lines : lines.slice(0, limit);
	});
}

/** A filter that was added and left empty filters nothing. */
function queryOf({ actions = [], ...filters }: z.infer<typeof Filters>): AuditQuery {
	const given = Object.entries(filters).filter(([, value]) => value !== undefined);
	return { ...Object.fromEntries(given), ...(actions.length === 0 ? {} : { actions }) };
}
