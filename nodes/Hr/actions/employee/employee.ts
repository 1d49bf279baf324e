import { EmployeeDraft } from '../../../../core/model/employee';
import type { EntityText } from '../../../shared/entityText';

export const employee: EntityText<'employee'> = {
	entity: 'employee',
	role: 'hr',
	name: 'employee',
	plural: 'employees',
	title: 'Employee',
	parameter: 'employee',
	searchMethod: 'searchEmployees',
	example: 'E1001',
	states: ['active', 'onLeave', 'left'],
	Draft: EmployeeDraft,
	draftExample: {
		number: 'E2001',
		name: '新员工 New employee',
		email: 'new.employee@sandbox.example',
		login: 'new.employee',
		department: 'FIN',
		position: 'FIN-SUP',
		rank: 6,
		manager: 'E1008',
		hiredOn: '2026-12-01',
	},
};
