import { z } from 'zod/v4';

import { Employee, EmployeeDraft } from '../../../core/model/employee';
import { given, type SandboxEntityKind } from '../entityService';

const Own = z.looseObject({
	id: z.string(),
	status: z.string(),
	version: z.number().int(),
	changedAt: z.iso.datetime(),
});

/** People. The number is the key. */
export const employees: SandboxEntityKind<'employee', z.infer<typeof Own>> = {
	entity: 'employee',
	name: 'employee',
	path: '/api/employees',
	page: 'records',
	keys: 'ids',
	described: ['employees', []],
	covers: Object.fromEntries(
		Object.keys(EmployeeDraft.shape)
			.filter((name) => name !== 'native')
			.map((name) => [name, name]),
	),
	actions: {
		move: (employee, { on, ...changes }: { on?: string }) =>
			Object.entries({ ...changes, ...(on === undefined ? {} : { assignedOn: on }) }).every(
				([name, value]) => value === undefined || (employee as Record<string, unknown>)[name] === value,
			),
		startLeave: 'onLeave',
		endLeave: 'active',
		terminate: 'left',
		rehire: 'active',
	},
	Own,
	Canonical: Employee,
	keyOf: ({ id }) => id,
	canonical: ({ id, status, ...own }) => ({ ...own, key: id, state: status }),
	own: ({ native: _own, ...draft }) => given(draft),
	chosenKey: ({ number }) => number,
};
