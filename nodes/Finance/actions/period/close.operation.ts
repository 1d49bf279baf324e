import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Roles, rolesProperty } from '../../bookFields';
import { changeLocks, lockProperties } from './lockChange';

export const description: INodeProperties[] = shownFor('period', 'close', [
	...lockProperties,
	{
		...rolesProperty,
		displayName: 'Roles That May Still Post',
		description: 'Names separated by commas, or a list by expression; none: nobody without an exception',
	},
]);

const Parameters = z.object({ roles: Roles });

/** Closes a period so that only certain roles and exceptions may still post; it can be reopened. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await changeLocks(context, 'softClose', (index) => context.parameters(Parameters, index).roles);
}
