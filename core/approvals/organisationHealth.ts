import type { PositionBinding } from '../model/approval';
import type { Employee } from '../model/employee';
import type { Position } from '../model/organisation';
import type { Picture } from './picture';

export type EmployeeProblem =
	| 'userMissing'
	| 'userLocked'
	| 'userOfLeaver'
	| 'loginMissing'
	| 'mappingMissing'
	| 'positionDiffers'
	| 'addressDiffers';
export type PositionProblem = 'mappingMissing' | 'targetMissing' | 'noUser' | 'bindingOutdated';

export interface OrganisationProblem {
	kind: EmployeeProblem | PositionProblem;
	/** key in HR, or of the system's position for `noUser` */
	key: string;
	name: string;
	/** documents can wait for this person or position */
	approver: boolean;
	/** of `bindingOutdated`: logins that are bound and by HR do not hold the post today */
	users?: string[];
}

/** A position where nobody but somebody bound by hand decides. */
export interface HeldByHand {
	/** of the system */
	position: string;
	name: string;
	users: Array<{ login: string; until?: string }>;
}

export interface OrganisationHealth {
	/** every one of them stands in `inPlace`, `withoutUser` or `problems` */
	employees: { total: number; inPlace: number; withoutUser: number };
	positions: { total: number; inPlace: number; byHand: HeldByHand[] };
	problems: OrganisationProblem[];
	/** why the interface itself needs somebody at once; absent: it works */
	alarm?: { because: 'off' | 'failed' | 'neverRun' | 'stale'; message: string; lastSuccess?: string };
}

/** How far what the system knows of people and positions agrees with HR: every employee and every approving position accounted for. */
export function organisationHealth(picture: Picture, staleAfterMs: number): OrganisationHealth {
	const { hr, organisation } = picture;
	const approving = new Set((hr?.positions ?? []).filter(({ approver }) => approver).map(({ key }) => key));
	const problems: OrganisationProblem[] = [];
	const employees = { total: hr?.employees.length ?? 0, inPlace: 0, withoutUser: 0 };
	for (const employee of hr?.employees ?? []) {
		const approver = employee.position !== undefined && approving.has(employee.position);
		const kind = employeeState(employee, approver, picture);
		if (kind === 'inPlace' || kind === 'withoutUser') employees[kind] += 1;
		else problems.push({ kind, key: employee.key, name: employee.name, approver });
	}
	const mapped = new Map((organisation.sync?.mappings ?? []).map(({ hr: key, position }) => [key, position]));
	const positions: OrganisationHealth['positions'] = { total: approving.size, inPlace: 0, byHand: [] };
	for (const post of hr?.positions ?? []) {
		if (!post.approver) continue;
		const { key, name, approver } = post;
		const held = positionState(post, mapped.get(key), picture);
		if (typeof held === 'string') {
			problems.push({ kind: held, key, name, approver });
		} else if (held.outdated.length > 0) {
			problems.push({ kind: 'bindingOutdated', key, name, approver, users: held.outdated });
		} else {
			positions.inPlace += 1;
			if (held.byHand !== undefined) positions.byHand.push(held.byHand);
		}
	}
	const alarm = alarmOf(picture, staleAfterMs);
	return { employees, positions, problems, ...(alarm === undefined ? {} : { alarm }) };
}

function employeeState(
	employee: Employee,
	approver: boolean,
	picture: Picture,
): EmployeeProblem | 'inPlace' | 'withoutUser' {
	const user =
		picture.userByEmployee.get(employee.number ?? employee.key) ??
		picture.userByKey.get(employee.login ?? '');
	if (employee.state === 'left') {
		if (user === undefined) return 'withoutUser';
		return user.state === 'active' ? 'userOfLeaver' : 'inPlace';
	}
	if (employee.login === undefined) return approver ? 'loginMissing' : 'withoutUser';
	const targets = picture.organisation.sync?.mappings.filter(({ hr }) => hr === employee.position) ?? [];
	if (approver && targets.length === 0) return 'mappingMissing';
	if (user === undefined) return 'userMissing';
	if (user.state === 'locked') return 'userLocked';
	const isBound = ({ position }: { position: string }): boolean =>
		picture.bindingsOf.get(position)?.some((binding) => binding.user === user.key) === true;
	if (targets.length > 0 && !targets.some(isBound)) return 'positionDiffers';
	if (employee.email !== undefined && user.email?.toLowerCase() !== employee.email.toLowerCase())
		return 'addressDiffers';
	return 'inPlace';
}

/** A binding is today's when its user can sign in and by HR holds the post today, or was bound by hand and is employed. */
function positionState(
	{ key, holders, state }: Position,
	target: string | undefined,
	picture: Picture,
): Exclude<PositionProblem, 'bindingOutdated'> | { outdated: string[]; byHand?: HeldByHand } {
	if (target === undefined) return 'mappingMissing';
	const position = picture.positionByKey.get(target);
	if (position === undefined) return 'targetMissing';
	if (holders.length === 0 || state !== 'active') return { outdated: [] };
	const bound = picture.bindingsOf.get(target) ?? [];
	if (bound.length === 0) return 'noUser';
	const isToday = ({ user: login, origin }: PositionBinding): boolean => {
		const user = picture.userByKey.get(login);
		if (user?.state !== 'active') return false;
		const employee = user.employee === undefined ? undefined : picture.employeeByNumber.get(user.employee);
		if (origin === 'manual') return employee?.state !== 'left';
		return employee !== undefined && employee.state !== 'left' && employee.position === key;
	};
	const today = bound.filter(isToday);
	if (today.length === 0) return { outdated: bound.map(({ user }) => user) };
	if (today.some(({ origin }) => origin === 'sync')) return { outdated: [] };
	const users = today.map(({ user: login, until }) => ({ login, ...(until === undefined ? {} : { until }) }));
	return { outdated: [], byHand: { position: target, name: position.name, users } };
}

function alarmOf(
	{ organisation: { sync }, now }: Picture,
	staleAfterMs: number,
): OrganisationHealth['alarm'] {
	if (sync === undefined) return undefined;
	const succeeded = sync.runs.find(({ state }) => state !== 'failed');
	const last = succeeded === undefined ? {} : { lastSuccess: succeeded.finishedAt };
	const [latest] = sync.runs;
	if (latest === undefined) return { because: 'neverRun', message: 'The organisation sync has never run.' };
	if (latest.state === 'failed')
		return { because: 'failed', message: latest.errors[0]?.message ?? 'The last run failed.', ...last };
	if (sync.state === 'off')
		return { because: 'off', message: 'The organisation sync is switched off.', ...last };
	if (Date.parse(now) - Date.parse(latest.finishedAt) <= staleAfterMs) return undefined;
	return { because: 'stale', message: `The last run was at ${latest.finishedAt}.`, ...last };
}
