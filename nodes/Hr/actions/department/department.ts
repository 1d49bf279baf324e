import type { ReadEntityText } from '../../../shared/entityText';

export const department: ReadEntityText<'department'> = {
	entity: 'department',
	role: 'hr',
	name: 'department',
	plural: 'departments',
	title: 'Department',
	parameter: 'department',
	searchMethod: 'searchDepartments',
	example: 'FIN',
	states: ['active', 'closed'],
};
