import { z } from 'zod/v4';

import { NativeFields } from './native';
import { Key, Revision, Text } from './references';

const day = z.iso.date('must be a day written as YYYY-MM-DD');

/**
 * `onLeave`: employed and away for longer than a holiday, such as parental leave. `left`: no longer employed. A directory that
 * knows only whether an account is active says `left` of one that is not.
 */
export const EmploymentState = z.enum(['active', 'onLeave', 'left']);
export type EmploymentState = z.infer<typeof EmploymentState>;

/** Where someone works, for whom, and how senior. What rights follow. */
const assignment = {
	/** key of the department; its name where the system keeps no departments */
	department: Key.optional(),
	/** key of the position; the title where the system keeps no positions */
	position: Key.optional(),
	/** the higher, the more senior */
	rank: z.number().int().min(0).max(99).optional(),
	region: Text.min(1).optional(),
	site: Text.min(1).optional(),
	/** key of the employee to whom this one reports */
	manager: Key.optional(),
};

/**
 * A person as the HR system knows them, with no more personal data than access and approval need: no birthday, address, pay or
 * reason of an absence.
 */
export const Employee = z.object({
	key: Key,
	/** under which HR and people know the person; the same in all systems of the company */
	number: Key.optional(),
	name: Text.min(1),
	email: z.email().max(320).optional(),
	/** name with which the person signs in; absent: no user */
	login: Key.optional(),
	/** legal entity that employs the person */
	entity: Text.min(1).optional(),
	...assignment,
	/** first day of the present assignment; ahead where a move was entered beforehand */
	assignedOn: day.optional(),
	state: EmploymentState,
	/** first and last day away; without `until` it is open */
	leave: z.object({ from: day, until: day.optional() }).optional(),
	hiredOn: day.optional(),
	/** last day employed; ahead where someone has given notice and is still there */
	leftOn: day.optional(),
	revision: Revision.optional(),
	native: NativeFields.optional(),
});
export type Employee = z.infer<typeof Employee>;

/** What is given to enter someone; the number is chosen by whoever does. */
export const EmployeeDraft = Employee.omit({
	key: true,
	state: true,
	leave: true,
	leftOn: true,
	revision: true,
}).extend({ number: Key });
export type EmployeeDraft = z.infer<typeof EmployeeDraft>;

/** A transfer, promotion or new manager: what is given changes, from `on` on, or at once. */
export const EmployeeMove = z
	.object({ on: day.optional(), ...assignment })
	.refine(({ on: _from, ...changes }) => Object.values(changes).some((value) => value !== undefined), {
		message: 'must change something: department, position, rank, region, site or manager',
	});
export type EmployeeMove = z.infer<typeof EmployeeMove>;

/** From today where no day is given. */
export const LeaveStart = z.object({ from: day.optional(), until: day.optional() });
export type LeaveStart = z.infer<typeof LeaveStart>;

/** `on`: last day employed for a termination, first day for a rehire; today where absent. */
export const EmploymentDay = z.object({ on: day.optional() });
export type EmploymentDay = z.infer<typeof EmploymentDay>;
