import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { bothSides, healthOf } from '../../organisation';

export const description: INodeProperties[] = shownFor('organisation', 'synchronise', [
	{
		displayName: 'Employees',
		name: 'employees',
		type: 'string',
		default: '',
		placeholder: 'e.g. E1011, E1048',
		description:
			'Keys in HR of those to write, with commas between them; from an HR Trigger {{ $JSON.subject }}. Empty: everybody.',
	},
]);

const Parameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	employees: z.coerce.string().default(''),
});

/** Writes people and who holds which position from HR to the system, and tells what is still not in place. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { employees: keys, ...given } = context.parameters(Parameters, index);
		const { target, hr } = await bothSides(context, given);
		const only = keys
			.split(',')
			.map((key) => key.trim())
			.filter((key) => key !== '');
		const unknown = only.filter((key) => !hr.employees.some((employee) => employee.key === key));
		if (unknown.length > 0)
			throw context.invalid(`HR has no employee ${unknown.join(', ')}. Nothing was written.`, unknown[0]);
		const wanted = only.length === 0 ? hr.employees : hr.employees.filter(({ key }) => only.includes(key));
		const run = await target.importOrganisation(wanted, hr.positions);
		return [{ run, ...(await healthOf(context, given, 24)) }];
	});
}
