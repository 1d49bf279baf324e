import type { FiscalCalendar } from '../calendar/fiscalCalendar';
import { InventoryAccount, quantityOf, type Posting } from './inventoryAccount';
import { periodFinder } from './periodFinder';
import { byItemAndSite, referredTo, type StockMovement, type ValuedMovement } from './stockMovement';

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
	const find = periodFinder(calendar);
	const periodOf = ({ key, date }: StockMovement) => {
		const period = find(date);
		if (period === undefined)
			throw new RangeError(`Movement "${key}": ${date} is in no period of the calendar "${calendar.name}".`);
		return period.key;
	};
	const wanted = referredTo(movements);
	const valued: ValuedMovement[] = [];
	for (const group of byItemAndSite(movements)) {
		const account = new InventoryAccount(currency);
		/** quantities of receipts that a correction refers to */
		const received = new Map<string, bigint>();
		for (let from = 0; from < group.length; ) {
			const first = group[from];
			if (first === undefined) break;
			const period = periodOf(first);
			let to = from + 1;
			for (let next = group[to]; next !== undefined && periodOf(next) === period; next = group[to]) to += 1;
			const inPeriod = group.slice(from, to);
			for (const movement of inPeriod)
				if (movement.kind === 'receipt' && wanted.has(movement.key))
					received.set(movement.key, quantityOf(movement.quantity));
			valuePeriod(inPeriod, account, received, valued);
			from = to;
		}
	}
	return valued;
}

/** Receipts and corrections come first, then what leaves; the result is in the order in which it happened. */
function valuePeriod(
	period: StockMovement[],
	account: InventoryAccount,
	received: Map<string, bigint>,
	valued: ValuedMovement[],
): void {
	const balance = account.balance();
	const postings = period.map((movement): Posting | undefined =>
		movement.kind === 'receipt'
			? account.receive(quantityOf(movement.quantity), account.money(movement.amount))
			: undefined,
	);
	for (const [index, movement] of period.entries())
		if (movement.kind === 'priceCorrection') {
			const of = received.get(movement.of) ?? quantityOf('1');
			postings[index] = account.correct(of, account.money(movement.amount));
		}
	const { unitCost } = account;
	for (const [index, movement] of period.entries()) {
		let posting = postings[index];
		if (posting === undefined && 'quantity' in movement) {
			const quantity = quantityOf(movement.quantity);
			posting =
				movement.kind === 'customerReturn'
					? account.receive(quantity, account.cost(quantity, unitCost))
					: account.issue(quantity, unitCost);
		}
		if (posting === undefined) continue;
		balance.onHand += posting.quantity;
		balance.value += posting.amount;
		valued.push(account.record(movement, posting, balance));
	}
}
