import type { JournalEntry } from '../../../core/model/journalEntry';
import { ConflictError } from '../../../core/ports/errors';
import type { ActRequest, NoInput, Outcome } from '../../../core/ports/systemConnector';
import { existingDocument, expectVersion } from '../documentActions';
import { expressed } from '../documentReading';
import { outcomesOf } from '../outcomes';
import type { Books } from './books';
import { moveModel, type JournalEntries, type ReadMove } from './journalEntries';
import { closedPeriod, entryKind } from './journalEntryWrites';
import { readPeriod } from './periodActions';

/** Posts draft moves. Each is read back, and one that is posted already stays as it is. */
export async function postEntries(
	books: Books,
	entries: JournalEntries,
	requests: Array<ActRequest<NoInput>>,
): Promise<Array<Outcome<JournalEntry>>> {
	return await outcomesOf(
		'journalEntry',
		requests,
		{ request: ({ key }) => key, record: ({ key }) => key },
		async (request) => await postEntry(books, entries, request),
	);
}

async function postEntry(
	books: Books,
	entries: JournalEntries,
	{ key, expectedVersion }: ActRequest<NoInput>,
): Promise<JournalEntry> {
	const { session } = books;
	const kind = { ...entryKind, read: (one: string) => entries.read(one) };
	const before: ReadMove = await existingDocument(session, kind, key);
	const entry = expressed(before);
	expectVersion(session, kind, entry, expectedVersion);
	if (before.state === 'posted') return entry;
	const period = await readPeriod(session, before.period);
	if (period !== undefined && period.state !== 'open') throw closedPeriod(books, period, entry.date);
	await session.press(
		moveModel,
		'post',
		[before.id],
		expectedVersion === undefined ? undefined : { _timestamp: before.timestamps },
	);
	const after: ReadMove = await existingDocument(session, kind, key);
	if (after.state === 'posted') return expressed(after);
	throw new ConflictError(
		`Journal entry ${entry.number ?? key} of ${session.system} is still a draft; it could not be posted.`,
		session.about({ hint: 'Look at the move in Tryton.' }),
	);
}
