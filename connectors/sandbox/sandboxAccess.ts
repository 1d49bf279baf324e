import { z } from 'zod/v4';

import type { Account, Grant } from '../../core/model/grant';
import type {
	AccessCapabilities,
	AccessSnapshot,
	AccessSystem,
	AccountDraft,
	RightOfAccount,
} from '../../core/ports/accessSystem';
import { ConflictError, NotFoundError } from '../../core/ports/errors';
import { SandboxService, type SandboxOptions } from './service';

const OwnAccount = z.object({
	login: z.string(),
	name: z.string(),
	email: z.string().optional(),
	employee: z.string().optional(),
	active: z.boolean(),
	lastCallAt: z.string().optional(),
	rights: z.array(
		z.object({
			right: z.string(),
			since: z.string(),
			grantedBy: z.string(),
			lastUsedAt: z.string().optional(),
		}),
	),
});
type OwnAccount = z.infer<typeof OwnAccount>;
const Page = z.object({ accounts: z.array(OwnAccount) });
const Rights = z.object({
	rights: z.array(z.object({ code: z.string(), name: z.string(), administrator: z.boolean() })),
});

const pageSize = 200;

/** The accounts of the sandbox's ERP and their rights. */
export class SandboxAccess implements AccessSystem {
	readonly system: string;
	private readonly service: SandboxService;

	constructor(options: SandboxOptions) {
		this.system = options.system ?? 'sandbox-erp';
		this.service = new SandboxService(this.system, options);
	}

	accessCapabilities(): AccessCapabilities {
		return { writes: true, deactivates: true, tellsUse: true };
	}

	async grants(): Promise<AccessSnapshot> {
		const takenAt = new Date().toISOString();
		const { rights } = await this.service.call(Rights, { method: 'GET', path: '/api/rights' });
		const accounts: OwnAccount[] = [];
		for (let after = ''; ; ) {
			const query = { after, limit: pageSize };
			const page = await this.service.call(Page, { method: 'GET', path: '/api/accounts', query });
			accounts.push(...page.accounts);
			const last = page.accounts.at(-1);
			if (last === undefined || page.accounts.length < pageSize) break;
			after = last.login;
		}
		return {
			system: this.system,
			takenAt,
			complete: true,
			accounts: accounts.map(accountOf),
			rights: rights.map(({ code, ...right }) => ({ key: code, ...right })),
			grants: accounts.flatMap(({ login, rights: held }) =>
				held.map((one): Grant => ({ system: this.system, account: login, why: 'unknown', ...one })),
			),
		};
	}

	async grant({ account, right }: RightOfAccount): Promise<void> {
		const path = `/api/accounts/${encodeURIComponent(account)}/rights`;
		const body = { right, grantedBy: 'access life cycle' };
		await this.service.call(z.unknown(), { method: 'POST', path, body }, { entity: 'account', key: account });
		if (!holds(await this.read(account), right)) throw this.ignored(account, `did not give "${right}" to`);
	}

	async revoke({ account, right }: RightOfAccount): Promise<void> {
		const before = await this.read(account);
		if (!holds(before, right)) return;
		const path = `/api/accounts/${encodeURIComponent(account)}/rights/${encodeURIComponent(right)}`;
		await this.service.call(z.unknown(), { method: 'DELETE', path }, { entity: 'account', key: account });
		if (holds(await this.read(account), right)) throw this.ignored(account, `left "${right}" with`);
	}

	async deactivate(account: string): Promise<void> {
		const before = await this.read(account);
		if (before?.active !== true) return;
		const path = `/api/accounts/${encodeURIComponent(account)}/deactivate`;
		await this.service.call(z.unknown(), { method: 'POST', path }, { entity: 'account', key: account });
		if ((await this.read(account))?.active === true) throw this.ignored(account, 'left active');
	}

	async open(draft: AccountDraft): Promise<string> {
		const made = await this.service.call(OwnAccount, { method: 'POST', path: '/api/accounts', body: draft });
		return made.login;
	}

	private async read(account: string): Promise<OwnAccount | undefined> {
		const path = `/api/accounts/${encodeURIComponent(account)}`;
		try {
			return await this.service.call(
				OwnAccount,
				{ method: 'GET', path },
				{ entity: 'account', key: account },
			);
		} catch (error) {
			if (error instanceof NotFoundError) return undefined;
			throw error;
		}
	}

	private ignored(account: string, what: string): ConflictError {
		return new ConflictError(`${this.system} answered "ok" and ${what} account "${account}".`, {
			system: this.system,
			entity: 'account',
			key: account,
			hint: `Do it by hand in ${this.system}, and find out why it ignored the call.`,
		});
	}
}

function holds(account: OwnAccount | undefined, right: string): boolean {
	return account?.rights.some((one) => one.right === right) === true;
}

function accountOf({ login, name, email, employee, active, lastCallAt }: OwnAccount): Account {
	return {
		key: login,
		login,
		name,
		active,
		...(email === undefined ? {} : { email }),
		...(employee === undefined ? {} : { employee }),
		...(lastCallAt === undefined ? {} : { lastSignInAt: lastCallAt }),
	};
}
