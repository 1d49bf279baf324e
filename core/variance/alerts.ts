import Big from 'big.js';

import { normalise, type Decimal } from '../model/decimal';
import type { Finding, VarianceClass } from './finding';
import { formatted, money } from './reportFormat';
import { classWords, type ReportLanguage } from './words';

/**
 * What a limit is set to: the money at stake in all findings together, or in one of them; how many there are; the days that the oldest has been
 * open.
 */
export const alertMeasures = ['atStake', 'finding', 'findings', 'age'] as const;
export type AlertMeasure = (typeof alertMeasures)[number];

export interface AlertThreshold {
	threshold: AlertMeasure;
	/** findings of this class only */
	class?: VarianceClass;
	/** an alert is what is above it */
	limit: Decimal;
}

/** A limit that was crossed. */
export interface Alert extends AlertThreshold {
	value: Decimal;
	/** the deal with the most money or the greatest age, where the limit is for one */
	key?: string[];
}

/** A finding, with what is known of it from the reports before. */
type WatchedFinding = Pick<Finding, 'key' | 'class' | 'pending' | 'atStake' | 'age'> & { state?: string };

/** Takes the findings in piece by piece, and tells which limits they crossed. What was accepted, or is not late yet, counts for none. */
export class AlertWatch {
	private readonly reached: Array<{ value: Big; key?: string[] }>;

	constructor(private readonly thresholds: AlertThreshold[]) {
		this.reached = thresholds.map(() => ({ value: new Big('0') }));
	}

	add(findings: WatchedFinding[]): void {
		if (this.thresholds.length === 0) return;
		for (const finding of findings) {
			if (finding.pending || finding.state === 'accepted') continue;
			for (const [index, { threshold, class: only }] of this.thresholds.entries()) {
				const before = this.reached[index];
				if (before === undefined || (only !== undefined && only !== finding.class)) continue;
				this.reached[index] = next(threshold, before, finding);
			}
		}
	}

	/** In the order of the thresholds. */
	crossed(): Alert[] {
		return this.thresholds.flatMap((threshold, index) => {
			const reached = this.reached[index];
			if (reached === undefined || !reached.value.gt(threshold.limit)) return [];
			const { value, key } = reached;
			return [{ ...threshold, value: normalise(value.toFixed()), ...(key === undefined ? {} : { key }) }];
		});
	}
}

function next(
	threshold: AlertMeasure,
	before: { value: Big; key?: string[] },
	{ key, atStake, age }: WatchedFinding,
): { value: Big; key?: string[] } {
	const { value } = before;
	if (threshold === 'atStake') return { value: value.plus(atStake) };
	if (threshold === 'findings') return { value: value.plus('1') };
	const own = new Big(threshold === 'age' ? String(age ?? 0) : atStake);
	return own.gt(value) ? { value: own, key } : before;
}

/** What was crossed, in one sentence for people; `currency` is the reporting currency. */
export function explainAlert(alert: Alert, currency: string, language: ReportLanguage): string {
	const { threshold, class: only, key } = alert;
	const zh = language === 'zh-CN';
	const [value, limit] = [alert.value, alert.limit].map((number) =>
		threshold === 'atStake' || threshold === 'finding' ? money(number, currency) : formatted(number, 0),
	);
	const kind = only === undefined ? '' : classWords[language][only].name;
	const deal = key === undefined ? '' : key.join(' / ');
	switch (threshold) {
		case 'atStake':
			return zh
				? `${kind}涉及金额合计 ${value}，超过限额 ${limit}`
				: `${kind === '' ? '' : `${kind}: `}${value} at stake in all, above ${limit}`;
		case 'finding':
			return zh
				? `${deal} ${kind}涉及金额 ${value}，超过单笔限额 ${limit}`
				: `${deal}${kind === '' ? '' : ` (${kind})`}: ${value} at stake, above ${limit} for one`;
		case 'findings':
			return zh
				? `${kind}差异 ${value} 笔，超过 ${limit} 笔`
				: `${value} ${alert.value === '1' ? 'difference' : 'differences'}${kind === '' ? '' : ` of class ${kind}`}, more than ${limit}`;
		case 'age':
			return zh
				? `${deal} ${kind}已 ${value} 天，超过 ${limit} 天`
				: `${deal}${kind === '' ? '' : ` (${kind})`}: ${value} days old, more than ${limit}`;
	}
}
