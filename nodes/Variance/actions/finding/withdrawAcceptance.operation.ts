import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { withdrawAcceptance } from '../../../../core/store/varianceHistory';
import { findingId } from '../../../../core/variance/history';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { ComparisonParameter, comparisonProperty, findingProperties, wantedOf } from '../../findings';

export const description: INodeProperties[] = shownFor('finding', 'withdrawAcceptance', [
	comparisonProperty,
	...findingProperties,
	{
		displayName: 'Withdrawn By',
		name: 'withdrawnBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. li.wei',
		description: 'Who ends the acceptance; kept in the audit trail',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. the rebate was not agreed',
		description: 'Why; kept in the audit trail',
	},
]);

const Parameters = ComparisonParameter.extend({
	withdrawnBy: z.string().trim().min(1, 'must say who withdraws it').max(200),
	reason: z.string().trim().min(1, 'must say why').max(500),
});

/** Ends an acceptance at once: the difference is open again. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { comparison, withdrawnBy: by, reason } = context.parameters(Parameters, index);
		const { key } = wantedOf(context, index);
		const at = Date.now();
		const ended = await withdrawAcceptance(database, comparison, findingId(key), { by, reason, at });
		const { fingerprint: _figures, ...was } = ended ?? { fingerprint: '' };
		return [{ comparison, key, ...was, changed: ended !== undefined }];
	});
}
