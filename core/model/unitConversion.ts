import Big from 'big.js';

import { ValidationError } from '../ports/errors';
import { normalise, scaleExactly, type Decimal } from './decimal';
import type { Item, ItemUnit } from './item';

/** A quantity in one of an item's units. */
export interface UnitQuantity {
	quantity: Decimal;
	unit: string;
}

/**
 * The same quantity in another unit of the item, exact or not at all. Throws ValidationError when the item does not know one
 * of the units, or knows it twice with different factors, and when the result has no exact decimal within ten places.
 */
export function convertUnit(item: Item, from: UnitQuantity, to: string): UnitQuantity {
	const source = factorOf(item, from.unit);
	const target = factorOf(item, to);
	if (from.unit === to) return { quantity: normalise(from.quantity), unit: to };
	// One fraction, not a way over the base unit, which might not be exact although the result is.
	const numerator = times(source.numerator, target.denominator);
	const divided = scaleExactly(from.quantity, numerator, times(source.denominator, target.numerator));
	if (divided === undefined) {
		throw refused(
			item,
			`${from.quantity} ${from.unit} of item "${item.code}" can't be expressed exactly in ${to}.`,
			'Use a unit that divides it evenly, or correct the quantity.',
		);
	}
	return { quantity: divided, unit: to };
}

function factorOf(item: Item, unit: string): ItemUnit {
	const known = item.units.filter((one) => one.unit === unit);
	if (unit === item.baseUnit) known.push({ unit, numerator: '1', denominator: '1' });
	const [factor] = known;
	if (factor === undefined) {
		const units = [...new Set([item.baseUnit, ...item.units.map((one) => one.unit)])].join(', ');
		throw refused(
			item,
			`Item "${item.code}" has no conversion for unit ${unit} (known: ${units}).`,
			'Add the unit to the item, or use one that it has.',
		);
	}
	if (known.some((one) => !sameFactor(one, factor))) {
		throw refused(
			item,
			`Item "${item.code}" has unit ${unit} more than once, with different factors.`,
			'Leave one of them.',
		);
	}
	return factor;
}

function sameFactor(a: ItemUnit, b: ItemUnit): boolean {
	return times(a.numerator, b.denominator) === times(b.numerator, a.denominator);
}

function times(a: Decimal, b: Decimal): string {
	return new Big(a).times(b).toFixed();
}

function refused(item: Item, message: string, hint: string): ValidationError {
	return new ValidationError(`${message} ${hint}`, { system: 'n8n', entity: 'item', key: item.code, hint });
}
