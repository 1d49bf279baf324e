import type { Entry } from 'ldapts';

import type { Account, Grant } from '../../core/model/grant';
import type {
	AccessCapabilities,
	AccessSnapshot,
	AccessSystem,
	RightOfAccount,
} from '../../core/ports/accessSystem';
import { ConflictError, NotFoundError, ValidationError } from '../../core/ports/errors';
import { LdapDirectory, type LdapOptions } from './directory';
import { standardLeft, standardPeople } from './ldapHr';
import { employeeOf, identifiers, keyOf, normalised, personAttributes } from './person';

const groupFilter = '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=group))';
const memberAttributes = ['member', 'uniqueMember'];
const groupAttributes = ['cn', 'description', ...identifiers, ...memberAttributes];
const personFields = [...new Set([...Object.values(personAttributes).flat(), ...identifiers])];
const accountDisabled = 2;
/** A lock that only an administrator ends (draft-behera-ldap-password-policy, 5.3.3). */
const lockedForGood = '000001010000Z';

/**
 * An LDAP directory's people as accounts and its groups as rights, by the identifiers that stay when an entry is moved. Members that are no people, such
 * as groups within groups, are told as missing.
 */
export class LdapAccess implements AccessSystem {
	readonly system: string;
	private readonly directory: LdapDirectory;
	private readonly people: string;
	private readonly left: string;

	constructor(options: LdapOptions) {
		this.system = options.system;
		this.directory = new LdapDirectory(options);
		this.people = options.peopleFilter ?? standardPeople;
		this.left = options.leftFilter ?? standardLeft;
	}

	accessCapabilities(): AccessCapabilities {
		return { writes: true, deactivates: true, tellsUse: false };
	}

	async grants(): Promise<AccessSnapshot> {
		const takenAt = new Date().toISOString();
		const { people, groups } = await this.read();
		const left = await this.directory.search(`(&${this.people}${this.left})`, ['1.1']);
		const gone = new Set(left.map(({ dn }) => normalised(dn)));
		const byName = new Map(people.map((entry) => [normalised(entry.dn), keyOf(entry)]));
		const strange = new Set(groups.filter(isCut).map(nameOf));
		const grants = groups.flatMap((group) =>
			membersOf(group).flatMap((member): Grant[] => {
				const account = byName.get(normalised(member));
				if (account !== undefined)
					return [{ system: this.system, account, right: keyOf(group), why: 'unknown' }];
				if (normalised(member) !== normalised(group.dn)) strange.add(nameOf(group));
				return [];
			}),
		);
		return {
			system: this.system,
			takenAt,
			complete: strange.size === 0,
			...(strange.size === 0
				? {}
				: {
						missing: `members of ${[...strange].join(', ')} that are no people, such as groups within groups, or more than it shows at once`,
					}),
			accounts: people.map((entry) => accountOf(entry, !gone.has(normalised(entry.dn)))),
			rights: groups.map((group) => ({ key: keyOf(group), name: nameOf(group), administrator: false })),
			grants,
		};
	}

	async grant({ account, right }: RightOfAccount): Promise<void> {
		const { person, group, attribute } = await this.both(account, right);
		if (person === undefined || group === undefined)
			throw new NotFoundError(
				`${this.system} has no ${person === undefined ? `person "${account}"` : `group "${right}"`}.`,
				{
					system: this.system,
					entity: 'account',
					key: account,
					hint: 'Read the grants again and take account and right from there.',
				},
			);
		if (isMember(group, person)) return;
		await this.directory.modify(group.dn, 'add', attribute, [person.dn]);
		const after = await this.directory.entry(group.dn, memberAttributes);
		if (after === undefined || !isMember(after, person))
			throw this.ignored(account, `did not put it into ${group.dn}`);
	}

