import type { Employee } from '../model/employee';
import type { Department, Position } from '../model/organisation';

export type FindingKind =
	| 'sameNumber'
	| 'sameLogin'
	| 'sameEmail'
	| 'unknownManager'
	| 'managerLeft'
	| 'managerCycle'
	| 'unknownDepartment'
	| 'unknownPosition'
	| 'vacantApprover'
	| 'approverWithoutUser'
	| 'moveAhead'
	| 'pastLastDay'
	| 'leaveOverdue';

/** Something about people or posts that whoever decides on rights or approvals should not rely on. */
export interface Finding {
	kind: FindingKind;
	/** keys of the employees concerned */
	employees: string[];
	position?: string;
	/** what it is, for people */
	finding: string;
}

export interface Organisation {
	employees: Employee[];
	/** absent where the system keeps none */
	positions?: Position[];
	departments?: Department[];
	/** the day on which it is looked at, YYYY-MM-DD */
	today: string;
}

/** What is wrong or in doubt in an HR system's records. Each finding stands for itself; nothing is corrected. */
export function checkDirectory({ employees, positions, departments, today }: Organisation): Finding[] {
	const employed = employees.filter(({ state }) => state !== 'left');
	const byKey = new Map(employees.map((employee) => [employee.key, employee]));
	return [
		...shared(employed, 'sameNumber', 'number', ({ number }) => number),
		...shared(employed, 'sameLogin', 'login', ({ login }) => login?.toLowerCase()),
		...shared(employed, 'sameEmail', 'e-mail address', ({ email }) => email?.toLowerCase()),
		...employed.flatMap((employee) => managerFinding(employee, byKey)),
		...cycles(employed, byKey),
		...unknown(employed, 'department', 'unknownDepartment', departments),
		...unknown(employed, 'position', 'unknownPosition', positions),
		...(positions ?? []).flatMap((position) => approverFinding(position, byKey)),
		...employed.flatMap((employee) => dateFindings(employee, today)),
	];
}

function shared(
	employees: Employee[],
	kind: FindingKind,
	name: string,
	valueOf: (employee: Employee) => string | undefined,
): Finding[] {
	const groups = new Map<string, string[]>();
	for (const employee of employees) {
		const value = valueOf(employee);
		if (value === undefined) continue;
		const group = groups.get(value);
		if (group === undefined) groups.set(value, [employee.key]);
		else group.push(employee.key);
	}
	return [...groups]
		.filter(([, keys]) => keys.length > 1)
		.map(([value, keys]) => ({
			kind,
			employees: keys,
			finding: `Employees ${keys.join(', ')} have the same ${name} "${value}".`,
		}));
}

function managerFinding({ key, manager }: Employee, byKey: Map<string, Employee>): Finding[] {
	if (manager === undefined) return [];
	const known = byKey.get(manager);
	if (known === undefined)
		return [
			{
				kind: 'unknownManager',
				employees: [key],
				finding: `Employee ${key} reports to "${manager}", who is not there.`,
			},
		];
	if (known.state !== 'left') return [];
	return [
		{
			kind: 'managerLeft',
			employees: [key, manager],
			finding: `Employee ${key} reports to ${manager}, who has left.`,
		},
	];
}

/** Each circle once, beginning with its lowest key. */
function cycles(employees: Employee[], byKey: Map<string, Employee>): Finding[] {
	const done = new Set<string>();
	const findings: Finding[] = [];
	for (const { key } of employees) {
		const path: string[] = [];
		const at = new Map<string, number>();
		let current: string | undefined = key;
		while (current !== undefined && !done.has(current) && !at.has(current)) {
			at.set(current, path.length);
			path.push(current);
			current = byKey.get(current)?.manager;
		}
		const start = current === undefined ? undefined : at.get(current);
		if (start !== undefined) {
			const circle = path.slice(start);
			const lowest = circle.indexOf(circle.toSorted()[0] ?? '');
			const ordered = [...circle.slice(lowest), ...circle.slice(0, lowest)];
			findings.push({
				kind: 'managerCycle',
				employees: ordered,
				finding: `Managers in a circle: ${[...ordered, ordered[0]].join(' reports to ')}.`,
			});
		}
		for (const one of path) done.add(one);
	}
	return findings;
}

function unknown(
	employees: Employee[],
	field: 'department' | 'position',
	kind: FindingKind,
	known: Array<{ key: string }> | undefined,
): Finding[] {
	if (known === undefined) return [];
	const keys = new Set(known.map(({ key }) => key));
	return employees.flatMap(({ key, [field]: value }) =>
		value === undefined || keys.has(value)
			? []
			: [
					{
						kind,
						employees: [key],
						finding: `Employee ${key} is in ${field} "${value}", which is not there.`,
					},
				],
	);
}

function approverFinding(
	{ key, name, approver, holders, state }: Position,
	byKey: Map<string, Employee>,
): Finding[] {
	if (!approver || state === 'closed') return [];
	if (holders.length === 0)
		return [
			{
				kind: 'vacantApprover',
				employees: [],
				position: key,
				finding: `Nobody holds position ${key} (${name}), which approves documents.`,
			},
		];
	const present = holders.filter((holder) => byKey.get(holder)?.state === 'active');
	if (present.some((holder) => byKey.get(holder)?.login !== undefined)) return [];
	return [
		{
			kind: 'approverWithoutUser',
			employees: holders,
			position: key,
			finding: `Position ${key} (${name}) approves documents, and ${present.length === 0 ? 'nobody who holds it is at work' : 'nobody at work who holds it has a user'}: ${holders.join(', ')}.`,
		},
	];
}

function dateFindings({ key, state, assignedOn, leftOn, leave }: Employee, today: string): Finding[] {
	const findings: Array<[FindingKind, string] | undefined> = [
		assignedOn !== undefined && assignedOn > today
			? ['moveAhead', `Employee ${key} is shown in a post that begins on ${assignedOn}.`]
			: undefined,
		leftOn !== undefined && leftOn < today
			? ['pastLastDay', `Employee ${key} is ${state} after the last day, ${leftOn}.`]
			: undefined,
		state === 'onLeave' && leave?.until !== undefined && leave.until < today
			? ['leaveOverdue', `Employee ${key} is on leave after its last day, ${leave.until}.`]
			: undefined,
	];
	return findings.flatMap((one) =>
		one === undefined ? [] : [{ kind: one[0], employees: [key], finding: one[1] }],
	);
}
