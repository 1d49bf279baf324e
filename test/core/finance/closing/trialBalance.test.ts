import Big from 'big.js';
import * as fc from 'fast-check';

import { trialBalances } from '../../../../core/finance/closing/trialBalance';
import type { JournalEntry } from '../../../../core/model/journalEntry';

function entry(
	key: string,
	currency: string,
	...lines: Array<[account: string, debit: string, credit: string]>
) {
	return {
		key,
		state: 'posted',
		date: '2026-03-31',
		currency,
		lines: lines.map(([account, debit, credit], index) => ({
			line: String(index + 1),
			account,
			debit,
			credit,
		})),
	} satisfies JournalEntry;
}

test('the lines of all entries are summed by account, each currency for itself', () => {
	const balances = trialBalances([
		entry('E-1', 'CNY', ['5001', '30.00', '0'], ['1405', '0', '30.00']),
		entry('E-2', 'CNY', ['1405', '12.5', '0'], ['2202', '0', '12.50']),
		entry('E-3', 'JPY', ['1122', '900', '0'], ['5000', '0', '900']),
	]);
	expect(balances).toEqual([
		{
			currency: 'CNY',
			accounts: [
				{ account: '1405', debit: '12.50', credit: '30.00', balance: '-17.50' },
				{ account: '2202', debit: '0.00', credit: '12.50', balance: '-12.50' },
				{ account: '5001', debit: '30.00', credit: '0.00', balance: '30.00' },
			],
			debit: '42.50',
			credit: '42.50',
			entries: 2,
			unbalanced: [],
		},
		expect.objectContaining({ currency: 'JPY', debit: '900', credit: '900', entries: 1 }),
	]);
});

test('an entry that does not balance is named with its difference, to the last place that it has', () => {
	const [balance] = trialBalances([
		entry('E-1', 'CNY', ['5001', '30.00', '0'], ['1405', '0', '29.999']),
		entry('E-2', 'CNY', ['5001', '1.00', '0'], ['1405', '0', '1.00']),
	]);
	expect(balance?.unbalanced).toEqual([{ entry: 'E-1', difference: '0.001' }]);
	expect(balance?.debit).toBe('31.00');
	expect(balance?.credit).toBe('30.999');
});

test('no cent is lost: the accounts sum up to the whole, and debit less credit is what the entries lack', () => {
	const amount = fc
		.integer({ min: 0, max: 10 ** 12 })
		.map((cents) => new Big(String(cents)).div('100').toFixed(2));
	const line = fc.tuple(fc.constantFrom('1405', '5001', '6403'), amount, amount);
	fc.assert(
		fc.property(fc.array(fc.array(line, { minLength: 2, maxLength: 5 }), { minLength: 1 }), (drawn) => {
			const [balance] = trialBalances(drawn.map((lines, index) => entry(`E-${index}`, 'EUR', ...lines)));
			const sum = (values: string[]) =>
				values.reduce((total, value) => total.plus(value), new Big('0')).toFixed(2);
			expect(sum(balance?.accounts.map(({ debit }) => debit) ?? [])).toBe(balance?.debit);
			expect(sum(balance?.accounts.map(({ credit }) => credit) ?? [])).toBe(balance?.credit);
			expect(sum(balance?.accounts.map((one) => one.balance) ?? [])).toBe(
				sum(balance?.unbalanced.map(({ difference }) => difference) ?? []),
			);
		}),
	);
});
