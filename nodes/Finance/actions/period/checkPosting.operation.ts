import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { CalendarDate } from '../../../../core/finance/calendar/calendarDate';
import {
	checkPosting,
	PostingModule,
	type Books,
	type PostingCheck,
} from '../../../../core/finance/calendar/periodLock';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import {
	bookDayOf,
	Entity,
	entityProperty,
	moduleOptions,
	Moment,
	momentProperty,
	Roles,
	rolesProperty,
	unlessRefused,
} from '../../bookFields';
import { eachItem, part, type Parted } from '../../parting';

export const description: INodeProperties[] = shownFor('period', 'checkPosting', [
	entityProperty,
	{
		displayName: 'Module',
		name: 'module',
		type: 'options',
		options: moduleOptions,
		default: 'sales',
		description: 'What is posted',
	},
	momentProperty,
	{
		displayName: 'Person',
		name: 'person',
		type: 'string',
		default: '',
		placeholder: 'e.g. li.wei',
		description: 'Who wants to post. An exception may let this person through a soft-closed period.',
	},
	{
		...rolesProperty,
		description:
			'Roles of the person; some may be let through a soft-closed period. Names separated by commas, or a list by expression.',
	},
]);

/** The outputs of the operation, in this order. */
export const outputs = ['Allowed', 'Blocked'];

const Parameters = z.object({
	entity: Entity,
	module: PostingModule,
	moment: Moment,
	person: z.string().trim().optional(),
	roles: Roles,
});

/**
 * Parts the items that may be posted from those that a lock forbids; each carries the answer in `posting`. An item that cannot be judged
 * is never among the allowed ones.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const books = await readBooks(await context.database());
	const now = new Date();
	const judged = await eachItem(context, (index): Parted => {
		const posting = judge(context, books, index, now);
		return { output: posting.allowed ? 0 : 1, json: { ...context.json(index), posting } };
	});
	return part(context, outputs, judged);
}

type Judgement = PostingCheck & { entity: string; module: PostingModule; date: CalendarDate };

function judge(context: OperationContext, books: Books, index: number, now: Date): Judgement {
	const { entity: id, module, moment, person = '', roles } = context.parameters(Parameters, index);
	const { date } = bookDayOf(context, books, id, moment);
	const asked = { entity: id, module, date, roles, now, ...(person === '' ? {} : { person }) };
	const { allowed, reason, ...why } = unlessRefused(context, checkPosting(books, asked), id);
	return { allowed, reason, entity: id, module, date, ...why };
}
