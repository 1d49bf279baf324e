import { checkDirectory } from '../../hr/directoryCheck';
import type { Employee } from '../../model/employee';
import type { Account } from '../../model/grant';

/** Whose account it is. */
export type Owner =
	| { kind: 'person'; person: Employee }
	| { kind: 'nobody' }
	/** more than one person fits, or a person is entered twice: nothing follows for the account */
	| { kind: 'doubtful'; people: string[] };

/**
 * Finds whose account it is: by the employee that the system names, key or number, and else by the login. Somebody who shares number or
 * login with somebody else is in doubt, and so is whatever is theirs.
 */
export function ownersOf(people: Employee[], today: string): (account: Account) => Owner {
	const byKey = grouped(people, ({ key }) => key);
	const byNumber = grouped(people, ({ number }) => number);
	const byLogin = grouped(people, ({ login }) => login?.toLowerCase());
	const twice = new Set(
		checkDirectory({ employees: people, today })
			.filter(({ kind }) => kind === 'sameNumber' || kind === 'sameLogin')
			.flatMap(({ employees }) => employees),
	);
	return ({ employee, login }) => {
		const named =
			employee === undefined ? [] : [...(byKey.get(employee) ?? []), ...(byNumber.get(employee) ?? [])];
		const candidates = new Set(named.length > 0 ? named : (byLogin.get(login.toLowerCase()) ?? []));
		const [person, other] = [...candidates];
		if (person === undefined) return { kind: 'nobody' };
		if (other !== undefined || twice.has(person.key))
			return { kind: 'doubtful', people: [...candidates].map(({ key }) => key) };
		return { kind: 'person', person };
	};
}

function grouped(
	people: Employee[],
	valueOf: (person: Employee) => string | undefined,
): Map<string, Employee[]> {
	const groups = new Map<string, Employee[]>();
	for (const person of people) {
		const value = valueOf(person);
		if (value === undefined) continue;
		const group = groups.get(value);
		if (group === undefined) groups.set(value, [person]);
		else group.push(person);
	}
	return groups;
}
