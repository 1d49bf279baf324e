import Big from 'big.js';

import type { JournalEntryDraft } from '../../../core/model/journalEntry';
import { minorUnits } from '../../../core/model/money';

type Amounts = Pick<JournalEntryDraft['lines'][number], 'debit' | 'credit'>;

/** Digits behind the point of a converted amount before it is rounded. */
const Exact = Big();
Exact.DP = 30;
Exact.strict = true;

/**
 * The lines' amounts in the company's currency. Each side's total is converted once, and what rounding of the lines leaves goes to the
 * largest line of the side: debit equals credit there too, to the last minor unit.
 *
 * @param rate units of the entry's currency for one of the base in which rates are quoted
 * @param ownRate the same of the company's currency
 */
export function companyAmounts(
	lines: Amounts[],
	{ rate, ownRate, currency }: { rate: string; ownRate: string; currency: string },
): Amounts[] {
	const places = minorUnits(currency);
	const converted = (amount: Big) =>
		new Exact(amount.toFixed()).times(ownRate).div(rate).round(places, Big.roundHalfEven);
	const side = (name: 'debit' | 'credit'): Big[] => {
		const given = lines.map((line) => new Big(line[name]));
		const amounts = given.map(converted);
		const sum = (all: Big[]) => all.reduce((total, one) => total.plus(one), new Big('0'));
		const largest = given.reduce((best, one, index) => (one.gt(given[best] as Big) ? index : best), 0);
		const left = converted(sum(given)).minus(sum(amounts));
		return amounts.map((amount, index) => (index === largest ? amount.plus(left) : amount));
	};
	const debits = side('debit');
	const credits = side('credit');
	return lines.map((_, index) => ({
		debit: (debits[index] as Big).toFixed(places),
		credit: (credits[index] as Big).toFixed(places),
	}));
}
