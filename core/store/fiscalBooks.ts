import { foldActs, type BooksAct } from '../finance/calendar/booksJournal';
import type { Books } from '../finance/calendar/periodLock';
import type { Database } from './database';

/** The accounting calendar, the locks and the exceptions as they are, with every act that made them so. */
export interface KeptBooks extends Books {
	/** number of the newest act; the next one gets the number after it */
	version: number;
	acts: readonly BooksAct[];
}

interface Read {
	books: KeptBooks;
	/** the newest act as it is stored */
	newest: string;
}

/** Acts are never changed, so only those after the last read are read. */
const lastRead = new WeakMap<Database, Read>();

/** The books as they are now. A store in which nothing was saved yet has books without a legal entity. */
export async function readBooks(database: Database): Promise<KeptBooks> {
	const known = lastRead.get(database);
	const rows = await actsFrom(database, known?.books.version ?? 1);
	// A store that was restored from a backup may have other acts under the same numbers.
	if (known !== undefined && rows[0]?.entry !== known.newest) {
		lastRead.delete(database);
		return await readBooks(database);
	}
	if (known !== undefined && rows.length === 1) return known.books;
	const added = rows.slice(known === undefined ? 0 : 1).map(({ entry }) => JSON.parse(entry) as BooksAct);
	const acts = [...(known?.books.acts ?? []), ...added];
	const newest = rows.at(-1);
	const books = { ...foldActs(acts), version: newest?.version ?? 0, acts };
	if (newest !== undefined) lastRead.set(database, { books, newest: newest.entry });
	return books;
}

/** What somebody decided to do; no act: the books are already as they should be. */
export interface Decision<R> {
	act?: BooksAct;
	result: R;
}

/**
 * Adds an act that was decided on by looking at the books. When somebody else has acted in the meantime, `decide` is asked
 * again with the books as they then are: acts are one after the other, whoever makes them. What `decide` throws is thrown,
 * and nothing was added.
 */
export async function changeBooks<R>(
	database: Database,
	decide: (books: KeptBooks) => Decision<R>,
): Promise<R> {
	for (;;) {
		const books = await readBooks(database);
		const { act, result } = decide(books);
		if (act === undefined) return result;
		const { by, at } = actorOf(act);
		const [inserted = []] = await database.transaction([
			{
				sql: `INSERT INTO fiscal_books (version, kind, actor, at, entry) VALUES ($1, $2, $3, $4, $5)
					ON CONFLICT (version) DO NOTHING RETURNING version`,
				parameters: [books.version + 1, act.kind, by, Date.parse(at), JSON.stringify(act)],
			},
		]);
		if (inserted.length > 0) return result;
	}
}

async function actsFrom(
	database: Database,
	version: number,
): Promise<Array<{ version: number; entry: string }>> {
	const [rows = []] = await database.transaction([
		{
			sql: 'SELECT version, entry FROM fiscal_books WHERE version >= $1 ORDER BY version',
			parameters: [version],
		},
	]);
	return rows.map((row) => ({ version: Number(row.version), entry: String(row.entry) }));
}

function actorOf(act: BooksAct): { by: string; at: string } {
	const { by = '', at = '' } =
		act.kind === 'locks'
			? (act.changes[0] ?? {})
			: act.kind === 'exception'
				? (act.exceptions[0] ?? {})
				: act;
	return { by, at };
}
