import type { Database } from './database';
import { forEachIn, insertRows } from './statements';

/** A voucher that a ledger has. */
export interface BookedVoucher {
	/** the voucher's key: the same for the same document */
	voucher: string;
	/** the entry's key in the ledger */
	entry: string;
	/** of the draft that was booked */
	fingerprint: string;
	/** milliseconds since 1970 */
	bookedAt: number;
}

/** What a ledger has of these vouchers, by voucher; one that is absent was never booked there. */
export async function bookedVouchers(
	database: Database,
	ledger: string,
	vouchers: string[],
): Promise<Map<string, BookedVoucher>> {
	const results = await database.transaction(
		forEachIn(
			[...new Set(vouchers)],
			[ledger],
			(list) => `SELECT * FROM vouchers WHERE ledger = $1 AND voucher IN ${list}`,
		),
	);
	return new Map(
		results.flat().map((row) => {
			const voucher = String(row.voucher);
			const { entry, fingerprint, booked_at: bookedAt } = row;
			return [
				voucher,
				{ voucher, entry: String(entry), fingerprint: String(fingerprint), bookedAt: Number(bookedAt) },
			];
		}),
	);
}

/** Records what a ledger now has. What was recorded first stays: an entry is made once. */
export async function recordBooked(
	database: Database,
	ledger: string,
	vouchers: BookedVoucher[],
): Promise<void> {
	// In one order everywhere, so that two writers cannot deadlock.
	const rows = [...vouchers].sort((a, b) => (a.voucher < b.voucher ? -1 : 1));
	await database.transaction(
		insertRows({
			table: 'vouchers',
			columns: ['ledger', 'voucher', 'entry', 'fingerprint', 'booked_at'],
			rows: rows.map(({ voucher, entry, fingerprint, bookedAt }) => [
				ledger,
				voucher,
				entry,
				fingerprint,
				bookedAt,
			]),
			suffix: 'ON CONFLICT (ledger, voucher) DO NOTHING',
		}),
	);
}
