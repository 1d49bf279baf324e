import Big from 'big.js';
import { createHash } from 'node:crypto';

import type { JournalEntry, JournalEntryDraft } from '../../model/journalEntry';
import { ValidationError } from '../../ports/errors';
import type { CreateRequest, Outcome, SystemConnector } from '../../ports/systemConnector';
import type { Database } from '../../store/database';
import { chunked } from '../../store/statements';
import { bookedVouchers, recordBooked, type BookedVoucher } from '../../store/vouchers';
import type { Books } from '../calendar/periodLock';
import type { Voucher } from './draftEntry';
import { blockedPosting, type BlockedPosting, type Poster } from './postingLock';

/** What is needed of a voucher to book it. */
export type BookableVoucher = Pick<Voucher, 'key' | 'entry'>;

export interface Booking {
	database: Database;
	/** the accounting calendar with its locks */
	books: Books;
	ledger: Pick<SystemConnector, 'system' | 'create' | 'capabilities'>;
	poster: Poster;
}

/**
 * `created`: the ledger has the entry now. `existing`: it had one for this document before, and `differs` when the document would
 * now give another. `blocked`: the accounting calendar forbids the day. `error`: this one could not be booked.
 */
export type Booked =
	| { created: JournalEntry }
	| { existing: BookedVoucher; differs: boolean }
	| { blocked: BlockedPosting }
	| { error: Error };

/** Vouchers that are sent to the ledger before what it has made is recorded. */
const vouchersAtATime = 200;

/**
 * Makes draft entries in the ledger, one for each voucher at most; as many results as vouchers, in their order. Safe to repeat, also
 * after a crash between the two: what is recorded as booked is not sent, and what is sent carries its key, for which the
 * connector looks in the ledger before it makes an entry.
 */
export async function bookVouchers(
	{ database, books, ledger, poster }: Booking,
	vouchers: BookableVoucher[],
): Promise<Booked[]> {
	const known = await bookedVouchers(
		database,
		ledger.system,
		vouchers.map(({ key }) => key),
	);
	const booked = new Map<BookableVoucher, Booked>();
	const toBook = new Map<string, BookableVoucher>();
	for (const voucher of vouchers) {
		const existing = known.get(voucher.key);
		const problem = unbalanced(voucher.entry);
		const blocked = existing || problem ? undefined : blockedPosting(books, voucher.entry, poster);
		if (existing !== undefined) booked.set(voucher, existingOf(existing, voucher));
		else if (problem !== undefined) booked.set(voucher, { error: refused(ledger.system, voucher, problem) });
		else if (blocked !== undefined) booked.set(voucher, { blocked });
		else if (!toBook.has(voucher.key)) toBook.set(voucher.key, voucher);
	}
	for (const some of chunked([...toBook.values()], vouchersAtATime)) {
		const made = await create(ledger, some);
		const records: BookedVoucher[] = [];
		made.forEach((outcome, index) => {
			const voucher = some[index];
			if (voucher === undefined) return;
			if ('error' in outcome) {
				booked.set(voucher, { error: outcome.error });
				return;
			}
			booked.set(voucher, { created: outcome.value });
			const record = {
				voucher: voucher.key,
				entry: outcome.value.key,
				fingerprint: fingerprintOf(voucher.entry),
				bookedAt: poster.now.getTime(),
			};
			known.set(voucher.key, record);
			records.push(record);
		});
		await recordBooked(database, ledger.system, records);
	}
	return vouchers.map((voucher) => {
		const result = booked.get(voucher);
		if (result !== undefined) return result;
		// The same document twice in one batch: the second finds what the first has made, or shares its failure.
		const existing = known.get(voucher.key);
		if (existing !== undefined) return existingOf(existing, voucher);
		const first = toBook.get(voucher.key);
		return (first && booked.get(first)) ?? { error: refused(ledger.system, voucher, 'it was not booked') };
	});
}

function existingOf(existing: BookedVoucher, { entry }: BookableVoucher): Booked {
	return { existing, differs: existing.fingerprint !== fingerprintOf(entry) };
}

async function create(
	ledger: Booking['ledger'],
	vouchers: BookableVoucher[],
): Promise<Array<Outcome<JournalEntry>>> {
	if (ledger.create === undefined || !ledger.capabilities().entities.journalEntry?.writes?.includes('create'))
		throw new ValidationError(`${ledger.system} takes no journal entries. Choose a ledger that does.`, {
			system: ledger.system,
			entity: 'journalEntry',
		});
	const requests = vouchers.map(
		({ key, entry }): CreateRequest<JournalEntryDraft> => ({
			idempotencyKey: key,
			// The ledger names the lines of a new entry itself.
			draft: { ...entry, lines: entry.lines.map(({ line: _drafted, ...rest }) => rest) },
		}),
	);
	return await ledger.create('journalEntry', requests);
}

/** Whoever passes a voucher on may have changed it. */
function unbalanced({ lines, currency }: JournalEntryDraft): string | undefined {
	if (lines.length === 0) return 'it has no lines';
	const difference = lines.reduce((sum, { debit, credit }) => sum.plus(debit).minus(credit), new Big('0'));
	return difference.eq('0')
		? undefined
		: `it does not balance: debit less credit is ${difference.toFixed()} ${currency}`;
}

function refused(ledger: string, { key }: BookableVoucher, problem: string): ValidationError {
	return new ValidationError(
		`The voucher "${key}" cannot be booked in ${ledger}: ${problem}. Nothing was booked of it; correct its rule and draft it again.`,
		{ system: ledger, entity: 'journalEntry', key },
	);
}

/** The same for the same amounts on the same accounts and dimensions. The day is no part of it: an entry may be moved to an open one. */
function fingerprintOf({ currency, lines }: JournalEntryDraft): string {
	const content = lines.map(({ account, debit, credit, partner, dimensions = {} }) => [
		account,
		new Big(debit).minus(credit).toFixed(),
		partner?.code ?? '',
		Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)),
	]);
	return createHash('sha256')
		.update(JSON.stringify([currency, content]))
		.digest('hex');
}
