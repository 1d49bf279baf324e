import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { AccessException } from '../../../../core/access/lifecycle/rules';
import { Key } from '../../../../core/model/references';
import { addException } from '../../../../core/store/accessGrants';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { optionalInstant } from '../../instants';

export const description: INodeProperties[] = shownFor('exception', 'add', [
	{
		displayName: 'ID',
		name: 'exceptionId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. handover-2026-11',
		description: 'Adding the same ID again replaces it',
	},
	{
		displayName: 'Person',
		name: 'person',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. E1043',
		description: 'Key of the employee',
	},
	{
		displayName: 'Right',
		name: 'exceptedRight',
		type: 'string',
		default: '',
		placeholder: 'e.g. purchasing.write',
		description: 'Key of the right that stays; empty: all rights of the person',
	},
	{
		displayName: 'Owner',
		name: 'owner',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. E1007',
		description: 'Who answers for it',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. hands the open orders over',
		description: 'Why; kept in the audit trail',
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		required: true,
		description:
			'When it ends; a deadline that has passed by then is due at once. There is none without an end.',
	},
]);

const Parameters = z.object({
	exceptionId: Key,
	person: Key,
	exceptedRight: z.string().trim(),
	owner: z.string().trim().min(1, 'must say who answers for it').max(200),
	reason: z.string().trim().min(1, 'must say why').max(500),
	until: optionalInstant,
});

/** Lets somebody keep rights that a rule would take, until an end. Never those of somebody who left. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { system } = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { exceptionId: id, exceptedRight, until, ...rest } = context.parameters(Parameters, index);
		const now = Date.now();
		if (until === undefined || Date.parse(until) <= now)
			throw context.invalid(`Exception "${id}" needs an end that lies ahead; it was not added.`, id);
		const exception = AccessException.parse({
			id,
			...rest,
			until,
			...(exceptedRight === '' ? {} : { right: exceptedRight }),
		});
		await addException(database, system, exception, now);
		return [{ system, ...exception }];
	});
}
