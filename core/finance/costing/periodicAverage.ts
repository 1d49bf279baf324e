import Big from 'big.js';

import { periodContaining, type FiscalCalendar } from '../calendar/fiscalCalendar';
import { InventoryAccount, type Posting } from './inventoryAccount';
import { byItemAndSite, type StockMovement, type ValuedMovement } from './stockMovement';

/**
 * The periodic weighted average: one cost for each item, site and fiscal period, from what was there at its beginning and what was
 * received in it. Everything that leaves in the period goes at that cost, whatever came before or after it within the period.
 * - Goods from the customer come back at the period's cost.
 * - A price correction belongs to the period of its date; what concerns goods that left in earlier periods goes to the cost of goods sold.
 * - When nothing is there to make an average of, the last known cost holds. The receipt that covers a negative stock corrects it.
 * Ask `movementProblems` first. Throws RangeError for a date in no period of the calendar.
 */
export function periodicAverage(
	movements: StockMovement[],
	calendar: FiscalCalendar,
	currency: string,
): ValuedMovement[] {
	const periodOf = ({ key, date }: StockMovement) => {
		const period = periodContaining(calendar, date);
		if (period === undefined)
			throw new RangeError(`Movement "${key}": ${date} is in no period of the calendar "${calendar.name}".`);
		return period.key;
	};
	return byItemAndSite(movements).flatMap((group) => {
		const account = new InventoryAccount(currency);
		const received = new Map<string, Big>();
		return [...Map.groupBy(group, periodOf).values()].flatMap((period) =>
			valuePeriod(period, account, received),
		);
	});
}

/** Receipts and corrections come first, then what leaves; the result is in the order in which it happened. */
function valuePeriod(
	period: StockMovement[],
	account: InventoryAccount,
	received: Map<string, Big>,
): ValuedMovement[] {
	const opening = account.balance();
	const posted = new Map<string, Posting>();
	for (const movement of period) {
		if (movement.kind !== 'receipt') continue;
		const quantity = new Big(movement.quantity);
		received.set(movement.key, quantity);
		posted.set(movement.key, account.receive(quantity, account.round(new Big(movement.amount))));
	}
	for (const movement of period) {
		if (movement.kind !== 'priceCorrection') continue;
		const of = received.get(movement.of) ?? new Big('1');
		posted.set(movement.key, account.correct(of, account.round(new Big(movement.amount))));
	}
	const { unitCost } = account;
	for (const movement of period) {
		if (movement.kind === 'receipt' || movement.kind === 'priceCorrection') continue;
		const quantity = new Big(movement.quantity);
		posted.set(
			movement.key,
			movement.kind === 'customerReturn'
				? account.receive(quantity, account.round(unitCost.times(quantity)))
				: account.issue(quantity, unitCost),
		);
	}
	const balance = { ...opening };
	return period.flatMap((movement) => {
		const posting = posted.get(movement.key);
		if (posting === undefined) return [];
		balance.onHand = balance.onHand.plus(posting.quantity);
		balance.value = balance.value.plus(posting.amount);
		return [account.record(movement, posting, balance)];
	});
}
