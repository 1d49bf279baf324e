import * as fc from 'fast-check';

import {
	add,
	compare,
	Decimal,
	normalise,
	Quantity,
	scaleExactly,
	subtract,
} from '../../../core/model/decimal';

/** BigInt arithmetic on ten decimal places: another way to the same results. */
const units = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const text = (value: bigint): string => {
	const digits = (value < 0n ? -value : value).toString().padStart(11, '0');
	return `${value < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`;
};

test('sums and differences are exact', () => {
	fc.assert(
		fc.property(units, units, (a, b) => {
			expect(add(text(a), text(b))).toBe(normalise(text(a + b)));
			expect(subtract(text(a), text(b))).toBe(normalise(text(a - b)));
			expect(Math.sign(compare(text(a), text(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
		}),
	);
});

test('0.1 and 0.2 are 0.3', () => {
	expect(add('0.1', '0.2')).toBe('0.3');
});

test('a conversion is exact or refused', () => {
	expect(scaleExactly('2.5', '12', '1')).toBe('30');
	expect(scaleExactly('30', '1', '12')).toBe('2.5');
	expect(scaleExactly('1', '1', '3')).toBeUndefined();
	expect(scaleExactly('9', '1', '3')).toBe('3');
});

test.each(['1e3', '', ' 1', '1,5', '.5', '1.', '--1', 'NaN', '1'.repeat(19)])(
	'"%s" is no decimal',
	(value) => {
		expect(Decimal.safeParse(value).success).toBe(false);
	},
);

test('a quantity is a decimal, or refused: nothing that somebody writes is an error of ours', () => {
	fc.assert(
		fc.property(fc.string(), (written) => {
			const { success } = Quantity.safeParse(written);
			expect(success && !Decimal.safeParse(written).success).toBe(false);
		}),
	);
});

test('a quantity is neither negative nor absurd', () => {
	expect(Quantity.safeParse('-0.5').error?.issues[0]?.message).toMatch(/negative/);
	expect(Quantity.safeParse('1000000000').error?.issues[0]?.message).toMatch(/check the unit/);
	expect(Quantity.safeParse('999999999.99').success).toBe(true);
});
