import { compare, type Decimal } from './decimal';
import type { StockLevel } from './reservation';

/** A level that the stock of an item should not fall below. */
export interface StockThreshold {
	measure: 'available' | 'onHand';
	/** in the item's base unit */
	level: Decimal;
}

/** Stock that equals the level is not below it. */
export function isBelow(stock: StockLevel, { measure, level }: StockThreshold): boolean {
	return compare(stock[measure], level) < 0;
}
