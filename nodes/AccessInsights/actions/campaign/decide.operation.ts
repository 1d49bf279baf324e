import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { decideReview } from '../../../../core/access/review/campaign';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('campaign', 'decide', [
	{
		displayName: 'Token',
		name: 'token',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		description: 'Of the right under review, as the link in the mail has it',
	},
	{
		displayName: 'Decision',
		name: 'decision',
		type: 'options',
		options: [
			{ name: 'Keep', value: 'keep', description: 'The right is still needed' },
			{ name: 'Revoke', value: 'revoke', description: 'The right is not needed any more' },
		],
		default: 'keep',
	},
	{
		displayName: 'By',
		name: 'by',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. E1001',
		description: 'Who decides',
	},
	{ displayName: 'Reason', name: 'reason', type: 'string', default: '' },
]);

const Parameters = z.object({
	token: z.string().min(1, 'must not be empty'),
	decision: z.enum(['keep', 'revoke']),
	by: z.string().trim().min(1, 'must not be empty'),
	reason: z.string().default(''),
});

/** Keeps a reviewer's decision; `isNew` is true only the first time, so what follows from it is done once. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { token, ...decided } = context.parameters(Parameters, index);
		return [await decideReview(database, token, { ...decided, at: Date.now() })];
	});
}
