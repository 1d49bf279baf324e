import type { JournalEntry } from '../../model/journalEntry';
import { ValidationError } from '../../ports/errors';
import type { SystemConnector } from '../../ports/systemConnector';
import type { Database } from '../../store/database';
import { bookedVouchers } from '../../store/vouchers';

/** A voucher, and the document that its entry names. */
export interface SoughtVoucher {
	key: string;
	document?: JournalEntry['document'];
}

/**
 * The entries that the ledger has of vouchers, by the voucher's key; one that is absent has none. The ledger is the truth: an entry that
 * was recorded as booked and is gone there counts as missing, one that was booked from elsewhere is found by the document that it names.
 */
export async function entriesOfVouchers(
	database: Database,
	ledger: Pick<SystemConnector, 'system' | 'get' | 'list' | 'capabilities'>,
	vouchers: SoughtVoucher[],
): Promise<Map<string, JournalEntry>> {
	if (ledger.capabilities().entities.journalEntry?.read !== true)
		throw new ValidationError(`${ledger.system} shows no journal entries. Choose a ledger that does.`, {
			system: ledger.system,
			entity: 'journalEntry',
		});
	const keys = vouchers.map(({ key }) => key);
	const booked = await bookedVouchers(database, ledger.system, keys);
	const entries = await ledger.get(
		'journalEntry',
		[...booked.values()].map(({ entry }) => entry),
	);
	const found = new Map<string, JournalEntry>();
	for (const { voucher, entry } of booked.values()) {
		const there = entries.get(entry);
		if (there !== undefined) found.set(voucher, there);
	}
	const wanted = new Map(
		vouchers
			.filter(({ key, document }) => !found.has(key) && document !== undefined)
			.map(({ key, document }) => [documentId(document), key]),
	);
	if (wanted.size === 0) return found;
	for await (const page of ledger.list('journalEntry')) {
		for (const entry of page) {
			const voucher = entry.document && wanted.get(documentId(entry.document));
			if (voucher !== undefined) found.set(voucher, entry);
		}
		if (found.size === new Set(keys).size) break;
	}
	return found;
}

function documentId(document: JournalEntry['document']): string {
	return JSON.stringify([document?.type, document?.system, document?.key]);
}
