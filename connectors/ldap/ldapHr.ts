import { personMatches } from '../../core/model/personMatches';
import type { Employee } from '../../core/model/employee';
import { ValidationError } from '../../core/ports/errors';
import type {
	Capabilities,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	SystemConnector,
} from '../../core/ports/systemConnector';
import { LdapDirectory, type LdapOptions } from './directory';
import { employeeOf, identifiers, keyOf, managerAttribute, normalised, personAttributes } from './person';

/** Those of Active Directory are users too, and so are its computers. */
export const standardPeople = '(|(objectClass=inetOrgPerson)(&(objectClass=user)(objectCategory=person)))';
/** Disabled in Active Directory; locked for good in OpenLDAP's password policy. */
export const standardLeft =
	'(|(userAccountControl:1.2.840.113556.1.4.803:=2)(pwdAccountLockedTime=000001010000Z))';

const attributes = [
	...new Set([...Object.values(personAttributes).flat(), ...identifiers, managerAttribute]),
];

/**
 * An LDAP directory as HR system, to read: its people as employees. Everyone is read and compared, since directories tell nothing of
 * changes in a way that all know.
 */
export class LdapHr implements SystemConnector {
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

	capabilities(): Capabilities {
		return {
			entities: { employee: { read: true, changes: false, actions: [] } },
			bulkSize: 1,
			pushesChanges: false,
			optimisticLocking: false,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		this.refuseOthers(entity);
		const wanted = new Set(keys);
		if (wanted.size === 0) return new Map();
		const found = (await this.everyone()).filter(({ key }) => wanted.has(key));
		return new Map(found.map((person) => [person.key, person])) as Map<string, Entities[E]>;
	}

	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		this.refuseOthers(entity);
		if (query.changedSince !== undefined)
			throw this.unserved('people by their last change', 'Leave "Changed Since" out.');
		const { pageSize = 200 } = query;
		const people = (await this.everyone()).filter((person) => personMatches(person, query));
		for (let at = 0; at < people.length; at += pageSize)
			yield people.slice(at, at + pageSize) as Array<Entities[E]>;
	}

	// eslint-disable-next-line require-yield -- it refuses, as the port says, at the first step
	async *changes<E extends EntityName>(entity: E): AsyncIterable<ChangePage<Entities[E]>> {
		throw this.unserved(`changes of ${entity}`, 'Read everyone and compare, as the HR Trigger does.');
	}

	async act(): Promise<Array<Outcome<never>>> {
		throw this.unserved('actions', 'Change people in the directory itself.');
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		this.refuseOthers(entity);
		return attributes.map((name) => ({ name, type: 'string', required: false }));
	}

	async check(): Promise<void> {
		await this.directory.check();
	}

	/** By key. */
	private async everyone(): Promise<Employee[]> {
		const entries = await this.directory.search(this.people, attributes, ['objectGUID']);
		const left = await this.directory.search(`(&${this.people}${this.left})`, ['1.1']);
		const gone = new Set(left.map(({ dn }) => normalised(dn)));
		const keys = new Map(entries.map((entry) => [normalised(entry.dn), keyOf(entry)]));
		return entries
			.map((entry) => employeeOf(entry, gone.has(normalised(entry.dn)), (dn) => keys.get(normalised(dn))))
			.sort((a, b) => (a.key < b.key ? -1 : 1));
	}

	private refuseOthers(entity: EntityName): void {
		if (entity !== 'employee')
			throw this.unserved(entity, 'It serves employees, to read; posts and departments it has none.');
	}

	private unserved(what: string, hint: string): ValidationError {
		return new ValidationError(`${this.system} is an LDAP directory and does not serve ${what}.`, {
			system: this.system,
			hint,
		});
	}
}
