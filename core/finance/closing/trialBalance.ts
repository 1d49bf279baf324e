import Big from 'big.js';

import type { Decimal } from '../../model/decimal';
import type { JournalEntry } from '../../model/journalEntry';
import { minorUnits } from '../../model/money';

export interface AccountTotal {
	account: string;
	debit: Decimal;
	credit: Decimal;
	/** debit less credit */
	balance: Decimal;
}

/** What stands on the accounts in one currency, by account. The two sums are equal unless an entry does not balance. */
export interface TrialBalance {
	currency: string;
	accounts: AccountTotal[];
	debit: Decimal;
	credit: Decimal;
	entries: number;
	/** entries whose debit and credit differ, with debit less credit */
	unbalanced: Array<{ entry: string; difference: Decimal }>;
}

interface Sides {
	debit: Big;
	credit: Big;
}

/** Sums the lines of entries, one trial balance for each currency. */
export function trialBalances(entries: JournalEntry[]): TrialBalance[] {
	const byCurrency = Map.groupBy(entries, ({ currency }) => currency);
	return [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, own]) => ofOne(currency, own));
}

function ofOne(currency: string, entries: JournalEntry[]): TrialBalance {
	const accounts = new Map<string, Sides>();
	const whole = none();
	const unbalanced: TrialBalance['unbalanced'] = [];
	const text = (amount: Big) => amount.toFixed(Math.max(minorUnits(currency), placesOf(amount)));
	for (const { key, lines } of entries) {
		const entry = none();
		for (const { account, debit, credit } of lines) {
			const total = accounts.get(account) ?? none();
			accounts.set(account, total);
			for (const sides of [total, entry, whole]) {
				sides.debit = sides.debit.plus(debit);
				sides.credit = sides.credit.plus(credit);
			}
		}
		const difference = entry.debit.minus(entry.credit);
		if (!difference.eq('0')) unbalanced.push({ entry: key, difference: text(difference) });
	}
	return {
		currency,
		accounts: [...accounts]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([account, { debit, credit }]) => ({
				account,
				debit: text(debit),
				credit: text(credit),
				balance: text(debit.minus(credit)),
			})),
		debit: text(whole.debit),
		credit: text(whole.credit),
		entries: entries.length,
		unbalanced,
	};
}

function none(): Sides {
	return { debit: new Big('0'), credit: new Big('0') };
}

/** A system may keep more places than the currency has; none of them is dropped. */
function placesOf(amount: Big): number {
	return amount.toFixed().split('.')[1]?.length ?? 0;
}
