import Big from 'big.js';

import { minorUnits } from '../../model/money';
import type { StockMovement, ValuedMovement } from './stockMovement';

const zero = new Big('0');

/** What a movement does: to the quantity, to the inventory account and, beside that, to the cost of goods sold. */
export interface Posting {
	quantity: Big;
	amount: Big;
	adjustment: Big;
}

/** Quantity and value of one item at one site. The value is the sum of rounded amounts, so it agrees with the ledger to the cent. */
export class InventoryAccount {
	onHand = zero;
	value = zero;
	/** of one unit, as it was last known; kept while nothing is on hand */
	unitCost = zero;
	private readonly places: number;

	constructor(currency: string) {
		this.places = minorUnits(currency);
	}

	round(amount: Big): Big {
		return amount.round(this.places, Big.roundHalfEven);
	}

	/**
	 * Goods come in for `amount`. What covers goods that left before they came was issued at a guess: the difference to what they
	 * really cost is the adjustment, and leaves at once.
	 */
	receive(quantity: Big, amount: Big): Posting {
		const covered = this.onHand.gte(zero) ? zero : least(this.onHand.times('-1'), quantity);
		const guessed = covered.eq(zero) ? zero : share(this.value, covered, this.onHand.times('-1')).times('-1');
		const real = covered.eq(quantity) ? amount : share(amount, covered, quantity);
		const adjustment = this.round(real.minus(guessed));
		this.onHand = this.onHand.plus(quantity);
		this.value = this.value.plus(amount).minus(adjustment);
		if (this.onHand.gt(zero)) this.unitCost = this.value.div(this.onHand);
		else this.unitCost = amount.div(quantity);
		return { quantity, amount: amount.minus(adjustment), adjustment };
	}

	/** Goods leave at a cost of one unit. The last unit takes what is left of the value, so nothing stays on an empty account. */
	issue(quantity: Big, unitCost = this.unitCost): Posting {
		const empties = this.onHand.eq(quantity);
		const amount = empties ? this.value : this.round(unitCost.times(quantity));
		this.onHand = this.onHand.minus(quantity);
		this.value = this.value.minus(amount);
		return { quantity: quantity.times('-1'), amount: amount.times('-1'), adjustment: zero };
	}

	/** A receipt of `quantity` costs more or less than posted: what is still on hand of that quantity bears its part, the rest has left. */
	correct(quantity: Big, difference: Big): Posting {
		const left = this.onHand.lte(zero) ? zero : least(this.onHand, quantity);
		const amount = this.round(share(difference, left, quantity));
		this.value = this.value.plus(amount);
		if (this.onHand.gt(zero)) this.unitCost = this.value.div(this.onHand);
		return { quantity: zero, amount, adjustment: difference.minus(amount) };
	}

	balance(): { onHand: Big; value: Big } {
		return { onHand: this.onHand, value: this.value };
	}

	record(
		{ key, kind, item, site, date }: StockMovement,
		{ amount, adjustment }: Posting,
		{ onHand, value } = this.balance(),
	): ValuedMovement {
		return {
			key,
			kind,
			item,
			site,
			date,
			amount: amount.toFixed(this.places),
			adjustment: adjustment.toFixed(this.places),
			onHand: onHand.toFixed(),
			value: value.toFixed(this.places),
		};
	}
}

function share(amount: Big, part: Big, whole: Big): Big {
	return part.eq(zero) ? zero : amount.times(part).div(whole);
}

function least(a: Big, b: Big): Big {
	return a.lt(b) ? a : b;
}
