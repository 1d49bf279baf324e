import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { changesApprovals } from '../../../../core/ports/approvalSystem';
import { recordKey, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { bothSides } from '../../organisation';

export const description: INodeProperties[] = shownFor('organisation', 'repairMapping', [
	{
		displayName: 'HR Position',
		name: 'hrPosition',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FIN-SUP',
		description: 'Key of the position in HR',
	},
	{
		displayName: 'Position of the System',
		name: 'position',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. FINANCE_SUPERVISOR',
		description: 'Key of the position that its holders get there',
	},
]);

const Parameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	hrPosition: recordKey,
	position: recordKey,
});

/** Sets the rule, runs the sync for the holders of that post only, and gives them the documents that wait for the position. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { hrPosition, position, ...given } = context.parameters(Parameters, index);
		const { approvals, target, hr, picture } = await bothSides(context, given);
		if (!hr.positions.some(({ key }) => key === hrPosition))
			throw context.invalid(`HR has no position "${hrPosition}". Nothing was changed.`, hrPosition);
		if (!picture.positionByKey.has(position))
			throw context.invalid(
				`${approvals.system} has no position "${position}". Nothing was changed.`,
				position,
			);
		const mapping = await target.putMapping({ hr: hrPosition, position });
		const holders = hr.employees.filter((employee) => employee.position === hrPosition);
		const run = await target.importOrganisation(holders, hr.positions);
		const documents: string[] = [];
		for await (const page of approvals.waiting())
			documents.push(
				...page
					.filter(({ kind, step }) =>
						picture.flowOf.get(kind)?.steps.some((one) => one.key === step && one.position === position),
					)
					.map(({ key }) => key),
			);
		const tasks = changesApprovals(approvals) ? await approvals.assignAnew(documents) : 0;
		return [{ mapping, run, documents, tasks }];
	});
}
