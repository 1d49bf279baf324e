import { z } from 'zod/v4';

import { Account } from '../../../core/model/ledger';
import type { ChangeCursor, ChangePage, ListQuery } from '../../../core/ports/systemConnector';
import { changedAfter, contains } from '../criteria';
import type { Domain } from '../session';
import { Flag, Instant, lastChange, microsecondsOf } from '../values';
import type { Books } from './books';
import { canonical } from './canonical';
import { codedByKey, codedChanges, expressible, rowsByCode, type ReadCoded } from './codedRecords';

export const accountModel = 'account.account';

const AccountRow = z.object({
	id: z.number().int(),
	code: z.string().nullable(),
	name: z.string(),
	active: Flag,
	closed: Flag.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'type.': z
		.object({
			statement: z.string().nullable(),
			assets: Flag.nullable(),
			revenue: Flag.nullable(),
			expense: Flag.nullable(),
		})
		.nullish(),
});
type AccountRow = z.infer<typeof AccountRow>;

const table = {
	model: accountModel,
	Row: AccountRow,
	related: ['statement', 'assets', 'revenue', 'expense'].map((field) => `type.${field}`),
};
const defaultPageSize = 500;

/**
 * The company's chart of accounts, by code. Headings, which have neither a type nor a code, are no accounts. Tryton 6.0 has no mark
 * that tells equity from liabilities: both are `liability`.
 */
export class Accounts {
	constructor(private readonly books: Books) {}

	async get(codes: string[]): Promise<Map<string, Account>> {
		const { session } = this.books;
		const { model, Row, related } = table;
		const scope = await this.scope();
		const read = await this.complete(await session.searchIn(model, Row, 'code', codes, scope, { related }));
		return codedByKey(read, codes);
	}

	/** Accounts that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<Account[]> {
		const { pageSize = defaultPageSize, search, changedSince } = query;
		const domain = await this.scope();
		if (search !== undefined) domain.push(['OR', contains('code', search), contains('name', search)]);
		if (changedSince !== undefined) domain.push(changedAfter(changedSince));
		for await (const rows of rowsByCode(this.books.session, table, domain, pageSize)) {
			const accounts = expressible(await this.complete(rows));
			if (accounts.length > 0) yield accounts;
		}
	}

	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Account>> {
		const scope = await this.scope();
		yield* codedChanges(this.books, table, scope, (rows) => this.complete(rows), cursor);
	}

	private async scope(): Promise<Domain> {
		const { id } = await this.books.company();
		return [
			['company', '=', id],
			['OR', ['type', '!=', null], ['code', '!=', null]],
		];
	}

	private async complete(rows: AccountRow[]): Promise<Array<ReadCoded<Account>>> {
		const { session } = this.books;
		const { id: company, entity } = await this.books.company();
		const codes = rows.flatMap(({ code }) => code ?? []);
		const Coded = z.object({ id: z.number().int(), code: z.string() });
		const bearers = await session.searchIn(accountModel, Coded, 'code', codes, [['company', '=', company]]);
		const byCode = Map.groupBy(bearers, ({ code }) => code);
		return rows.map((row) => {
			const { id, active, code } = row;
			const changedAt = lastChange(row);
			const key = code ?? String(id);
			const shared = (byCode.get(key) ?? []).length > 1;
			const document = canonical(session, Account, {
				entity: 'account',
				key,
				named: `Account "${row.name}"`,
				fields: {
					key: shared ? undefined : code,
					name: row.name,
					kind: kindOf(row),
					postable: Boolean(row['type.']) && row.closed !== true,
					entity,
					revision: String(microsecondsOf(changedAt)),
				},
				problems: { key: shared ? `another account has the code "${code}" too` : 'it has no code' },
			});
			return { id, key, usable: active, changedAt, document };
		});
	}
}

function kindOf({ 'type.': type }: AccountRow): Account['kind'] {
	if (type?.statement === 'balance') return type.assets ? 'asset' : 'liability';
	if (type?.revenue) return 'revenue';
	return type?.expense ? 'expense' : 'other';
}
