import fc from 'fast-check';

import {
	ewma,
	falseDiscoveryRates,
	median,
	quantile,
	spread,
	stabilised,
	upperTail,
} from '../../../../core/access/insights/statistics';

test('of the fifteen p-values of Benjamini and Hochberg (1995, section 3.2) four are discoveries at 5%', () => {
	const chances = [
		0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
		0.759, 1,
	];
	const rates = falseDiscoveryRates(chances);
	expect(rates.map((rate) => rate <= 0.05)).toEqual(chances.map((_, index) => index < 4));
});

test('rates of false discovery keep the order of the chances and are never below them', () => {
	fc.assert(
		fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (chances) => {
			const rates = falseDiscoveryRates(chances);
			const pairs = chances
				.map((chance, index) => [chance, rates[index] ?? 0] as const)
				.sort((a, b) => a[0] - b[0]);
			pairs.forEach(([chance, rate], index) => {
				expect(rate).toBeGreaterThanOrEqual(chance * (1 - 1e-12));
				expect(rate).toBeGreaterThanOrEqual(pairs[index - 1]?.[1] ?? 0);
			});
		}),
	);
});

// Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2.
test.each([
	[0, 0.5],
	[1, 0.15865525],
	[1.959964, 0.025],
	[3, 1.349898e-3],
	[5, 2.8665157e-7],
	[7, 1.2798125e-12],
	[-1, 0.84134475],
])('above %p lies %p of the normal law', (z, chance) => {
	expect(upperTail(z) / chance).toBeCloseTo(1, 2);
});

test('the median and the quartiles of 1 to 5', () => {
	expect(median([5, 1, 4, 2, 3])).toBe(3);
	expect(quantile([5, 1, 4, 2, 3], 0.25)).toBe(2);
});

test('a width comes from the median deviation, else from the mean one, else from chance', () => {
	expect(spread([0, 4, 8, 12, 16])).toEqual({ median: 8, scale: 1.4826 * 4, by: 'mad' });
	expect(spread([0, 0, 0, 0, 10])).toEqual({ median: 0, scale: 1.2533 * 2, by: 'meanDeviation' });
	expect(spread([3, 3, 3])).toEqual({ median: 3, scale: 1, by: 'chance' });
});

test('one outlier among the peers hardly moves their middle and width', () => {
	const peers = Array.from({ length: 21 }, (_, index) => index);
	const calm = spread(peers);
	const disturbed = spread([...peers, 1_000_000]);
	expect(disturbed.median - calm.median).toBeLessThan(1);
	expect(disturbed.scale / calm.scale).toBeLessThan(1.2);
});

test('a smoothed series follows a step by its weight', () => {
	expect(ewma([1, 1, 1], 0.5)).toEqual([0.5, 0.75, 0.875]);
	expect(stabilised(100) - stabilised(81)).toBeCloseTo(2, 1);
});
