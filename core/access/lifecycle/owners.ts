import { checkDirectory } from '../../hr/directoryCheck';
import type { PersonalState } from '../../hr/employmentEvents';
import type { Account } from '../../model/grant';

/** Whose account it is. */
export type Owner =
	| { kind: 'person'; person: PersonalState }
	/** `missing`: key of the one whose it was, and whom HR does not show now */
	| { kind: 'nobody'; missing?: string }
	/** more than one person fits, or a person is entered twice: nothing follows for the account */
	| { kind: 'doubtful'; people: string[] };

/**
 * Finds whose account it is: by the employee that the system names, key or number, and else by the login. Somebody who shares number or
 * login with somebody else is in doubt, and so is whatever is theirs. So is an account that names one person and has the login of another who is
 * employed, and one that may be of somebody who is `missing` in HR's answer: a login that was given anew takes nobody's rights along.
 */
export function ownersOf(
	people: PersonalState[],
	today: string,
	missing: PersonalState[] = [],
): (account: Account) => Owner {
	const everybody = [...people, ...missing];
	const absent = new Set(missing.map(({ key }) => key));
	const byKey = grouped(everybody, ({ key }) => key);
	const byNumber = grouped(everybody, ({ number }) => number);
	const byLogin = grouped(everybody, ({ login }) => login?.toLowerCase());
	const twice = new Set(
		checkDirectory({ employees: people, today })
			.filter(({ kind }) => kind === 'sameNumber' || kind === 'sameLogin')
			.flatMap(({ employees }) => employees),
	);
	return ({ employee, login }) => {
		const named =
			employee === undefined ? [] : [...(byKey.get(employee) ?? []), ...(byNumber.get(employee) ?? [])];
		const ofLogin = byLogin.get(login.toLowerCase()) ?? [];
		const candidates = new Set(
			named.length > 0 ? [...named, ...ofLogin.filter(({ state }) => state !== 'left')] : ofLogin,
		);
		const [person, other] = [...candidates];
		if (person === undefined) return { kind: 'nobody' };
		if (other === undefined && absent.has(person.key)) return { kind: 'nobody', missing: person.key };
		if (other !== undefined || twice.has(person.key))
			return { kind: 'doubtful', people: [...candidates].map(({ key }) => key) };
		return { kind: 'person', person };
	};
}

function grouped(
	people: PersonalState[],
	valueOf: (person: PersonalState) => string | undefined,
): Map<string, PersonalState[]> {
	const groups = new Map<string, PersonalState[]>();
	for (const person of people) {
		const value = valueOf(person);
		if (value === undefined) continue;
		const group = groups.get(value);
		if (group === undefined) groups.set(value, [person]);
		else group.push(person);
	}
	return groups;
}
