/** Of the middle: half of the values lie below. 0 of no values. */
export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** Linear between neighbours (Hyndman and Fan 1996, definition 7). */
export function quantile(values: readonly number[], share: number): number {
	if (values.length === 0) return 0;
	const sorted = [...values].sort((a, b) => a - b);
	const at = (sorted.length - 1) * share;
	const low = sorted[Math.floor(at)] ?? 0;
	const high = sorted[Math.ceil(at)] ?? low;
	return low + (high - low) * (at - Math.floor(at));
}

/** Counts on a scale on which chance alone gives a standard deviation of about 1 (Anscombe 1948). */
export function stabilised(count: number): number {
	return 2 * Math.sqrt(count + 3 / 8);
}

export interface Spread {
	median: number;
	scale: number;
	/** which measure the scale is: median absolute deviation, mean absolute deviation where that is 0, chance where both are below it */
	by: 'mad' | 'meanDeviation' | 'chance';
}

/**
 * Middle and width of the peers' stabilised counts. Width: 1.4826 × the median absolute deviation (Iglewicz and Hoaglin 1993); where more than half
 * of the peers are equal, so that it is 0, 1.2533 × the mean absolute deviation; never below 1, which is what chance alone gives.
 */
export function spread(values: readonly number[]): Spread {
	const middle = median(values);
	const deviations = values.map((value) => Math.abs(value - middle));
	const mad = 1.4826 * median(deviations);
	if (mad > 1) return { median: middle, scale: mad, by: 'mad' };
	const mean = (1.2533 * deviations.reduce((sum, value) => sum + value, 0)) / Math.max(1, values.length);
	if (mad === 0 && mean > 1) return { median: middle, scale: mean, by: 'meanDeviation' };
	return { median: middle, scale: 1, by: 'chance' };
}

/** Exponentially weighted moving average of a series, from 0 on (Roberts 1959). */
export function ewma(series: readonly number[], weight: number): number[] {
	let average = 0;
	return series.map((value) => (average = weight * value + (1 - weight) * average));
}

/** Chance that a normal value lies above z (Abramowitz and Stegun 26.2.17 up to 6; the asymptotic 26.2.12 beyond). */
export function upperTail(z: number): number {
	if (z < 0) return 1 - upperTail(-z);
	const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
	if (z > 6) return (density / z) * (1 - 1 / z ** 2 + 3 / z ** 4);
	const t = 1 / (1 + 0.2316419 * z);
	const sum =
		t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
	return density * sum;
}

/**
 * Each p-value as the smallest share of false discoveries at which it would still be reported (Benjamini and Hochberg 1995), in the
 * given order. Holds for signals that go together, as one person's do, too (Benjamini and Yekutieli 2001, theorem 1.2).
 */
export function falseDiscoveryRates(chances: readonly number[]): number[] {
	const order = chances.map((chance, index) => ({ chance, index })).sort((a, b) => b.chance - a.chance);
	const rates = new Array<number>(chances.length).fill(1);
	let least = 1;
	order.forEach(({ chance, index }, position) => {
		least = Math.min(least, (chance * chances.length) / (chances.length - position));
		rates[index] = least;
	});
	return rates;
}
