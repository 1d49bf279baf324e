import Big from 'big.js';

import type { JournalEntryDraft } from '../../../core/model/journalEntry';
import { minorUnits } from '../../../core/model/money';

type Amounts = Pick<JournalEntryDraft['lines'][number], 'debit' | 'credit'>;

/** Digits behind the point of a converted amount before it is rounded. */
const Exact = Big();
Exact.DP = 30;
Exact.strict = true;

/**
 * The lines' amounts in the company's currency. Each side's total is converted and rounded once, and its minor units are divided among
 * the lines by the largest remainder: debit equals credit there too, no amount is a whole unit off, and none changes its side.
 *
 * @param rate units of the entry's currency for one of the base in which rates are quoted
 * @param ownRate the same of the company's currency
 */
export function companyAmounts(
	lines: Amounts[],
	{ rate, ownRate, currency }: { rate: string; ownRate: string; currency: string },
): Amounts[] {
	const places = minorUnits(currency);
	const unit = new Big('10').pow(-places);
	const converted = (amount: Big) => new Exact(amount.toFixed()).times(ownRate).div(rate);
	const side = (name: 'debit' | 'credit'): Big[] => {
		const exact = lines.map((line) => converted(new Big(line[name])));
		const amounts = exact.map((amount) => amount.round(places, Big.roundDown));
		const total = sum(exact).round(places, Big.roundHalfEven);
		const units = Number(total.minus(sum(amounts)).div(unit).toFixed(0));
		const remainder = (index: number) => (exact[index] as Big).minus(amounts[index] as Big);
		const byRemainder = exact.map((_, index) => index).sort((x, y) => remainder(y).cmp(remainder(x)));
		for (const index of byRemainder.slice(0, units)) amounts[index] = (amounts[index] as Big).plus(unit);
		return amounts;
	};
	const debits = side('debit');
	const credits = side('credit');
	return lines.map((_, index) => ({
		debit: (debits[index] as Big).toFixed(places),
		credit: (credits[index] as Big).toFixed(places),
	}));
}

function sum(amounts: Big[]): Big {
	return amounts.reduce((total, one) => total.plus(one), new Big('0'));
}
