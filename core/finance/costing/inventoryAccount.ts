import type { Decimal } from '../../model/decimal';
import { minorUnits } from '../../model/money';
import { decimalPlaces, divideHalfEven, scaled, trimmed, unscaled } from './fixedPoint';
import type { StockMovement, ValuedMovement } from './stockMovement';

/** A quantity, in the last place that a decimal may have. */
type Quantity = bigint;
/** An amount, in the currency's minor unit. */
type Amount = bigint;

/** What one unit costs, exactly: so much for so many. */
export interface UnitCost {
	amount: Amount;
	quantity: Quantity;
}

/** What a movement does: to the quantity, to the inventory account and, beside that, to the cost of goods sold. */
export interface Posting {
	quantity: Quantity;
	amount: Amount;
	adjustment: Amount;
}

export interface Balance {
	onHand: Quantity;
	value: Amount;
}

export function quantityOf(value: Decimal): Quantity {
	return scaled(value, decimalPlaces);
}

/** Quantity and value of one item at one site. The value is the sum of rounded amounts, so it agrees with the ledger to the cent. */
export class InventoryAccount {
	onHand: Quantity = 0n;
	value: Amount = 0n;
	/** as it was last known; kept while nothing is on hand */
	unitCost: UnitCost = { amount: 0n, quantity: 1n };
	private readonly places: number;
	private readonly finest: bigint;

	constructor(currency: string) {
		this.places = minorUnits(currency);
		this.finest = 10n ** BigInt(decimalPlaces - this.places);
	}

	/** An amount in the currency's minor unit, half to even. */
	money(amount: Decimal): Amount {
		const point = amount.indexOf('.');
		if (point < 0 || amount.length - point - 1 <= this.places) return scaled(amount, this.places);
		return divideHalfEven(scaled(amount, decimalPlaces), this.finest);
	}

	cost(quantity: Quantity, unitCost: UnitCost): Amount {
		return divideHalfEven(unitCost.amount * quantity, unitCost.quantity);
	}

	/**
	 * Goods come in for `amount`. What covers goods that left before they came was issued at a guess: the difference to what they
	 * really cost is the adjustment, and leaves at once.
	 */
	receive(quantity: Quantity, amount: Amount): Posting {
		let adjustment = 0n;
		if (this.onHand < 0n) {
			const covered = least(-this.onHand, quantity);
			// amount * covered / quantity, less value * covered / onHand
			adjustment = divideHalfEven(
				covered * (amount * this.onHand - this.value * quantity),
				quantity * this.onHand,
			);
		}
		this.onHand += quantity;
		this.value += amount - adjustment;
		this.unitCost = this.onHand > 0n ? { amount: this.value, quantity: this.onHand } : { amount, quantity };
		return { quantity, amount: amount - adjustment, adjustment };
	}

	/** Goods leave at a cost of one unit. The last unit takes what is left of the value, so nothing stays on an empty account. */
	issue(quantity: Quantity, unitCost = this.unitCost): Posting {
		const amount = this.onHand === quantity ? this.value : this.cost(quantity, unitCost);
		this.onHand -= quantity;
		this.value -= amount;
		return { quantity: -quantity, amount: -amount, adjustment: 0n };
	}

	/** A receipt of `quantity` costs more or less than posted: what is still on hand of that quantity bears its part, the rest has left. */
	correct(quantity: Quantity, difference: Amount): Posting {
		const left = this.onHand <= 0n ? 0n : least(this.onHand, quantity);
		const amount = divideHalfEven(difference * left, quantity);
		this.value += amount;
		if (this.onHand > 0n) this.unitCost = { amount: this.value, quantity: this.onHand };
		return { quantity: 0n, amount, adjustment: difference - amount };
	}

	balance(): Balance {
		return { onHand: this.onHand, value: this.value };
	}

	record(
		{ key, kind, item, site, date }: StockMovement,
		{ amount, adjustment }: Posting,
		{ onHand, value }: Balance = this,
	): ValuedMovement {
		return {
			key,
			kind,
			item,
			site,
			date,
			amount: unscaled(amount, this.places),
			adjustment: unscaled(adjustment, this.places),
			onHand: trimmed(onHand, decimalPlaces),
			value: unscaled(value, this.places),
		};
	}
}

function least(a: bigint, b: bigint): bigint {
	return a < b ? a : b;
}
