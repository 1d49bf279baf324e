import Big from 'big.js';

import { add, isZero, type Decimal } from '../../../core/model/decimal';
import { ValidationError } from '../../../core/ports/errors';
import type { Items } from '../items';
import type { TrytonSession } from '../session';
import type { UnitCatalogue } from '../unitCatalogue';

export interface Ordered {
	session: TrytonSession;
	items: Items;
	units: UnitCatalogue;
}

/** What lines ask for, by product and in base units. Throws ValidationError naming the item that Tryton cannot take. */
export async function productsOf(
	{ session, items, units }: Ordered,
	entity: string,
	lines: Array<{ item: string; quantity: Decimal }>,
): Promise<Map<number, { unit: number; quantity: Decimal }>> {
	const products = await items.stockedWithCodes(lines.map(({ item }) => item));
	const known = await units.including(products.map(({ baseUnit }) => baseUnit));
	const wanted = new Map<number, { unit: number; quantity: Decimal }>();
	for (const { item, quantity } of lines) {
		const refuse = (problem: string, hint: string) =>
			new ValidationError(
				`The ${entity} for ${session.system} names item "${item}", ${problem}.`,
				session.about({ entity, hint }),
			);
		const [product, ...others] = products.filter(({ code }) => code === item);
		if (product === undefined)
			throw refuse('of which Tryton has no active product', 'Create it there, or correct the code.');
		if (others.length > 0)
			throw refuse('a code that several products have', 'Give each product in Tryton its own code.');
		if (product.type === 'service') throw refuse('which is a service and never in stock', 'Leave it out.');
		const unit = known.get(product.baseUnit);
		if (!new Big(quantity).round(unit?.digits ?? 0).eq(quantity)) {
			throw refuse(
				`${quantity} of it, finer than its unit "${unit?.name}" is counted`,
				'Correct the quantity, or the digits of the unit in Tryton.',
			);
		}
		if (isZero(quantity)) continue;
		wanted.set(product.id, {
			unit: product.baseUnit,
			quantity: add(wanted.get(product.id)?.quantity ?? '0', quantity),
		});
	}
	return wanted;
}
