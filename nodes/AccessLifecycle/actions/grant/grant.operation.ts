import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { grantHere } from '../../../../core/access/lifecycle/grantHere';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { optionalInstant } from '../../instants';
import { accountProperty, RightOfAccount, rightProperty } from '../../locators';

export const description: INodeProperties[] = shownFor('grant', 'grant', [
	accountProperty,
	rightProperty,
	{
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		description:
			'When the right ends by itself; a plan with the scope Time Box takes it then. Empty: until further notice.',
	},
	{
		displayName: 'Granted By',
		name: 'grantedBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. E1007',
		description: 'Who gives it. Take it from an approval, not from what a request says.',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. cover for E1044 until 30 November',
		description: 'Why; kept with the grant',
	},
]);

const Parameters = RightOfAccount.extend({
	until: optionalInstant,
	grantedBy: z.string().trim().min(1, 'must say who gives it').max(200),
	reason: z.string().trim().min(1, 'must say why').max(500),
});

/** Gives a right until an instant, reads it back, and books it. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const access = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { until, ...order } = context.parameters(Parameters, index);
		const grant = { ...order, ...(until === undefined ? {} : { until }) };
		return [await grantHere(database, access, grant, Date.now())];
	});
}
