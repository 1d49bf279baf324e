import Big from 'big.js';

import { InventoryAccount } from './inventoryAccount';
import { byItemAndSite, type StockMovement, type ValuedMovement } from './stockMovement';

/**
 * The perpetual moving average: each receipt makes a new average, each issue goes at the average of its moment.
 * - Goods to the supplier leave at the average; what the credit note differs from it is a matter of the invoice.
 * - Goods from the customer come back at the cost at which they went, or at the average when that is not known.
 * - An issue without stock goes at the last known cost. The receipt that covers it corrects that.
 * - A backdated movement is valued in its place in time; `compareValuations` shows what that changes.
 * Ask `movementProblems` first.
 */
export function movingAverage(movements: StockMovement[], currency: string): ValuedMovement[] {
	return byItemAndSite(movements).flatMap((group) => {
		const account = new InventoryAccount(currency);
		const received = new Map<string, Big>();
		const issuedAt = new Map<string, Big>();
		return group.map((movement) => {
			const quantity = new Big('quantity' in movement ? movement.quantity : '0');
			switch (movement.kind) {
				case 'receipt':
					received.set(movement.key, quantity);
					return account.record(movement, account.receive(quantity, account.round(new Big(movement.amount))));
				case 'issue':
				case 'supplierReturn': {
					const issued = account.issue(quantity);
					issuedAt.set(movement.key, issued.amount.times('-1').div(quantity));
					return account.record(movement, issued);
				}
				case 'customerReturn': {
					const cost = issuedAt.get(movement.of ?? '') ?? account.unitCost;
					return account.record(movement, account.receive(quantity, account.round(cost.times(quantity))));
				}
				case 'priceCorrection': {
					const of = received.get(movement.of) ?? new Big('1');
					return account.record(movement, account.correct(of, account.round(new Big(movement.amount))));
				}
			}
		});
	});
}
