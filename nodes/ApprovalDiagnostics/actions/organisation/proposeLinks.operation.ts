import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { proposeLinks } from '../../../../core/approvals/linkProposals';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { bothSides } from '../../organisation';

export const description: INodeProperties[] = shownFor('organisation', 'proposeLinks', [
	{
		displayName:
			'Positions and people of HR that lead nowhere in the system, each with what they could be there. Nothing is changed: Repair Mapping applies what is clear.',
		name: 'proposeNotice',
		type: 'notice',
		default: '',
	},
]);

const Parameters = z.object({ system: z.string(), hrSource: z.enum(['same', 'scim', 'ldap', 'none']) });

/** An item for each record of HR without a counterpart: its candidates, by what they are alike, and whether one is clear. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { picture } = await bothSides(context, context.parameters(Parameters, index));
		return proposeLinks(picture);
	});
}
