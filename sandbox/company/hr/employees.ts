import { z } from 'zod/v4';

import { Employee, EmployeeDraft } from '../../../core/model/employee';
import { Key } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import type { RecordKind } from '../records/recordBook';

const { native: _native, email, login, manager, ...rest } = EmployeeDraft.shape;
const Fields = z.object({
	...rest,
	/** null takes it away: someone without a user, or who reports to nobody */
	email: email.nullable(),
	login: login.nullable(),
	manager: manager.nullable(),
	/** where the wages are booked; only HR keeps it */
	costCentre: Key.optional(),
});

export type EmployeeBody = Omit<z.output<typeof Fields>, 'email' | 'login' | 'manager'> & {
	email?: string;
	login?: string;
	manager?: string;
	leave?: Employee['leave'];
	leftOn?: string;
};

interface Organisation {
	department(code: string): object | undefined;
	position(code: string): object | undefined;
	employee(number: string): object | undefined;
}

/**
 * The company's people. The number never changes. Like most HR systems it checks that department, position and manager are there, and
 * no more: two people with one login, or managers in a circle, are for whoever reads to find.
 */
export function employeeKind(organisation: Organisation): RecordKind<EmployeeBody> {
	return {
		name: 'employee',
		entity: 'employee',
		idOf: ({ number }) => String(number),
		fields: Fields,
		first: 'active',
		transitions: { active: ['onLeave', 'left'], onLeave: ['active', 'left'], left: ['active'] },
		open: ['active', 'onLeave', 'left'],
		complete(given, before) {
			const body = withoutNulls({
				...before,
				...given,
				...(before === undefined ? {} : { number: before.number }),
			}) as unknown as EmployeeBody;
			for (const [field, known] of [
				['department', organisation.department],
				['position', organisation.position],
				['manager', organisation.employee],
			] as const) {
				const value = body[field];
				if (value === undefined || value === before?.[field] || known(value) !== undefined) continue;
				const name = field === 'manager' ? 'employee' : field;
				throw new ServiceError(422, field, `${field}: there is no ${name} "${value}".`);
			}
			if (body.manager === body.number)
				throw new ServiceError(422, 'manager', `manager: employee "${body.number}" cannot report to itself.`);
			return body;
		},
		canonical: ({ id, status, version, body }) =>
			Employee.parse({ ...body, key: id, state: status, revision: String(version) }),
	};
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
	);
}
