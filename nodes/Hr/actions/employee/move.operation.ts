import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { EmployeeMove } from '../../../../core/model/employee';
import { problems } from '../../../../core/model/problems';
import { actOperation } from '../../../shared/entityOperations';
import { dayProperty, OptionalDay } from './day';
import { employee } from './employee';

const properties: INodeProperties[] = [
	dayProperty('on', 'From Day On', 'First day of the new assignment; it may lie ahead. Empty: today'),
	{
		displayName: 'Changes',
		name: 'changes',
		type: 'collection',
		placeholder: 'Add Change',
		default: {},
		required: true,
		description: 'What changes; the rest of the assignment stays',
		options: [
			{
				displayName: 'Department Name or ID',
				name: 'department',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'loadDepartments' },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Manager Key',
				name: 'manager',
				type: 'string',
				default: '',
				placeholder: 'e.g. E1008',
				description: 'Key of the employee to report to',
			},
			{
				displayName: 'Position Name or ID',
				name: 'position',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'loadPositions' },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Rank',
				name: 'rank',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 99 },
				default: 1,
				description: 'The higher, the more senior',
			},
			{ displayName: 'Region', name: 'region', type: 'string', default: '', placeholder: 'e.g. east' },
			{ displayName: 'Site', name: 'site', type: 'string', default: '', placeholder: 'e.g. Suzhou' },
		],
	},
];

const Parameters = z.object({ on: OptionalDay, changes: z.record(z.string(), z.unknown()) });

/** Transfers, promotes or gives another manager: only what is given changes. Safe to repeat. */
export const { description, execute } = actOperation(employee, 'move', {
	properties,
	input(context, index) {
		const { on, changes } = context.parameters(Parameters, index);
		const filled = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== ''));
		const move = EmployeeMove.safeParse({ ...filled, ...(on === undefined ? {} : { on }) });
		if (move.success) return move.data;
		throw context.invalid(`The move of item ${index} is invalid: ${problems(move.error)}`);
	},
});
