import type { z } from 'zod/v4';

import type { ChangeCursor, ChangePage, ListQuery } from '../../../core/ports/systemConnector';
import type { ChangeSource } from '../changeCapture';
import { changesOf, documentsByKey, listedDocuments, numbersIn, type ReadDocument } from '../documentReading';
import type { Domain, TrytonSession } from '../session';

/** How the rows of one of Tryton's tables are records. */
export interface NumberedTable<S extends z.ZodObject, T> {
	session: TrytonSession;
	model: string;
	Row: S;
	/** fields of other tables, through references */
	related: string[];
	/** which of its rows are records */
	scope(): Promise<Domain>;
	/** tables whose rows are parts of a record */
	parts: ChangeSource[];
	/** the record's field that holds these parts; absent where there are none */
	partField?: string;
	/** fields that a person may search for text */
	searched: string[];
	/** canonical state by Tryton's own */
	states: Record<string, string>;
	/** criteria of a canonical state, where it is no field of Tryton's */
	inState?: (state: string) => Promise<Domain>;
	read(rows: Array<z.infer<S>>): Promise<Array<ReadDocument<T>>>;
	overlapSeconds: number | undefined;
}

/** Records whose key is their number in the database. A page is read in a handful of calls, whatever its size. */
export class NumberedRecords<S extends z.ZodObject, T extends { key: string }> {
	constructor(private readonly table: NumberedTable<S, T>) {}

	/** One that exists but cannot be expressed is left out, so that its neighbours go through; asked for alone, it says why. */
	async get(keys: string[]): Promise<Map<string, T>> {
		return await documentsByKey(keys, (ids) => this.withIds(ids));
	}

	/** One record with what Tryton says of it; absent where there is none. */
	async read(key: string): Promise<ReadDocument<T> | undefined> {
		return (await this.withIds(numbersIn([key])))[0];
	}

	/** Records that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<T[]> {
		const { session, model, Row, related, searched, states, inState, partField, read } = this.table;
		yield* listedDocuments<z.infer<S> & { id: number }, T>(query, {
			states,
			inState,
			searched,
			...(partField === undefined ? {} : { parts: partField }),
			domain: await this.table.scope(),
			rows: async (domain, limit) =>
				(await session.search(model, Row, domain, {
					related,
					order: [['id', 'ASC']],
					limit,
				})) as Array<z.infer<S> & { id: number }>,
			complete: read,
		});
	}

	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<T>> {
		const { session, model, parts, overlapSeconds } = this.table;
		const own: ChangeSource = { mark: 'r', model, owner: 'id', domain: await this.table.scope() };
		yield* changesOf<T>(session, [own, ...parts], (ids) => this.withIds(ids), cursor, overlapSeconds);
	}

	async withIds(ids: number[]): Promise<Array<ReadDocument<T>>> {
		const { session, model, Row, related } = this.table;
		if (ids.length === 0) return [];
		const rows = await session.searchIn(model, Row, 'id', ids, await this.table.scope(), { related });
		return await this.table.read(rows.sort((a, b) => Number(a.id) - Number(b.id)));
	}
}
