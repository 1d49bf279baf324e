import type { ApprovalUser, SyncRun } from '../model/approval';
import type { Employee } from '../model/employee';
import { finding, type CheckStatus, type Evidence, type Finding, type Subject } from './finding';
import { employeeEvidence, userEvidence, type Picture } from './picture';

export interface OrganisationCheck {
	status: CheckStatus;
	findings: Finding[];
	evidence: Evidence[];
	/** bound, at work and able to sign in */
	usable: ApprovalUser[];
	/** bound and right by HR, but away or locked; those who would decide once that is over */
	wouldBe: ApprovalUser[];
	/** logins of those in HR who hold the post and are not bound */
	expected: string[];
}

/** Check 2: whether the position has a user who is at work, and if not, where between HR and the system the user was lost. */
export function checkOrganisation(positionKey: string, picture: Picture): OrganisationCheck {
	const { system, hr } = picture;
	const bound = (picture.bindingsOf.get(positionKey) ?? []).flatMap((binding) => {
		const user = picture.userByKey.get(binding.user);
		return user === undefined ? [] : [{ binding, user, employee: employeeOf(picture, user) }];
	});
	const hrPositions = picture.hrPositionsOf.get(positionKey) ?? [];
	const agrees = ({ binding, employee }: (typeof bound)[number]): boolean =>
		binding.origin === 'manual' ||
		employee === undefined ||
		hrPositions.length === 0 ||
		(employee.position !== undefined && hrPositions.includes(employee.position));
	const right = bound.filter((one) => one.employee?.state !== 'left' && agrees(one));
	const usable = right
		.filter(({ user, employee }) => user.state === 'active' && employee?.state !== 'onLeave')
		.map(({ user }) => user);

	const position = picture.positionByKey.get(positionKey);
	const subject: Subject = { system, entity: 'position', key: positionKey };
	const evidence: Evidence[] = [
		...bound.map(({ binding, user }) => ({
			system,
			entity: 'positionBinding',
			key: `${positionKey}/${user.key}`,
			at: binding.since,
			shows: { origin: binding.origin, user: user.key },
		})),
		...bound.map(({ user }) => userEvidence(picture, user)),
		...bound.flatMap(({ employee }) => (employee === undefined ? [] : [employeeEvidence(picture, employee)])),
	];
	const holders = hrPositions.flatMap((key) => picture.holdersOf.get(key) ?? []);
	const wouldBe = right.map(({ user }) => user).filter((user) => !usable.includes(user));
	const expected = holders.flatMap(({ state, login }) =>
		state === 'active' && login !== undefined ? [login] : [],
	);
	const result = { evidence, usable, wouldBe, expected };
	if (usable.length > 0) return { ...result, status: 'ok', findings: [] };

	const facts = {
		position: position?.name ?? positionKey,
		hrPosition: hrPositions.join(', '),
		bound: bound.map(({ user }) => user.name).join(', '),
	};
	const fault = (one: Finding): OrganisationCheck => ({ ...result, status: 'fault', findings: [one] });
	const locked = right.find(({ user, employee }) => user.state === 'locked' && employee?.state !== 'onLeave');
	if (locked !== undefined) {
		const { user } = locked;
		const about: Subject = { system, entity: 'user', key: user.key };
		return fault(finding('userLocked', about, { ...facts, user: user.name }, evidence));
	}
	const { sync } = picture.organisation;
	if (sync !== undefined && hrPositions.length === 0)
		return fault(
			finding('mappingMissing', subject, facts, [
				...evidence,
				...sync.mappings.map(({ hr: key, position: to }) => ({
					system,
					entity: 'positionMapping',
					key,
					shows: { position: to },
				})),
				...runEvidence(system, sync.runs.slice(0, 1)),
			]),
		);
	if (hr === undefined) return fault(finding('bindingMissing', subject, facts, evidence, false));
	if (sync === undefined && holders.length === 0)
		return fault(finding('bindingMissing', subject, facts, evidence));

	const withHolders = [...evidence, ...holders.map((holder) => employeeEvidence(picture, holder))];
	const inHr: Subject = { system: hr.system, entity: 'position', key: hrPositions[0] ?? positionKey };
	if (holders.length === 0) return fault(finding('positionVacant', inHr, facts, withHolders));
	const active = holders.filter(({ state }) => state === 'active');
	const people = (some: Employee[]) => some.map(({ name }) => name).join(', ');
	const employeeSubject = (one: Employee | undefined): Subject => ({
		system: hr.system,
		entity: 'employee',
		key: one?.key ?? '',
	});
	if (active.length === 0) {
		const until = holders.map(({ leave }) => leave?.until ?? '?').join(', ');
		const onLeave = { ...facts, employee: people(holders), until };
		return fault(finding('approverOnLeave', employeeSubject(holders[0]), onLeave, withHolders));
	}
	const [holder] = active.filter(({ login }) => login !== undefined);
	if (holder === undefined) {
		const without = { ...facts, employee: people(active) };
		return fault(finding('approverWithoutLogin', employeeSubject(active[0]), without, withHolders));
	}
	return fault(
		lost(holder, { ...facts, employee: people(active) }, withHolders, hrPositions, subject, picture),
	);
}

