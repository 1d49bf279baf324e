import { InventoryAccount, quantityOf, type UnitCost } from './inventoryAccount';
import { byItemAndSite, referredTo, type StockMovement, type ValuedMovement } from './stockMovement';

/**
 * The perpetual moving average: each receipt makes a new average, each issue goes at the average of its moment.
 * - Goods to the supplier leave at the average; what the credit note differs from it is a matter of the invoice.
 * - Goods from the customer come back at the cost at which they went, or at the average when that is not known.
 * - An issue without stock goes at the last known cost. The receipt that covers it corrects that.
 * - A backdated movement is valued in its place in time; `compareValuations` shows what that changes.
 * Ask `movementProblems` first.
 */
export function movingAverage(movements: StockMovement[], currency: string): ValuedMovement[] {
	const wanted = referredTo(movements);
	const valued: ValuedMovement[] = [];
	for (const group of byItemAndSite(movements)) {
		const account = new InventoryAccount(currency);
		/** of receipts and issues that a later movement refers to */
		const costs = new Map<string, UnitCost>();
		for (const movement of group) {
			const posting = post(account, movement, costs);
			if (wanted.has(movement.key) && 'quantity' in movement)
				costs.set(movement.key, {
					amount: posting.amount < 0n ? -posting.amount : posting.amount,
					quantity: quantityOf(movement.quantity),
				});
			valued.push(account.record(movement, posting));
		}
	}
	return valued;
}

function post(account: InventoryAccount, movement: StockMovement, costs: Map<string, UnitCost>) {
	switch (movement.kind) {
		case 'receipt':
			return account.receive(quantityOf(movement.quantity), account.money(movement.amount));
		case 'issue':
		case 'supplierReturn':
			return account.issue(quantityOf(movement.quantity));
		case 'customerReturn': {
			const quantity = quantityOf(movement.quantity);
			const cost = costs.get(movement.of ?? '') ?? account.unitCost;
			return account.receive(quantity, account.cost(quantity, cost));
		}
		case 'priceCorrection': {
			const of = costs.get(movement.of)?.quantity ?? quantityOf('1');
			return account.correct(of, account.money(movement.amount));
		}
	}
}
