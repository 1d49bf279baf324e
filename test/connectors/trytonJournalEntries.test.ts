import Big from 'big.js';
import fc from 'fast-check';

import { companyAmounts } from '../../connectors/tryton/finance/companyAmounts';
import { readDocument, withDocument } from '../../connectors/tryton/finance/documentMark';

const sum = (amounts: string[]) => amounts.reduce((total, one) => total.plus(one), new Big('0'));
const cents = fc.bigInt({ min: 1n, max: 99_999_999_999n });
const written = (amount: bigint) => new Big(amount.toString()).div('100').toFixed(2);

/** An entry of some debits and some credits that balances. */
const balanced = fc
	.tuple(fc.array(cents, { minLength: 1, maxLength: 8 }), fc.array(cents, { minLength: 1, maxLength: 8 }))
	.map(([debits, credits]) => {
		const total = (some: bigint[]) => some.reduce((all, one) => all + one, 0n);
		const left = total(debits) - total(credits);
		(left > 0n ? credits : debits).push(left > 0n ? left : -left);
		return [
			...debits.map((debit) => ({ debit: written(debit), credit: '0.00' })),
			...credits.map((credit) => ({ debit: '0.00', credit: written(credit) })),
		];
	});
const rate = fc
	.integer({ min: 1, max: 999_999_999 })
	.map((value) => new Big(String(value)).div('10000').toFixed());

describe('amounts in the company’s currency', () => {
	it('balance whatever the rates, in units of that currency, each within one of them and on its side', () => {
		fc.assert(
			fc.property(balanced, rate, rate, fc.constantFrom('EUR', 'JPY', 'KWD'), (lines, one, own, currency) => {
				const amounts = companyAmounts(lines, { rate: one, ownRate: own, currency });
				const debits = sum(amounts.map(({ debit }) => debit));
				expect(debits.eq(sum(amounts.map(({ credit }) => credit)))).toBe(true);
				const unit = { EUR: '0.01', JPY: '1', KWD: '0.001' }[currency] ?? '';
				for (const [index, line] of lines.entries())
					for (const side of ['debit', 'credit'] as const) {
						const amount = amounts[index]?.[side] ?? '';
						expect(new Big(amount).mod(unit).eq('0')).toBe(true);
						const exact = new Big(line[side]).times(own).div(one);
						expect(new Big(amount).minus(exact).abs().lte(unit)).toBe(true);
						expect(new Big(amount).gte('0')).toBe(true);
					}
			}),
		);
	});
});

describe('the document at the end of a description', () => {
	const text = fc.string({ minLength: 1, maxLength: 60 });
	const system = fc.constantFrom('tryton-erp', 'shop', 'a1');

	it('is read as it was written, whatever its key and the text before it', () => {
		fc.assert(
			fc.property(fc.string(), system, text, text, (description, name, type, key) => {
				const document = { system: name, type, key };
				const words = description.trim();
				const read = readDocument(withDocument(words, document));
				expect(read).toEqual({ ...(words === '' ? {} : { description: words }), document });
			}),
		);
	});

	it.each(['Rent [May]', 'Rent [Flat/House/Boat]', 'see a/b/c', 'x [a/%zz/c]'])(
		'is none in "%s"',
		(words) => {
			expect(readDocument(words)).toEqual({ description: words });
		},
	);

	it('is none without a description', () => {
		expect(readDocument(null)).toEqual({});
	});
});
