import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { revokeHere } from '../../../../core/access/lifecycle/grantHere';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { accountProperty, RightOfAccount, rightProperty } from '../../locators';

export const description: INodeProperties[] = shownFor('grant', 'revoke', [accountProperty, rightProperty]);

/** Takes a right at once and reads back that it is gone. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const access = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const right = context.parameters(RightOfAccount, index);
		await revokeHere(database, access, right);
		return [{ system: access.system, ...right, revoked: true }];
	});
}
