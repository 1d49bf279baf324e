import Big from 'big.js';
import { z } from 'zod/v4';

Big.strict = true;

/** An exact decimal as text: at most 18 digits before and 10 after the point, no exponent. */
export const Decimal = z.string().regex(/^-?\d{1,18}(\.\d{1,10})?$/, {
	error: 'must be a decimal written as text, such as "12.50"',
	// What comes after reckons with it.
	abort: true,
});
export type Decimal = z.infer<typeof Decimal>;

/** A quantity that somebody can order or hold: not negative, below one thousand million. */
export const Quantity = Decimal.refine(
	(value) => !value.startsWith('-') || isZero(value),
	'must not be negative',
).refine((value) => new Big(value).lt('1000000000'), 'must be below 1,000,000,000; check the unit');

/** Plain notation without trailing zeros, so that equal amounts are equal strings. */
export function normalise(value: Decimal): Decimal {
	return plain(new Big(value));
}

export function add(a: Decimal, b: Decimal): Decimal {
	return plain(new Big(a).plus(b));
}

export function subtract(a: Decimal, b: Decimal): Decimal {
	return plain(new Big(a).minus(b));
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Decimal, b: Decimal): number {
	return new Big(a).cmp(b);
}

export function isZero(value: Decimal): boolean {
	return new Big(value).eq('0');
}

/**
 * `value * numerator / denominator`, or `undefined` when the result has no exact decimal
 * within ten places: a third of a carton is refused rather than rounded.
 */
export function scaleExactly(value: Decimal, numerator: Decimal, denominator: Decimal): Decimal | undefined {
	const product = new Big(value).times(numerator);
	const quotient = divide(product, new Big(denominator));
	return quotient.times(denominator).eq(product) ? plain(quotient) : undefined;
}

function divide(dividend: Big, divisor: Big): Big {
	const places = Big.DP;
	Big.DP = 10;
	try {
		return dividend.div(divisor);
	} finally {
		Big.DP = places;
	}
}

function plain(value: Big): Decimal {
	return value.eq('0') ? '0' : value.toFixed();
}
