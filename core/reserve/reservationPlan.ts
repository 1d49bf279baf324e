import { add, compare, isZero, normalise, scaleExactly, type Decimal } from '../model/decimal';
import type { Item } from '../model/item';
import type { Reservation } from '../model/reservation';
import type { SalesOrder, SalesOrderLine } from '../model/salesOrder';
import { ValidationError, type BridgeError } from '../ports/errors';
import type { ReservationMatch } from '../ports/systemConnector';

export interface ReservationRequest {
	order: SalesOrder;
	/** the order's sequence in its system; a lower one is an older state */
	sequence: number;
	allowPartial: boolean;
}

export type ReservationPlan =
	/** make the warehouse hold this */
	| { kind: 'match'; match: ReservationMatch; expectedVersion?: string }
	/** it holds that already */
	| { kind: 'unchanged' }
	/** it holds what a newer state of the order asked for */
	| { kind: 'stale' };

/**
 * What the warehouse should hold for the order as it now is, against what it holds. A confirmed order asks for all its
 * lines, a draft or cancelled one for nothing; a done one is left as it is. Pure: the same input gives the same plan, and a plan
 * that was carried out is followed by "unchanged".
 */
export function planReservation(
	request: ReservationRequest,
	items: Map<string, Item | BridgeError>,
	current: Reservation | undefined,
): ReservationPlan {
	const { order, sequence, allowPartial } = request;
	if (current !== undefined && current.sequence > sequence) return { kind: 'stale' };
	if (order.state === 'done') return { kind: 'unchanged' };
	const lines = order.state === 'confirmed' ? wantedByItem(order, items) : [];
	const wanted = new Map(lines.map(({ item, quantity }) => [item, quantity]));
	if (current === undefined && wanted.size === 0) return { kind: 'unchanged' };
	if (current !== undefined && holdsExactly(current, wanted)) return { kind: 'unchanged' };
	return {
		kind: 'match',
		match: { sequence, allowPartial, lines },
		...(current === undefined ? {} : { expectedVersion: current.revision }),
	};
}

/** The order's lines in the warehouse's codes and base units, one entry an item. Throws the first line's error. */
export function wantedByItem(
	order: SalesOrder,
	items: Map<string, Item | BridgeError>,
): Array<{ item: string; quantity: Decimal }> {
	const totals = new Map<string, Decimal>();
	for (const line of order.lines) {
		if (isZero(line.quantity)) continue;
		const item = items.get(line.item.code);
		if (item === undefined) throw unknownItem(order, line);
		if (item instanceof Error) throw unresolvedItem(order, line, item);
		totals.set(item.code, add(totals.get(item.code) ?? '0', inBaseUnit(order, line, item)));
	}
	return [...totals].map(([item, quantity]) => ({ item, quantity: normalise(quantity) }));
}

/**
 * The line's quantity in the warehouse's base unit: by the warehouse's own conversion, or else by the one that the order's
 * system made. Where both exist they must agree; a carton of 10 here and of 12 there is a fault that a person has to mend.
 */
function inBaseUnit(order: SalesOrder, line: SalesOrderLine, item: Item): Decimal {
	const own = converted(order, line, line, item);
	const theirs =
		line.baseQuantity === undefined ? undefined : converted(order, line, line.baseQuantity, item);
	if (own !== undefined && theirs !== undefined && compare(own, theirs) !== 0) {
		throw lineError(
			order,
			line,
			`is ${line.quantity} ${line.unit}: ${theirs} ${item.baseUnit} for the ERP, but ${own} ${item.baseUnit} for the warehouse's item "${item.code}"`,
			'Make both systems convert the unit alike.',
		);
	}
	const quantity = own ?? theirs;
	if (quantity !== undefined) return quantity;
	const known = [item.baseUnit, ...item.units.map(({ unit }) => unit)].join(', ');
	throw lineError(
		order,
		line,
		`is in unit ${line.unit}, for which item "${item.code}" has no conversion (known: ${known})`,
		'Add the unit to the item in the warehouse, or correct the order line.',
	);
}

function converted(
	order: SalesOrder,
	line: SalesOrderLine,
	amount: { quantity: Decimal; unit: string },
	item: Item,
): Decimal | undefined {
	if (amount.unit === item.baseUnit) return amount.quantity;
	const conversion = item.units.find(({ unit }) => unit === amount.unit);
	if (conversion === undefined) return undefined;
	const quantity = scaleExactly(amount.quantity, conversion.numerator, conversion.denominator);
	if (quantity !== undefined) return quantity;
	throw lineError(
		order,
		line,
		`is ${amount.quantity} ${amount.unit}, which is no exact quantity in ${item.baseUnit}`,
		'Correct the order line or the conversion.',
	);
}

/** Held whole: requested and reserved are what is wanted. An open back order is never "exactly". */
function holdsExactly({ lines }: Reservation, wanted: Map<string, Decimal>): boolean {
	const held = lines.filter(({ requested, reserved }) => !isZero(requested) || !isZero(reserved));
	return (
		held.length === wanted.size &&
		held.every(({ item, requested, reserved }) => {
			const quantity = wanted.get(item);
			return (
				quantity !== undefined && compare(requested, quantity) === 0 && compare(reserved, quantity) === 0
			);
		})
	);
}

/** Why the line's item has no counterpart, said of the order that waits for it. */
function unresolvedItem(order: SalesOrder, line: SalesOrderLine, error: BridgeError): BridgeError {
	if (!(error instanceof ValidationError)) return error;
	return new ValidationError(`Order "${order.key}", line "${line.line}": ${error.message}`, error.subject);
}

function unknownItem(order: SalesOrder, line: SalesOrderLine): ValidationError {
	return lineError(
		order,
		line,
		`names item "${line.item.code}", which was not looked up`,
		'Report this as a defect.',
	);
}

function lineError(order: SalesOrder, line: SalesOrderLine, problem: string, hint: string): ValidationError {
	return new ValidationError(`Order "${order.key}", line "${line.line}" ${problem}. ${hint}`, {
		system: '',
		entity: 'salesOrder',
		key: order.key,
		hint,
	});
}
