import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { checkExceptions } from '../../../../core/finance/calendar/booksChange';
import { instantOf } from '../../../../core/finance/calendar/legalEntity';
import type { LockException } from '../../../../core/finance/calendar/periodLock';
import { changeBooks, type KeptBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import {
	By,
	byProperty,
	Entity,
	entityProperty,
	Modules,
	modulesProperty,
	Moment,
	Period,
	periodProperty,
	Reason,
	reasonProperty,
	unlessRefused,
} from '../../bookFields';

export const description: INodeProperties[] = shownFor('period', 'grantException', [
	entityProperty,
	periodProperty,
	modulesProperty,
	{
		displayName: 'For',
		name: 'grantedTo',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Person', value: 'person' },
			{ name: 'Role', value: 'role', description: 'Everybody who has it' },
		],
		default: 'person',
	},
	{
		displayName: 'Person',
		name: 'person',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. li.wei',
		displayOptions: { show: { grantedTo: ['person'] } },
		description: 'Who may post, as Check Posting is told',
	},
	{
		displayName: 'Role',
		name: 'role',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. controller',
		displayOptions: { show: { grantedTo: ['role'] } },
		description: 'Who may post, as Check Posting is told',
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'string',
		default: '={{ $now.plus({ hours: 24 }).toISO() }}',
		required: true,
		placeholder: 'e.g. 2026-04-03 or 2026-04-03T18:00:00',
		description:
			"The exception holds before this moment; a day lasts to its end. Without an offset it is the legal entity's local time.",
	},
	byProperty,
	reasonProperty,
]);

const Name = z.string().trim().min(1, 'must not be empty').max(200);
const Parameters = z.object({
	entity: Entity,
	period: Period,
	modules: Modules,
	grantedTo: z.enum(['person', 'role']),
	until: Moment,
	by: By,
	reason: Reason,
});
const Grantee = { person: z.object({ person: Name }), role: z.object({ role: Name }) };

/** Lets a person or a role post into a soft-closed period for a while, with a reason. Never into a locked one. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { modules, grantedTo, until: given, ...entry } = context.parameters(Parameters, index);
		const grantee =
			grantedTo === 'person'
				? context.parameters(Grantee.person, index)
				: context.parameters(Grantee.role, index);
		const at = new Date().toISOString();
		return await changeBooks(database, (books) => {
			const until = untilOf(context, books, entry.entity, given);
			const id = `EX-${books.version + 1}`;
			const exceptions = modules.map(
				(module): LockException => ({ id, ...entry, module, at, ...grantee, until }),
			);
			const { period } = unlessRefused(context, checkExceptions(books, exceptions), entry.period);
			return {
				act: { kind: 'exception', exceptions },
				result: [{ exception: id, entity: entry.entity, period, modules, ...grantee, until }],
			};
		});
	});
}

/** An unknown legal entity is told by the check that follows. */
function untilOf(context: OperationContext, books: KeptBooks, id: string, given: string): string {
	const entity = books.organisation.entities.find((one) => one.id === id);
	if (entity === undefined) return given;
	const until = instantOf(entity, given);
	if (until !== undefined) return until.toISOString();
	throw context.invalid(
		`"${given}" is no moment until which an exception could hold. Write it as 2026-04-03, 2026-04-03T18:00:00 or 2026-04-03T10:00:00Z.`,
		id,
	);
}
