import { add, subtract, type Decimal } from '../../../core/model/decimal';
import type { ServiceDatabase, Statement } from '../database';
import type { EntryBody } from './entries';

/** One account in one currency; `opening` and `closing` are debit less credit. */
export interface Balance {
	account: string;
	currency: string;
	opening: Decimal;
	debit: Decimal;
	credit: Decimal;
	closing: Decimal;
}

/** What is posted, by period, account and currency. */
export class Balances {
	static readonly schema = `
CREATE TABLE IF NOT EXISTS posted (
	period TEXT NOT NULL, account TEXT NOT NULL, currency TEXT NOT NULL, debit TEXT NOT NULL, credit TEXT NOT NULL,
	PRIMARY KEY (period, account, currency)
) STRICT, WITHOUT ROWID;`;

	private readonly one: Statement;
	private readonly put: Statement;
	private readonly all: Statement;

	constructor(database: ServiceDatabase) {
		this.one = database.prepare(
			'SELECT debit, credit FROM posted WHERE period = ? AND account = ? AND currency = ?',
		);
		this.put = database.prepare(
			'INSERT OR REPLACE INTO posted (period, account, currency, debit, credit) VALUES (?, ?, ?, ?, ?)',
		);
		this.all = database.prepare('SELECT * FROM posted ORDER BY account, currency');
	}

	/** Within the transaction that posts the entry. */
	add({ period, currency, lines }: EntryBody): void {
		for (const { account, debit, credit } of lines) {
			const sums = this.one.get(period, account, currency) ?? { debit: '0', credit: '0' };
			this.put.run(
				period,
				account,
				currency,
				add(String(sums.debit), debit),
				add(String(sums.credit), credit),
			);
		}
	}

	/** The trial balance of a period, by account and currency; `before` are the periods whose entries make the opening. */
	trial(period: string, before: string[]): Balance[] {
		const earlier = new Set(before);
		const balances = new Map<string, Balance>();
		for (const row of this.all.all()) {
			const [account, currency] = [String(row.account), String(row.currency)];
			const [debit, credit] = [String(row.debit), String(row.credit)];
			if (row.period !== period && !earlier.has(String(row.period))) continue;
			const key = JSON.stringify([account, currency]);
			const known = balances.get(key) ?? {
				account,
				currency,
				opening: '0',
				debit: '0',
				credit: '0',
				closing: '0',
			};
			const moved = subtract(debit, credit);
			balances.set(key, {
				...known,
				...(row.period === period ? { debit, credit } : { opening: add(known.opening, moved) }),
				closing: add(known.closing, moved),
			});
		}
		return [...balances.values()];
	}
}

/** The sums over all accounts by currency: opening and closing are zero when every entry balances. */
export function totalsOf(balances: Balance[]): Array<Omit<Balance, 'account'>> {
	const totals = new Map<string, Omit<Balance, 'account'>>();
	for (const { currency, opening, debit, credit, closing } of balances) {
		const known = totals.get(currency) ?? { opening: '0', debit: '0', credit: '0', closing: '0' };
		totals.set(currency, {
			currency,
			opening: add(known.opening, opening),
			debit: add(known.debit, debit),
			credit: add(known.credit, credit),
			closing: add(known.closing, closing),
		});
	}
	return [...totals.values()];
}
