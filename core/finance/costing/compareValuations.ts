import Big from 'big.js';

import type { Decimal } from '../../model/decimal';
import { periodContaining, type FiscalCalendar } from '../calendar/fiscalCalendar';
import type { ValuedMovement } from './stockMovement';

export interface MovementDifference {
	key: string;
	item: string;
	site: string;
	/** what the movement costs the inventory account by each method, and the second less the first */
	first: Decimal;
	second: Decimal;
	difference: Decimal;
}

export interface PeriodDifference {
	/** key of the fiscal period */
	period: string;
	item: string;
	site: string;
	/** cost of what left in the period, adjustments among it, by each method, and the second less the first */
	first: Decimal;
	second: Decimal;
	difference: Decimal;
}

/**
 * Why two valuations of the same movements disagree: movement by movement, without those that agree, and as one figure for each period, item
 * and site. Both must hold the same movements.
 */
export function compareValuations(
	first: ValuedMovement[],
	second: ValuedMovement[],
	calendar: FiscalCalendar,
): { movements: MovementDifference[]; periods: PeriodDifference[] } {
	const others = new Map(second.map((movement) => [movement.key, movement]));
	const movements: MovementDifference[] = [];
	const periods = new Map<
		string,
		{ first: Big; second: Big; named: Omit<PeriodDifference, 'first' | 'second' | 'difference'> }
	>();
	let places = 0;
	for (const one of first) {
		const other = others.get(one.key);
		if (other === undefined) continue;
		const { key, item, site, date } = one;
		places = Math.max(places, one.amount.split('.')[1]?.length ?? 0);
		const difference = new Big(other.amount).minus(one.amount);
		if (!difference.eq('0'))
			movements.push({
				key,
				item,
				site,
				first: one.amount,
				second: other.amount,
				difference: difference.toFixed(places),
			});
		const period = periodContaining(calendar, date)?.key ?? '';
		const id = JSON.stringify([period, item, site]);
		const sums = periods.get(id) ?? {
			first: new Big('0'),
			second: new Big('0'),
			named: { period, item, site },
		};
		sums.first = sums.first.plus(costOf(one));
		sums.second = sums.second.plus(costOf(other));
		periods.set(id, sums);
	}
	return {
		movements,
		periods: [...periods.values()].map(({ first: a, second: b, named }) => ({
			...named,
			first: a.toFixed(places),
			second: b.toFixed(places),
			difference: b.minus(a).toFixed(places),
		})),
	};
}

/** What a movement adds to the cost of goods sold. */
function costOf({ kind, amount, adjustment }: ValuedMovement): Big {
	const leaves = kind === 'issue' || kind === 'supplierReturn' || kind === 'customerReturn';
	return new Big(adjustment).minus(leaves ? amount : '0');
}