/** Why somebody who holds the post in HR is not bound to the position. */
function lost(
	holder: Employee,
	facts: Record<string, string>,
	evidence: Evidence[],
	hrPositions: string[],
	position: Subject,
	picture: Picture,
): Finding {
	const { system } = picture;
	const { sync } = picture.organisation;
	const user =
		picture.userByEmployee.get(holder.number ?? holder.key) ?? picture.userByKey.get(holder.login ?? '');
	const seen = [...evidence, ...(user === undefined ? [] : [userEvidence(picture, user)])];
	const arrived = user?.synced?.position !== undefined && hrPositions.includes(user.synced.position);
	if (sync === undefined || arrived) return finding('bindingMissing', position, facts, seen);

	const about: Subject = { system, entity: 'organisationSync', key: 'hr' };
	const [latest] = sync.runs;
	const succeeded = sync.runs.find(({ state }) => state !== 'failed');
	const times = { lastSuccess: succeeded?.finishedAt ?? '', latest: latest?.finishedAt ?? '' };
	if (sync.state === 'off')
		return finding('syncOff', about, { ...facts, ...times }, [
			...seen,
			{ ...about, shows: { state: 'off' } },
			...runEvidence(system, sync.runs.slice(0, 1)),
		]);
	if (latest?.state === 'failed')
		return finding('syncFailed', about, { ...facts, ...times, error: latest.errors[0]?.message ?? '' }, [
			...seen,
			...runEvidence(system, [latest, ...(succeeded === undefined ? [] : [succeeded])]),
		]);
	const error = latest?.errors.find(
		({ employee, position: key }) =>
			employee === holder.key || (employee === undefined && key === holder.position),
	);
	if (error !== undefined)
		return finding(
			'leftOut',
			{ system: picture.hr?.system ?? 'hr', entity: 'employee', key: holder.key },
			{ ...facts, ...times, error: error.message },
			[...seen, ...runEvidence(system, latest === undefined ? [] : [latest])],
		);
	return finding(
		'syncStale',
		about,
		{ ...facts, ...times },
		[...seen, ...runEvidence(system, sync.runs.slice(0, 1))],
		false,
	);
}

function runEvidence(system: string, runs: SyncRun[]): Evidence[] {
	return runs.map(({ key, finishedAt, state, read, written, errors }) => ({
		system,
		entity: 'syncRun',
		key,
		at: finishedAt,
		shows: {
			state,
			read: String(read),
			written: String(written),
			...(errors[0] === undefined ? {} : { error: errors[0].message }),
		},
	}));
}

function employeeOf(picture: Picture, user: ApprovalUser): Employee | undefined {
	return user.employee === undefined ? undefined : picture.employeeByNumber.get(user.employee);
}
