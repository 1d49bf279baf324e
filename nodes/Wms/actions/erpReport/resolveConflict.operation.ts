import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { resolveConflict } from '../../../../core/sync/resolveConflict';
import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';
import { erpFor } from './systems';

export const description: INodeProperties[] = shownFor('erpReport', 'resolveConflict', [
	{
		displayName: 'Kind',
		name: 'kind',
		type: 'options',
		options: [
			{ name: 'Delivered Quantities', value: 'delivered' },
			{ name: 'Stock on Hand', value: 'stock' },
		],
		default: 'stock',
	},
	{
		...recordLocator('conflict', 'key', 'Key', 'searchConflicts', 'FUR-BO-10001337'),
		default: { mode: 'id', value: '={{ $json.key }}' },
		description: "The ERP's item code, or the shipment, as the conflict names it",
	},
	{
		displayName: 'Keep',
		name: 'keep',
		type: 'options',
		options: [
			{ name: "The Owner's Value", value: 'owner', description: "The warehouse's value goes into the ERP" },
			{
				name: "The Other Side's Value",
				value: 'other',
				description: "The ERP keeps its value until the warehouse's next change",
			},
		],
		default: 'owner',
	},
	stateStoreProperty,
]);

const Parameters = z.object({
	kind: z.enum(['delivered', 'stock']),
	key: recordKey,
	keep: z.enum(['owner', 'other']),
});

/** Settles a conflict as a person chose. Refused when the ERP's value has changed since it was listed. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [wms, erp, database] = await Promise.all([
		context.connector('wms'),
		erpFor(context),
		context.database(),
	]);
	return await context.forEachItem(async (index) => {
		const { kind, key, keep } = context.parameters(Parameters, index);
		return [await resolveConflict({ kind, key, choice: keep }, erp, wms.system, database, Date.now())];
	});
}
