import { ServiceDatabase, type Statement } from '../database';
import { ServiceError } from '../http/service';
import { pageSize } from '../records/query';
import { recordKinds, type RecordKindName, type RecordKinds } from './model';

const schema = `
CREATE TABLE IF NOT EXISTS things (
	kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT, status TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS things_by_document ON things (kind, document, id);`;

/** All that the approvals keep, each record checked when it is written. */
export class ApprovalRecords {
	private readonly database: ServiceDatabase;
	private readonly statements: Record<'one' | 'list' | 'ofDocument' | 'put' | 'remove' | 'any', Statement>;

	constructor(file: string) {
		const database = new ServiceDatabase(file, schema);
		this.database = database;
		this.statements = {
			any: database.prepare('SELECT id FROM things LIMIT 1'),
			one: database.prepare('SELECT body FROM things WHERE kind = ? AND id = ?'),
			list: database.prepare(
				'SELECT body FROM things WHERE kind = ? AND id > ? AND (? IS NULL OR status = ?) ORDER BY id LIMIT ?',
			),
			ofDocument: database.prepare(
				// Left to itself SQLite walks through all records of the kind, which are in the wanted order already.
				'SELECT body FROM things INDEXED BY things_by_document WHERE kind = ? AND document = ? ORDER BY id',
			),
			put: database.prepare(
				'INSERT OR REPLACE INTO things (kind, id, document, status, body) VALUES (?, ?, ?, ?, ?)',
			),
			remove: database.prepare('DELETE FROM things WHERE kind = ? AND id = ?'),
		};
	}

	get isEmpty(): boolean {
		return this.statements.any.get() === undefined;
	}

	close(): void {
		this.database.close();
	}

	transaction<T>(work: () => T): T {
		return this.database.transaction(work);
	}

	get<K extends RecordKindName>(kind: K, id: string): RecordKinds[K] | undefined {
		const row = this.statements.one.get(kind, id);
		return row && (JSON.parse(String(row.body)) as RecordKinds[K]);
	}

	/** By ascending id. */
	page<K extends RecordKindName>(
		kind: K,
		query: { after?: string | undefined; status?: string | undefined; limit?: number | undefined } = {},
	): Array<RecordKinds[K]> {
		const status = query.status ?? null;
		return this.statements.list
			.all(kind, query.after ?? '', status, status, pageSize(query.limit))
			.map(({ body }) => JSON.parse(String(body)) as RecordKinds[K]);
	}

	/** All of a kind that is never many. */
	all<K extends RecordKindName>(kind: K): Array<RecordKinds[K]> {
		return this.statements.list
			.all(kind, '', null, null, 100_000)
			.map(({ body }) => JSON.parse(String(body)) as RecordKinds[K]);
	}

	some<K extends RecordKindName>(kind: K, ids: string[]): Array<RecordKinds[K]> {
		return ids.map((id) => this.get(kind, id)).filter((record) => record !== undefined);
	}

	ofDocuments<K extends 'tasks' | 'messages'>(kind: K, documents: string[]): Array<RecordKinds[K]> {
		return documents.flatMap((document) =>
			this.statements.ofDocument
				.all(kind, document)
				.map(({ body }) => JSON.parse(String(body)) as RecordKinds[K]),
		);
	}

	/** The record as it is kept; throws ZodError when it is not one of its kind. */
	put<K extends RecordKindName>(kind: K, given: unknown): RecordKinds[K] {
		const record = recordKinds[kind].parse(given) as RecordKinds[K];
		const { id, document, status } = record as { id: string; document?: string; status?: string };
		const parent = kind === 'tasks' || kind === 'messages' ? (document ?? null) : null;
		this.statements.put.run(kind, id, parent, status ?? null, JSON.stringify(record));
		return record;
	}

	remove(kind: RecordKindName, id: string): void {
		if (this.statements.remove.run(kind, id).changes === 0)
			throw new ServiceError(404, 'no_such_record', `There is no record "${id}" among the ${kind}.`);
	}
}
