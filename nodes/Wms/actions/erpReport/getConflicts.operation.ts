import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { openConflicts } from '../../../../core/store/conflicts';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';
import { erpFor } from './systems';

export const description: INodeProperties[] = shownFor('erpReport', 'getConflicts', [stateStoreProperty]);

/** What warehouse and ERP disagree about, oldest first. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [erp, database] = await Promise.all([erpFor(context), context.database()]);
	return await context.forEachItem(async () => {
		const conflicts = await openConflicts(database, erp.system);
		return conflicts.map(({ target, entity, key, fieldGroup, owner, foundAt, ...values }) => ({
			system: target,
			kind: entity,
			key,
			fieldGroup,
			owner,
			ownerValue: parsed(values.ownerValue),
			otherValue: parsed(values.otherValue),
			agreed: parsed(values.agreed),
			foundAt: new Date(foundAt).toISOString(),
		}));
	});
}

function parsed(text: string | undefined): unknown {
	return text === undefined ? null : (JSON.parse(text) as unknown);
}
