import type { Grant } from '../../core/model/grant';
import type {
	AccessCapabilities,
	AccessSnapshot,
	AccessSystem,
	RightOfAccount,
} from '../../core/ports/accessSystem';
import { ConflictError, NotFoundError } from '../../core/ports/errors';
import { filterText, ScimService, type ScimGroup, type ScimOptions } from './service';
import { employeeOf, enterpriseUser } from './user';

/**
 * A SCIM 2.0 directory's users as accounts and its groups as rights. A group within a group is told as something missing: its members hold the
 * outer group's right too, and are not shown as holding it.
 */
export class ScimAccess implements AccessSystem {
	readonly system: string;
	private readonly service: ScimService;

	constructor(options: ScimOptions) {
		this.system = options.system;
		this.service = new ScimService(options);
	}

	accessCapabilities(): AccessCapabilities {
		return { writes: true, deactivates: true, tellsUse: false };
	}

	async grants(): Promise<AccessSnapshot> {
		const takenAt = new Date().toISOString();
		const users = await this.service.users();
		const groups = await this.service.groups();
		const known = new Set(users.map(({ id }) => id));
		const members = groups.flatMap((group) =>
			membersOf(group).map((account) => ({ account, right: group.id })),
		);
		const strange = groups.filter((group) => membersOf(group).some((member) => !known.has(member)));
		return {
			system: this.system,
			takenAt,
			complete: strange.length === 0,
			...(strange.length === 0
				? {}
				: {
						missing: `members of ${strange.map(nameOf).join(', ')} that are no users, such as groups within groups`,
					}),
			accounts: users.map((user) => {
				const { name, email, login } = employeeOf(user);
				const number = user[enterpriseUser]?.employeeNumber?.trim();
				return {
					key: user.id,
					login: login ?? user.id,
					name,
					active: user.active !== false,
					...(email === undefined ? {} : { email }),
					// Without a number the user is its own employee, where this directory is the HR system.
					...(number === undefined || number === '' ? { employee: user.id } : { employee: number }),
				};
			}),
			rights: groups.map((group) => ({ key: group.id, name: nameOf(group), administrator: false })),
			grants: members
				.filter(({ account }) => known.has(account))
				.map((one): Grant => ({ system: this.system, why: 'unknown', ...one })),
		};
	}

	async grant({ account, right }: RightOfAccount): Promise<void> {
		const group = await this.service.group(right);
		if (group === undefined)
			throw new NotFoundError(`${this.system} has no group "${right}".`, {
				system: this.system,
				entity: 'account',
				key: account,
				hint: 'Read the grants again and take the right from there.',
			});
		if (membersOf(group).includes(account)) return;
		await this.service.patchGroup(right, [{ op: 'add', path: 'members', value: [{ value: account }] }]);
		if (!(await this.isMember(account, right)))
			throw this.ignored(account, `did not put it into group "${right}"`);
	}

	async revoke({ account, right }: RightOfAccount): Promise<void> {
		if (!(await this.isMember(account, right))) return;
		const path = `members[value eq ${filterText(account)}]`;
		await this.service.patchGroup(right, [{ op: 'remove', path }]);
		if (await this.isMember(account, right)) throw this.ignored(account, `left it in group "${right}"`);
	}

	async deactivate(account: string): Promise<void> {
		const before = await this.service.user(account);
		if (before === undefined || before.active === false) return;
		await this.service.patch(account, [{ op: 'replace', path: 'active', value: false }]);
		const after = await this.service.user(account);
		if (after !== undefined && after.active !== false) throw this.ignored(account, 'left it active');
	}

	private async isMember(account: string, right: string): Promise<boolean> {
		const group = await this.service.group(right);
		return group !== undefined && membersOf(group).includes(account);
	}

	private ignored(account: string, what: string): ConflictError {
		return new ConflictError(`${this.system} answered "ok" for user "${account}" and ${what}.`, {
			system: this.system,
			entity: 'account',
			key: account,
			hint: `Do it by hand in ${this.system}, and find out why it ignored the call.`,
		});
	}
}

function membersOf({ members }: ScimGroup): string[] {
	return (members ?? []).flatMap(({ value }) => (value === null || value === undefined ? [] : [value]));
}

function nameOf({ displayName, id }: ScimGroup): string {
	return displayName?.trim() === '' ? id : (displayName ?? id);
}
