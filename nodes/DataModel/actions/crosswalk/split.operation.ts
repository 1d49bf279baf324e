import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { splitCode } from '../../../../core/crosswalk/aliases';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'split', [
	kindProperty,
	systemNameProperty('system', 'System', 'The system whose codes were merged', 'sandbox-erp'),
	codeProperty('code', 'Merged Code', 'The code that was given up, and is to stand for itself again'),
]);

const Parameters = z.object({ kind: Kind, system: System, code: Code });

/** Takes a merge back; the links stay with the code that was kept. Repeating it changes nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { kind, system, code } = context.parameters(Parameters, index);
		return [{ kind, system, code, split: await splitCode(database, kind, { system, code }) }];
	});
}
