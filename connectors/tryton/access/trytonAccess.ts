import { z } from 'zod/v4';

import type { Grant } from '../../../core/model/grant';
import type {
	AccessCapabilities,
	AccessSnapshot,
	AccessSystem,
	RightOfAccount,
} from '../../../core/ports/accessSystem';
import { ConflictError, NotFoundError, ValidationError } from '../../../core/ports/errors';
import type { TrytonOptions } from '../options';
import { TrytonSession } from '../session';

/** SQLite has no booleans: there Tryton answers with a number where a condition names the field. */
const Active = z.union([z.boolean(), z.number()]).transform(Boolean);

const UserRow = z.object({
	id: z.number().int(),
	login: z.string(),
	name: z.string().nullable(),
	email: z.string().nullable(),
	active: Active,
	groups: z.array(z.number().int()),
});
type UserRow = z.infer<typeof UserRow>;
const EmployedUser = UserRow.extend({ employees: z.array(z.number().int()) });
const GroupRow = z.object({ id: z.number().int(), name: z.string() });
const DataRow = z.object({ db_id: z.number().int().nullable() });

/** Tryton leaves inactive records out unless they are asked for. */
const everyone = [['active', 'in', [true, false]]];

/**
 * Tryton's users and the groups that they are in. A user with several employees is nobody's for certain, so no employee is told and the login
 * decides. When a right was last used Tryton does not keep.
 */
export class TrytonAccess implements AccessSystem {
	readonly system: string;
	private readonly session: TrytonSession;

	constructor(options: TrytonOptions) {
		this.session = new TrytonSession(options);
		this.system = this.session.system;
	}

	accessCapabilities(): AccessCapabilities {
		return { writes: true, deactivates: true, tellsUse: false };
	}

	async grants(): Promise<AccessSnapshot> {
		const takenAt = new Date().toISOString();
		const users = await this.users();
		const groups = await this.session.search('res.group', GroupRow, everyone, { order: [['id', 'ASC']] });
		const administrators = await this.administration();
		const known = new Set(groups.map(({ id }) => id));
		const hidden = users.some((user) => user.groups.some((group) => !known.has(group)));
		return {
			system: this.system,
			takenAt,
			complete: !hidden,
			...(hidden ? { missing: 'groups that the user of the credential may not read' } : {}),
			accounts: users.map(({ id, login, name, email, active, employee }) => ({
				key: String(id),
				login,
				active,
				...(name === null ? {} : { name }),
				...(email === null || email === '' ? {} : { email }),
				...(employee === undefined ? {} : { employee }),
			})),
			rights: groups.map(({ id, name }) => ({
				key: String(id),
				name,
				administrator: administrators.has(id),
			})),
			grants: users.flatMap(({ id, groups: own }) =>
				own.map(
					(group): Grant => ({
						system: this.system,
						account: String(id),
						right: String(group),
						why: 'unknown',
					}),
				),
			),
		};
	}

	async grant({ account, right }: RightOfAccount): Promise<void> {
		const user = await this.read(account);
		if (user === undefined)
			throw new NotFoundError(`${this.system} has no user ${account}.`, {
				system: this.system,
				entity: 'account',
				key: account,
				hint: 'Read the grants again and take the account from there.',
			});
		await this.write(account, { groups: [['add', [Number(right)]]] });
		if ((await this.read(account))?.groups.includes(Number(right)) !== true)
			throw this.ignored(account, `did not put it into group ${right}`);
	}

	async revoke({ account, right }: RightOfAccount): Promise<void> {
		const user = await this.read(account);
		if (user?.groups.includes(Number(right)) !== true) return;
		await this.refuseOwn(account);
		await this.write(account, { groups: [['remove', [Number(right)]]] });
		if ((await this.read(account))?.groups.includes(Number(right)) === true)
			throw this.ignored(account, `left it in group ${right}`);
	}

	/** Tryton 6.0 leaves sessions of an inactive user open, so the groups go in the same call: the session has no rights then. */
	async deactivate(account: string): Promise<void> {
		const user = await this.read(account);
		if (user === undefined || (!user.active && user.groups.length === 0)) return;
		await this.refuseOwn(account);
		await this.write(account, { active: false, groups: [['remove', user.groups]] });
		const after = await this.read(account);
		if (after?.active === true) throw this.ignored(account, 'left it active');
		if (after !== undefined && after.groups.length > 0) throw this.ignored(account, 'left it in its groups');
	}

	/** Without the module of companies users have no employees. */
	private async users(): Promise<Array<UserRow & { employee?: string }>> {
		const order = { order: [['id', 'ASC'] as [string, 'ASC']] };
		try {
			const users = await this.session.search('res.user', EmployedUser, everyone, order);
			return users.map(({ employees: [employee, other], ...user }) =>
				employee === undefined || other !== undefined ? user : { ...user, employee: String(employee) },
			);
		} catch (error) {
			if (!(error instanceof Error) || !error.message.includes('employees')) throw error;
			return await this.session.search('res.user', UserRow, everyone, order);
		}
	}

	private async administration(): Promise<Set<number>> {
		const rows = await this.session.search('ir.model.data', DataRow, [
			['module', '=', 'res'],
			['fs_id', '=', 'group_admin'],
		]);
		return new Set(rows.flatMap(({ db_id: id }) => (id === null ? [] : [id])));
	}

	private async read(account: string): Promise<UserRow | undefined> {
		const [user] = await this.session.search('res.user', UserRow, [
			['id', '=', Number(account)],
			...everyone,
		]);
		return user;
	}

	private async write(account: string, values: object): Promise<void> {
		await this.session.call('model.res.user.write', [[Number(account)], values]);
	}

	/** Whoever takes its own rights away leaves the rest undone. */
	private async refuseOwn(account: string): Promise<void> {
		if (String(await this.session.user()) !== account) return;
		throw new ValidationError(
			`User ${account} of ${this.system} is the one of the credential and was left as it is.`,
			{
				system: this.system,
				entity: 'account',
				key: account,
				hint: 'Name its login among the service accounts, or use another user in the credential.',
			},
		);
	}

	private ignored(account: string, what: string): ConflictError {
		return new ConflictError(`${this.system} answered "ok" for user ${account} and ${what}.`, {
			system: this.system,
			entity: 'account',
			key: account,
			hint: `Do it by hand in ${this.system}, and find out why it ignored the call.`,
		});
	}
}
