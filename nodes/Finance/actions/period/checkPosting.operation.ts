import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { checkPosting, PostingModule, type Books } from '../../../../core/finance/calendar/periodLock';
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
	const answered = await context.forEachItem(async (index) => [
		{ ...context.json(index), posting: judge(context, books, index, now) },
	]);
	const isAllowed = ({ json, error }: INodeExecutionData) =>
		error === undefined && (json.posting as IDataObject).allowed === true;
	return [answered.filter(isAllowed), answered.filter((item) => !isAllowed(item))];
}

function judge(context: OperationContext, books: Books, index: number, now: Date): object {
	const { entity: id, module, moment, person = '', roles } = context.parameters(Parameters, index);
	const { date } = bookDayOf(context, books, id, moment);
	const asked = { entity: id, module, date, roles, now, ...(person === '' ? {} : { person }) };
	const check = unlessRefused(context, checkPosting(books, asked), id);
	return { entity: id, module, date, ...check };
}
