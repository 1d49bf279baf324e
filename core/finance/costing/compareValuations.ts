import type { Decimal } from '../../model/decimal';
import type { FiscalCalendar } from '../calendar/fiscalCalendar';
import { scaled, unscaled } from './fixedPoint';
import { periodFinder } from './periodFinder';
import type { StockMovement, ValuedMovement } from './stockMovement';

export interface MovementDifference {
	key: string;
	kind: StockMovement['kind'];
	item: string;
	site: string;
	date: string;
	/** what the movement does to the inventory account by each method, and the second less the first */
	first: Decimal;
	second: Decimal;
	difference: Decimal;
	/** why the moving average and the periodic one disagree on it */
	reason: string;
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
	/** movements that make the difference, by key */
	keys: string[];
}

const reasons: Record<StockMovement['kind'], string> = {
	receipt:
		'It covered goods that had left before it came, and they had left at another cost by each of the two methods.',
	issue:
		'It left at the average of its moment; the one cost of the period also counts what was received after it.',
	supplierReturn:
		'It went back at the average of its moment; the one cost of the period also counts what was received after it.',
	customerReturn:
		'It came back at the cost at which it had gone; the period takes it back at its own one cost.',
	priceCorrection:
		'The moving average lets the stock of its moment bear it; the period counts it before anything leaves.',
};

interface Sums {
	first: bigint;
	second: bigint;
	keys: string[];
	named: { period: string; item: string; site: string };
}

/**
 * Why the moving average (first) and the periodic average (second) of the same movements disagree: movement by movement, without
 * those that agree, and as one figure for each period, item and site. Both must hold the same movements.
 */
export function compareValuations(
	first: ValuedMovement[],
	second: ValuedMovement[],
	calendar: FiscalCalendar,
): { movements: MovementDifference[]; periods: PeriodDifference[] } {
	const find = periodFinder(calendar);
	const places = first[0]?.amount.split('.')[1]?.length ?? 0;
	const movements: MovementDifference[] = [];
	const periods = new Map<string, Sums>();
	let others: Map<string, ValuedMovement> | undefined;
	for (const [index, one] of first.entries()) {
		const { key, kind, item, site, date } = one;
		let other = second[index];
		// Both are in the same order unless somebody has sorted one of them.
		if (other?.key !== key) other = (others ??= byKey(second)).get(key);
		if (other === undefined) continue;
		const period = find(date)?.key ?? '';
		const id = `${period}\n${item}\n${site}`;
		let sums = periods.get(id);
		if (sums === undefined) {
			sums = { first: 0n, second: 0n, keys: [], named: { period, item, site } };
			periods.set(id, sums);
		}
		sums.first += costOf(one, places);
		sums.second += costOf(other, places);
		if (one.amount === other.amount) continue;
		sums.keys.push(key);
		const difference = scaled(other.amount, places) - scaled(one.amount, places);
		movements.push({
			key,
			kind,
			item,
			site,
			date,
			first: one.amount,
			second: other.amount,
			difference: unscaled(difference, places),
			reason: reasons[kind],
		});
	}
	return {
		movements,
		periods: [...periods.values()].map(({ first: a, second: b, keys, named }) => ({
			...named,
			first: unscaled(a, places),
			second: unscaled(b, places),
			difference: unscaled(b - a, places),
			keys,
		})),
	};
}

function byKey(movements: ValuedMovement[]): Map<string, ValuedMovement> {
	return new Map(movements.map((movement) => [movement.key, movement]));
}

/** What a movement adds to the cost of goods sold. */
function costOf({ kind, amount, adjustment }: ValuedMovement, places: number): bigint {
	const leaves = kind === 'issue' || kind === 'supplierReturn' || kind === 'customerReturn';
	return scaled(adjustment, places) - (leaves ? scaled(amount, places) : 0n);
}
