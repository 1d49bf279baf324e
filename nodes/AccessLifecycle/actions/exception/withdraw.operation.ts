import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { withdrawException } from '../../../../core/store/accessGrants';
import { recordKey, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { exceptionProperty } from '../../locators';

export const description: INodeProperties[] = shownFor('exception', 'withdraw', [exceptionProperty]);

const Parameters = z.object({ exception: recordKey });

/** Ends an exception at once. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { system } = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { exception: id } = context.parameters(Parameters, index);
		return [{ system, id, withdrawn: await withdrawException(database, system, id) }];
	});
}