	/** A group that must have a member, and would have none, gets itself as the only one: it lets nobody in. */
	async revoke({ account, right }: RightOfAccount): Promise<void> {
		const { person, group, attribute } = await this.both(account, right);
		if (person === undefined || group === undefined) return;
		if (isCut(group))
			throw new ValidationError(
				`${this.system} shows only some of the members of ${group.dn}; nothing was taken from account "${account}".`,
				{
					system: this.system,
					entity: 'account',
					key: account,
					hint: `Take it out of the group by hand, or split the group in ${this.system}.`,
				},
			);
		const own = membersOf(group).filter((member) => normalised(member) === normalised(person.dn));
		if (own.length === 0) return;
		if (own.length === membersOf(group).length)
			await this.directory.modify(group.dn, 'add', attribute, [group.dn]);
		await this.directory.modify(group.dn, 'delete', attribute, own);
		const after = await this.directory.entry(group.dn, memberAttributes);
		if (after !== undefined && isMember(after, person)) throw this.ignored(account, `left it in ${group.dn}`);
	}

	/** Active Directory disables the account; another directory locks the password, where its password policy knows that. */
	async deactivate(account: string): Promise<void> {
		const person = (await this.read()).people.find((entry) => keyOf(entry) === account);
		if (person === undefined) return;
		const control = (await this.directory.entry(person.dn, ['userAccountControl']))?.userAccountControl;
		if (typeof control === 'string' && control !== '')
			await this.directory.modify(person.dn, 'replace', 'userAccountControl', [
				String(Number(control) | accountDisabled),
			]);
		else
			await this.directory
				.modify(person.dn, 'replace', 'pwdAccountLockedTime', [lockedForGood])
				.catch((cause: unknown) => {
					if (!(cause instanceof ValidationError)) throw cause;
					throw new ValidationError(
						`${this.system} has no way to lock ${person.dn}: its password policy is not switched on. Its groups are taken all the same.`,
						{
							system: this.system,
							entity: 'account',
							key: account,
							hint: 'Switch the overlay "ppolicy" on in the directory, or take "Deactivate Leavers" out of the rules and close the account by hand.',
							cause,
						},
					);
				});
		const stillActive = await this.directory.search(`(&${this.people}(!${this.left}))`, identifiers, [
			'objectGUID',
		]);
		if (stillActive.some((entry) => keyOf(entry) === account)) throw this.ignored(account, 'left it active');
	}

	private async read(): Promise<{ people: Entry[]; groups: Entry[] }> {
		const byKey = (a: Entry, b: Entry) => (keyOf(a) < keyOf(b) ? -1 : 1);
		const people = await this.directory.search(this.people, personFields, ['objectGUID']);
		const groups = await this.directory.search(groupFilter, groupAttributes, ['objectGUID']);
		return { people: people.sort(byKey), groups: groups.sort(byKey) };
	}

	private async both(account: string, right: string) {
		const { people, groups } = await this.read();
		const group = groups.find((entry) => keyOf(entry) === right);
		return {
			person: people.find((entry) => keyOf(entry) === account),
			group,
			attribute:
				group !== undefined && valuesOf(group, 'uniqueMember').length > 0 ? 'uniqueMember' : 'member',
		};
	}

	private ignored(account: string, what: string): ConflictError {
		return new ConflictError(`${this.system} answered "ok" for account "${account}" and ${what}.`, {
			system: this.system,
			entity: 'account',
			key: account,
			hint: `Do it by hand in ${this.system}, and find out why it ignored the call.`,
		});
	}
}

function accountOf(entry: Entry, active: boolean): Account {
	const { key, login = key, name, email, number = key } = employeeOf(entry, false, () => undefined);
	return { key, login, name, active, employee: number, ...(email === undefined ? {} : { email }) };
}

function isMember(group: Entry, { dn }: Entry): boolean {
	return membersOf(group).some((member) => normalised(member) === normalised(dn));
}

/** Active Directory answers with the first 1,500 members of a larger group, as `member;range=0-1499` (MS-ADTS 3.1.1.3.1.3.3). */
function isCut(group: Entry): boolean {
	return Object.keys(group).some((name) => /^(unique)?member;range=/i.test(name));
}

function membersOf(group: Entry): string[] {
	return memberAttributes.flatMap((attribute) => valuesOf(group, attribute));
}

function valuesOf(entry: Entry, attribute: string): string[] {
	const value = entry[attribute] ?? [];
	return (Array.isArray(value) ? value : [value]).map(String).filter((text) => text !== '');
}

function nameOf(group: Entry): string {
	return valuesOf(group, 'cn')[0] ?? group.dn.slice(0, 500);
}
