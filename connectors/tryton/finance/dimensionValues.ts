import { z } from 'zod/v4';

import { DimensionValue } from '../../../core/model/ledger';
import type { ChangeCursor, ChangePage, ListQuery } from '../../../core/ports/systemConnector';
import { changedAfter, contains } from '../criteria';
import type { Domain } from '../session';
import { Flag, Instant, lastChange, microsecondsOf } from '../values';
import type { Books } from './books';
import { canonical } from './canonical';
import { codedByKey, codedChanges, expressible, rowsByCode, type ReadCoded } from './codedRecords';

export const analyticModel = 'analytic_account.account';

const RootRow = z.object({ id: z.number().int(), code: z.string().nullable(), name: z.string() });

const ValueRow = z.object({
	id: z.number().int(),
	code: z.string().nullable(),
	name: z.string(),
	active: Flag,
	state: z.string(),
	root: z.number().int(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type ValueRow = z.infer<typeof ValueRow>;

const table = { model: analyticModel, Row: ValueRow, related: [] };
const defaultPageSize = 500;

/**
 * Analytic accounts as values of dimensions. Each root is a dimension, called by its code, or by its name where it has none; below it
 * every account that amounts are put on is a value. Draft and closed accounts cannot be used, so they are none.
 */
export class DimensionValues {
	constructor(private readonly books: Books) {}

	/** The dimensions' names by the number of their root. */
	async dimensions(): Promise<Map<number, string>> {
		const { id } = await this.books.company();
		const roots = await this.books.session.search(analyticModel, RootRow, [
			['company', '=', id],
			['type', '=', 'root'],
		]);
		return new Map(roots.map((root) => [root.id, root.code ?? root.name]));
	}

	/** The numbers of usable values by key. More than one account with a code stands for none. */
	async numbers(keys: string[]): Promise<Map<string, { id: number; root: number }>> {
		const found = await this.withKeys(keys);
		return new Map(
			found.flatMap(({ row, read: { document, usable } }) =>
				usable && !(document instanceof Error)
					? [[document.key, { id: row.id, root: row.root }] as const]
					: [],
			),
		);
	}

	async get(keys: string[]): Promise<Map<string, DimensionValue>> {
		const found = (await this.withKeys(keys)).map(({ read }) => read);
		return codedByKey(found, keys);
	}

	/** Values that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<DimensionValue[]> {
		const { pageSize = defaultPageSize, search, changedSince } = query;
		const domain: Domain = [...(await this.scope()), ['state', '=', 'opened']];
		if (search !== undefined) domain.push(['OR', contains('code', search), contains('name', search)]);
		if (changedSince !== undefined) domain.push(changedAfter(changedSince));
		const dimensions = [...(await this.dimensions())].sort(([, a], [, b]) => (`${a}/` < `${b}/` ? -1 : 1));
		for (const [root] of dimensions) {
			const ofRoot = [...domain, ['root', '=', root]];
			for await (const rows of rowsByCode(this.books.session, table, ofRoot, pageSize)) {
				const values = expressible(await this.complete(rows));
				if (values.length > 0) yield values;
			}
		}
	}

	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<DimensionValue>> {
		const scope = await this.scope();
		yield* codedChanges(this.books, table, scope, (rows) => this.complete(rows), cursor);
	}

	private async scope(): Promise<Domain> {
		const { id } = await this.books.company();
		return [
			['company', '=', id],
			['type', '=', 'normal'],
		];
	}

	/** A dimension's name may contain a slash: the one whose name is the longest beginning of the key is meant. */
	private async withKeys(keys: string[]): Promise<Array<{ row: ValueRow; read: ReadCoded<DimensionValue> }>> {
		const dimensions = [...(await this.dimensions())].sort(([, a], [, b]) => b.length - a.length);
		const codes = new Map<number, string[]>();
		for (const key of new Set(keys)) {
			const [root, name] = dimensions.find(([, one]) => key.startsWith(`${one}/`)) ?? [];
			if (root === undefined || name === undefined) continue;
			codes.set(root, [...(codes.get(root) ?? []), key.slice(name.length + 1)]);
		}
		const found: Array<{ row: ValueRow; read: ReadCoded<DimensionValue> }> = [];
		for (const [root, some] of codes) {
			const scope = [...(await this.scope()), ['root', '=', root]];
			const rows = await this.books.session.searchIn(analyticModel, ValueRow, 'code', some, scope);
			const read = await this.complete(rows);
			found.push(...rows.map((row, index) => ({ row, read: read[index] as ReadCoded<DimensionValue> })));
		}
		return found;
	}

	private async complete(rows: ValueRow[]): Promise<Array<ReadCoded<DimensionValue>>> {
		const { session } = this.books;
		const { entity } = await this.books.company();
		const dimensions = await this.dimensions();
		const codes = rows.flatMap(({ code }) => code ?? []);
		const Coded = z.object({ id: z.number().int(), code: z.string(), root: z.number().int() });
		const scope = [...(await this.scope()), ['state', '=', 'opened']];
		const bearers = await session.searchIn(analyticModel, Coded, 'code', codes, scope);
		const byCode = Map.groupBy(bearers, ({ root, code }) => `${root} ${code}`);
		return rows.map((row) => {
			const { id, code, root, name } = row;
			const changedAt = lastChange(row);
			const dimension = dimensions.get(root) ?? String(root);
			const key = `${dimension}/${code ?? id}`;
			const shared = (byCode.get(`${root} ${code}`) ?? []).length > 1;
			const document = canonical(session, DimensionValue, {
				entity: 'dimensionValue',
				key,
				named: `Analytic account "${name}"`,
				fields: {
					key,
					dimension,
					code: shared ? undefined : code,
					name,
					entity,
					revision: String(microsecondsOf(changedAt)),
				},
				problems: {
					code: shared ? `another one of "${dimension}" has the code "${code}" too` : 'it has no code',
				},
			});
			return { id, key, usable: row.active && row.state === 'opened', changedAt, document };
		});
	}
}
