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

/** How a finding stands among those of the reports before. One that is pending is no difference yet, so it is not kept. */
export type FindingState = 'new' | 'stillOpen' | 'accepted' | 'pending';

/** Somebody takes a difference as it is. It holds for the class and the figures that were accepted, and for no others. */
export interface Acceptance {
	acceptedBy: string;
	/** ISO 8601, UTC */
	acceptedAt: string;
	acceptanceReason: string;
	/** the last day on which it holds; for good when left out */
	acceptedUntil?: string;
}

/** A finding with what is known of it from the reports before. */
export interface CarriedFinding extends Finding, Partial<Acceptance> {
	/** of the key, for the state store */
	id: string;
	/** of class and figures: an acceptance holds while it stays */
	fingerprint: string;
	state: FindingState;
	/** the report day since which it has been there without a break */
	openSince?: string;
	/** what it was in the report before, when class or figures have changed since */
	before?: { class: VarianceClass; atStake: string };
	/** an acceptance that holds no longer, and why */
	acceptanceEnded?: Acceptance & { because: 'changed' | 'expired' };
}

/** A finding of the report before that is there no more. */
export interface SettledFinding extends Finding {
	id: string;
	state: 'settled';
	openSince: string;
	/** the day of the report that found it gone */
	settledOn: string;
	/** what the sides say now; empty when no side has the deal any more */
	sidesNow: Record<string, SideFigures>;
}

export interface CountAndMoney {
	findings: number;
	atStake: string;
}

/** What one report day came to. */
export interface TrendDay extends Record<'new' | 'stillOpen' | 'accepted' | 'settled', CountAndMoney> {
	day: string;
}

/** Why a comparison was not added to what is kept under its name. */
export type NotKept = 'laterDayKept' | 'futureDay' | 'tooManyFindings';

/** What is carried from one report to the next. */
export type CarriedOver =
	| { kept: false; because: NotKept; laterDay?: string }
	| {
			kept: true;
			/** the report day before; left out in the first report */
			previousDay?: string;
			/** the sides, their keys, how keys are levelled or the currency are others than before: all counts as new */
			restarted: boolean;
			/** something else of the definition is other than before, such as a tolerance */
			definitionChanged: boolean;
			states: Omit<TrendDay, 'day'>;
			/** up to 90 report days, the oldest first, this one included */
			trend: TrendDay[];
	  };

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
