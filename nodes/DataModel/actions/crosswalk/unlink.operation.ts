import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { unlink } from '../../../../core/crosswalk/crosswalk';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Code, codeProperty, Kind, kindProperty, System, systemNameProperty } from '../../fields';

export const description: INodeProperties[] = shownFor('crosswalk', 'unlink', [
	kindProperty,
	systemNameProperty('system', 'System', 'The system whose code is known', 'sandbox-erp'),
	codeProperty('code', 'Code', 'The code whose link is removed'),
	systemNameProperty('otherSystem', 'Other System', 'The system to which it is linked', 'sandbox-wms'),
]);

const Parameters = z.object({ kind: Kind, system: System, code: Code, otherSystem: System });

/** Removes the link between two systems' codes. Repeating it changes nothing. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { kind, system, code, otherSystem } = context.parameters(Parameters, index);
		const removed = await unlink(database, kind, { system, code }, otherSystem);
		return [{ kind, system, code, otherSystem, removed }];
	});
}
