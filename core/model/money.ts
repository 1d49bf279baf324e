import Big from 'big.js';

import type { Decimal } from './decimal';

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one). */
const unusualMinorUnits: Record<number, string[]> = {
	0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
	3: 'BHD IQD JOD KWD LYD OMR TND'.split(' '),
	4: 'CLF UYW'.split(' '),
};
const minorUnitsByCurrency = new Map(
	Object.entries(unusualMinorUnits).flatMap(([places, codes]) =>
		codes.map((code) => [code, Number(places)] as const),
	),
);
const knownCurrencies = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(code: string): boolean {
	return knownCurrencies.has(code) || minorUnitsByCurrency.has(code);
}

/** Places behind the point of an amount in a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorUnits(currency: string): number {
	return minorUnitsByCurrency.get(currency) ?? 2;
}

/** Rounded half to even at the currency's minor unit; written with all its places. */
export function roundMoney(amount: Decimal, currency: string): Decimal {
	const places = minorUnits(currency);
	return new Big(amount).round(places, Big.roundHalfEven).toFixed(places);
}

/**
 * Divides an amount by weights so that the parts add up to it to the last minor unit: each part is cut to the minor unit, and what is
 * left goes, a unit each, to the parts that lost most (the largest remainder method; the earlier of two that lost as much).
 * Weights are not negative and not all zero, or RangeError.
 */
export function allocate(amount: Decimal, weights: Decimal[], currency: string): Decimal[] {
	const places = minorUnits(currency);
	const parts = weights.map((weight) => new Big(weight));
	const total = parts.reduce((sum, weight) => sum.plus(weight), new Big('0'));
	if (parts.some((weight) => weight.lt('0'))) throw new RangeError('a weight is negative');
	if (total.eq('0')) throw new RangeError('all weights are zero');
	const units = new Big(roundMoney(amount, currency)).times(new Big('10').pow(places));
	const size = units.abs();
	const cut = parts.map((weight) => {
		const exact = size.times(weight);
		const whole = exact.div(total).round(0, Big.roundDown);
		// Of the exact product, so that no division hides which part lost most.
		return { whole, lost: exact.minus(whole.times(total)) };
	});
	const left = Number(size.minus(cut.reduce((sum, { whole }) => sum.plus(whole), new Big('0'))).toFixed());
	const given = new Set(
		[...cut.keys()]
			.sort((a, b) => (cut[b]?.lost ?? total).cmp(cut[a]?.lost ?? total) || a - b)
			.slice(0, left),
	);
	return cut.map(({ whole }, index) => {
		const part = given.has(index) ? whole.plus('1') : whole;
		const signed = units.lt('0') && part.gt('0') ? part.times('-1') : part;
		return signed.div(new Big('10').pow(places)).toFixed(places);
	});
}
