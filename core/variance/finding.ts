/** Classes of differences, the gravest first: a deal with several gets the first that fits, and names the others. */
export const varianceClasses = [
	'ambiguous',
	'duplicate',
	'missing',
	'unbalanced',
	'quantity',
	'price',
	'rate',
	'tax',
	'costing',
	'amount',
	'rounding',
	'period',
	'dimension',
] as const;
export type VarianceClass = (typeof varianceClasses)[number];

/** What one side says of a deal: the sum of its lines. Decimals are exact and without trailing zeros. */
export interface SideFigures {
	lines: number;
	quantity?: string;
	/** lowest and highest price among the lines */
	price?: { low: string; high: string };
	amount?: string;
	tax?: string;
	currency?: string;
	rate?: string;
	cost?: string;
	/** debit less credit */
	balance?: string;
	firstDate?: string;
	lastDate?: string;
	document?: string;
	/** lines with an empty dimension */
	withoutDimension?: number;
}

/** One deal on which the sides differ. */
export interface Finding {
	/** the match key's parts, as they were compared */
	key: string[];
	class: VarianceClass;
	/** other classes that fit too */
	also: VarianceClass[];
	/** no fault yet: the counterpart is not late */
	pending: boolean;
	/** in the reporting currency; never negative */
	atStake: string;
	/** the earliest date among the sides */
	since?: string;
	/** days from `since` to the day of the report */
	age?: number;
	partner?: string;
	owner?: string;
	/** fiscal periods of the first and the last date */
	periods?: { first: string; last: string };
	/** by the side's name; a side that has nothing is not there */
	sides: Record<string, SideFigures>;
	/** amount of each side less that of the first, in the reporting currency */
	differences: Record<string, string>;
}

/** What a comparison comes to. Lines of each side: `matched + different + ambiguous + pending = lines`. */
export interface VarianceSummary {
	name: string;
	asOf: string;
	currency: string;
	deals: number;
	matched: number;
	different: number;
	ambiguous: number;
	pending: number;
	/** money at stake in all findings that are not pending */
	atStake: string;
	classes: Record<VarianceClass, { findings: number; atStake: string }>;
	sides: SideSummary[];
}

export interface SideSummary {
	name: string;
	lines: number;
	matched: number;
	different: number;
	ambiguous: number;
	pending: number;
	/** sum of all amounts, in the reporting currency */
	amount: string;
	/** `amount` less that of the first side */
	difference: string;
	/** the part of `difference` that lies within tolerances, in matched deals */
	withinTolerance: string;
	/** the part of `difference` that the findings explain */
	inFindings: string;
}
