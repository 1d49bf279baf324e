import Big from 'big.js';
import * as fc from 'fast-check';

import { allocate, minorUnits } from '../../../core/model/money';

/** Fowler, Patterns of Enterprise Application Architecture, "Money": 5 cents by 70 and 30 are 4 and 1; a dollar in three is 34, 33, 33 cents. */
test('the parts of an amount add up to it', () => {
	expect(allocate('0.05', ['70', '30'], 'USD')).toEqual(['0.04', '0.01']);
	expect(allocate('1.00', ['1', '1', '1'], 'USD')).toEqual(['0.34', '0.33', '0.33']);
	expect(allocate('-1.00', ['1', '1', '1'], 'USD')).toEqual(['-0.34', '-0.33', '-0.33']);
	expect(allocate('100', ['1', '1', '1'], 'JPY')).toEqual(['34', '33', '33']);
	expect(allocate('0.001', ['0', '1'], 'KWD')).toEqual(['0.000', '0.001']);
});

test('what cannot be divided is refused', () => {
	expect(() => allocate('1', ['0', '0'], 'EUR')).toThrow('all weights are zero');
	expect(() => allocate('1', [], 'EUR')).toThrow('all weights are zero');
	expect(() => allocate('1', ['2', '-1'], 'EUR')).toThrow('a weight is negative');
});

test('no cent is lost or made, and no part is a whole cent or more off its share', () => {
	const decimal = (most: number, places: number) =>
		fc
			.bigInt({ min: 0n, max: BigInt(most) })
			.map((units) => new Big(String(units)).div(new Big('10').pow(places)).toFixed());
	fc.assert(
		fc.property(
			fc.constantFrom('EUR', 'JPY', 'KWD'),
			fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
			fc.array(decimal(10 ** 9, 3), { minLength: 1, maxLength: 30 }),
			(currency, size, weights) => {
				const unit = new Big('10').pow(-minorUnits(currency));
				const amount = new Big(String(size)).times(unit);
				const total = weights.reduce((sum, weight) => sum.plus(weight), new Big('0'));
				fc.pre(total.gt('0'));
				const parts = allocate(amount.toFixed(), weights, currency).map((part) => new Big(part));
				expect(parts.reduce((sum, part) => sum.plus(part), new Big('0')).eq(amount)).toBe(true);
				parts.forEach((part, index) => {
					// |part * total - amount * weight| < unit * total, without a division
					const off = part
						.times(total)
						.minus(amount.times(weights[index] ?? '0'))
						.abs();
					expect(off.lt(unit.times(total))).toBe(true);
				});
			},
		),
	);
});
