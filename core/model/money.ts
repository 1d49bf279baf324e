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
