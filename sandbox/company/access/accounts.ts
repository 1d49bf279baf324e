import { z } from 'zod/v4';

import { Key } from '../../../core/model/references';
import { ServiceDatabase, type Row, type Statement } from '../database';
import { ServiceError } from '../http/service';
import { erpRights } from './rights';

const schema = `
CREATE TABLE IF NOT EXISTS accounts (
	login TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT, employee TEXT, active INTEGER NOT NULL, last_call_at TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account_rights (
	login TEXT NOT NULL REFERENCES accounts (login), right_code TEXT NOT NULL, since TEXT NOT NULL, granted_by TEXT NOT NULL,
	last_used_at TEXT, PRIMARY KEY (login, right_code)
) STRICT, WITHOUT ROWID;`;

export const NewAccount = z.object({
	login: Key,
	name: z.string().min(1).max(200),
	email: z.string().max(320).optional(),
	employee: Key.optional(),
});

export interface ErpAccount {
	login: string;
	name: string;
	email?: string;
	employee?: string;
	active: boolean;
	lastCallAt?: string;
	rights: Array<{ right: string; since: string; grantedBy: string; lastUsedAt?: string }>;
}

/** Who may do what in the ERP. A call on behalf of an account is refused without the right that it needs. */
export class ErpAccounts {
	private readonly database: ServiceDatabase;
	private readonly statements: Record<
		'one' | 'all' | 'rights' | 'allRights' | 'open' | 'give' | 'take' | 'state' | 'called' | 'used',
		Statement
	>;
	/** told to keep what it says that it took, as real systems do; for tests */
	liesAboutRevocations = false;

	constructor(file: string) {
		this.database = new ServiceDatabase(file, schema);
		this.statements = prepare(this.database);
	}

	get isEmpty(): boolean {
		return this.statements.all.get('', 1) === undefined;
	}

	close(): void {
		this.database.close();
	}

	/** All that `work` writes, or nothing. */
	import(work: () => void): void {
		this.database.transaction(work);
	}

	account(login: string): ErpAccount | undefined {
		const row = this.statements.one.get(login);
		return row && accountOf(row, this.statements.rights.all(login));
	}

	/** Those after a login, by login. */
	list(after: string, limit: number): ErpAccount[] {
		const rights = Map.groupBy(this.statements.allRights.all(), ({ login }) => String(login));
		return this.statements.all
			.all(after, limit)
			.map((row) => accountOf(row, rights.get(String(row.login)) ?? []));
	}

	open(given: unknown): ErpAccount {
		const { login, name, email = null, employee = null } = NewAccount.parse(given);
		this.statements.open.run(login, name, email, employee);
		return this.expect(login);
	}

	give(
		login: string,
		right: string,
		by: { grantedBy: string; since?: string; lastUsedAt?: string },
	): ErpAccount {
		if (!erpRights.some(({ code }) => code === right))
			throw new ServiceError(404, 'no_such_right', `There is no right "${right}".`);
		this.expect(login);
		this.statements.give.run(
			login,
			right,
			by.since ?? new Date().toISOString(),
			by.grantedBy,
			by.lastUsedAt ?? null,
		);
		return this.expect(login);
	}

	take(login: string, right: string): ErpAccount {
		this.expect(login);
		if (!this.liesAboutRevocations) this.statements.take.run(login, right);
		return this.expect(login);
	}

	setActive(login: string, active: boolean): ErpAccount {
		this.expect(login);
		if (active || !this.liesAboutRevocations) this.statements.state.run(active ? 1 : 0, login);
		return this.expect(login);
	}

	/** Throws 401 for an account that may not sign in, 403 without the right; otherwise the right counts as used. */
	admit(login: string, method: string, path: string): void {
		const account = this.account(login);
		if (account?.active !== true)
			throw new ServiceError(401, 'no_active_account', `There is no active account "${login}".`);
		const now = new Date().toISOString();
		this.statements.called.run(now, login);
		const held = new Set(account.rights.map(({ right }) => right));
		const needed = erpRights.filter(({ calls }) =>
			calls.some(
				([methods, start]) => methods.split(' ').includes(method) && `${path}/`.startsWith(`/api/${start}/`),
			),
		);
		if (needed.length === 0 && method === 'GET' && path === '/api') return;
		const used = [...needed, ...erpRights.filter(({ administrator }) => administrator)].find(({ code }) =>
			held.has(code),
		);
		if (used === undefined)
			throw new ServiceError(
				403,
				'forbidden',
				`Account "${login}" lacks the right ${needed.map(({ code }) => code).join(' or ') || 'of an administrator'}.`,
			);
		this.statements.used.run(now, login, used.code);
	}

	private expect(login: string): ErpAccount {
		const account = this.account(login);
		if (account) return account;
		throw new ServiceError(404, 'no_such_account', `There is no account "${login}".`);
	}
}

function prepare(database: ServiceDatabase): ErpAccounts['statements'] {
	return {
		one: database.prepare('SELECT * FROM accounts WHERE login = ?'),
		all: database.prepare('SELECT * FROM accounts WHERE login > ? ORDER BY login LIMIT ?'),
		rights: database.prepare('SELECT * FROM account_rights WHERE login = ? ORDER BY right_code'),
		allRights: database.prepare('SELECT * FROM account_rights ORDER BY login, right_code'),
		open: database.prepare(
			'INSERT INTO accounts (login, name, email, employee, active) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING',
		),
		give: database.prepare(
			'INSERT INTO account_rights (login, right_code, since, granted_by, last_used_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
		),
		take: database.prepare('DELETE FROM account_rights WHERE login = ? AND right_code = ?'),
		state: database.prepare('UPDATE accounts SET active = ? WHERE login = ?'),
		called: database.prepare('UPDATE accounts SET last_call_at = ? WHERE login = ?'),
		used: database.prepare('UPDATE account_rights SET last_used_at = ? WHERE login = ? AND right_code = ?'),
	};
}

function accountOf(row: Row, rights: Row[]): ErpAccount {
	const text = (name: string, value: Row[string] | undefined) =>
		value === null || value === undefined ? {} : { [name]: String(value) };
	return {
		login: String(row.login),
		name: String(row.name),
		...text('email', row.email),
		...text('employee', row.employee),
		active: row.active === 1,
		...text('lastCallAt', row.last_call_at),
		rights: rights.map((one) => ({
			right: String(one.right_code),
			since: String(one.since),
			grantedBy: String(one.granted_by),
			...text('lastUsedAt', one.last_used_at),
		})),
	};
}
