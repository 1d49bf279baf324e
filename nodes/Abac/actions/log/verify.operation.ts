import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { verifyLog } from '../../../../core/store/decisionLog';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('log', 'verify', [
	{
		displayName: 'Known Position',
		name: 'knownPosition',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: '"head.position" of an earlier verification that was kept elsewhere; 0 for none',
	},
	{
		displayName: 'Known Hash',
		name: 'knownHash',
		type: 'string',
		default: '',
		description: '"head.hash" of the same verification',
		hint: 'With it, even a log that somebody wrote anew from its beginning is found out',
	},
]);

const Parameters = z.object({ knownPosition: z.number().int().min(0), knownHash: z.string() });

/** Whether every record of the decision log is as it was written; otherwise the first that is not. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { knownPosition, knownHash } = context.parameters(Parameters, index);
		if ((knownPosition === 0) !== (knownHash.trim() === ''))
			throw context.invalid('Give both Known Position and Known Hash, or neither.');
		const known = knownPosition === 0 ? undefined : { position: knownPosition, hash: knownHash.trim() };
		return [await verifyLog(database, known)];
	});
}
