import Big from 'big.js';

/** Places behind the point in intermediate results; amounts are rounded once, at the end. */
export const Exact = Big();
Exact.DP = 30;
Exact.strict = true;
export type Exact = Big;

export interface Depreciable {
	cost: Exact;
	residual: Exact;
}

const zero = new Exact('0');

/**
 * What goes in each step under the declining balance. A step is a year or, where it is the first or last one, a part of
 * it, so `steps` sum up to the life in years. Never below the residual value; the last step takes what is left.
 * `switches`: to the straight line over the rest of the life as soon as that gives more. This is Excel's VDB (without switch
 * DDB and, with a fixed rate, DB, but for the last step) and the half-year tables of IRS Publication 946, appendix A.
 */
export function decliningAmounts(
	{ cost, residual }: Depreciable,
	rate: Exact,
	steps: Exact[],
	switches: boolean,
): Exact[] {
	let carrying = cost;
	let yearsLeft = steps.reduce((sum, step) => sum.plus(step), zero);
	return steps.map((step, index) => {
		const left = carrying.minus(residual);
		const declining = carrying.times(rate).times(step);
		const straight = left.times(step).div(yearsLeft);
		let amount = switches && straight.gt(declining) ? straight : declining;
		amount = amount.gt(left) || index === steps.length - 1 ? left : shortened(amount);
		carrying = carrying.minus(amount);
		yearsLeft = yearsLeft.minus(step);
		return amount;
	});
}

/**
 * What goes in each year of the asset's own life under the sum of the years' digits (Excel's SYD): the first of n years gets n
 * parts, the last one part. A life that is no whole number of years ends in a part of a year, which counts as that part.
 */
export function sumOfYearsAmounts({ cost, residual }: Depreciable, years: Exact): Exact[] {
	const steps = lifeSteps(years);
	let left = years;
	const weights = steps.map((step) => {
		const weight = left.times(step);
		left = left.minus(step);
		return weight;
	});
	const sum = weights.reduce((total, weight) => total.plus(weight), zero);
	return weights.map((weight) => shortened(cost.minus(residual).times(weight).div(sum)));
}

/** Products of products would carry hundreds of digits along. */
function shortened(amount: Exact): Exact {
	return amount.round(Exact.DP);
}

/** Whole years, and what is left as the last step. */
export function lifeSteps(years: Exact): Exact[] {
	const whole = Number(years.round(0, Big.roundDown).toString());
	const rest = years.minus(new Exact(String(whole)));
	return [...Array.from({ length: whole }, () => new Exact('1')), ...(rest.gt(zero) ? [rest] : [])];
}

/** The yearly rate that brings the cost down to the residual value within the life, with three places as Excel's DB has it. */
export function fixedDecliningRate(cost: string, residual: string, years: number): string {
	return (1 - (Number(residual) / Number(cost)) ** (1 / years)).toFixed(3);
}
