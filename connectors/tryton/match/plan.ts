import { compare, isZero, subtract, type Decimal } from '../../../core/model/decimal';
import { isOpen, requestedOf, sequenceOf, type Shipment } from '../shipments';
import { conflict } from './errors';

/** What an order wants, by product and in base units, and what its shipments are. */
export interface ShipmentRequest {
	system: string;
	order: string;
	sequence: number;
	wanted: Map<number, Decimal>;
	shipments: Shipment[];
	/** the user that the bridge works as in Tryton */
	user: number;
}

export type ShipmentPlan =
	/** nothing to change: the shipments answer a newer sequence, or there is none and none is needed */
	(
		| { kind: 'leave' }
		| { kind: 'create'; wanted: Map<number, Decimal> }
		/** the open shipment asks for just what is wanted; it may still have to be reserved */
		| { kind: 'keep'; shipment: Shipment }
		| { kind: 'edit'; shipment: Shipment; wanted: Map<number, Decimal> }
		| { kind: 'cancel'; shipment: Shipment }
	) & { orphans: Shipment[] };

/**
 * Which single change makes the order's shipments ask for what is wanted. What has been picked, packed or shipped stands: it
 * counts towards what is wanted, and to want less than that is a conflict for people to settle. So are two open
 * shipments, except where one is our own that never got further than being made (`orphans`).
 */
export function planShipment(request: ShipmentRequest): ShipmentPlan {
	const { system, order, sequence, shipments, user } = request;
	if ((sequenceOf(shipments) ?? -1) > sequence) return { kind: 'leave', orphans: [] };
	const { shipment, orphans, rivals } = chooseOpen(shipments.filter(isOpen), user);
	if (rivals.length > 0) {
		throw conflict({
			system,
			order,
			problem: `has ${rivals.length} open shipments, ${rivals.map(({ number }) => number).join(' and ')}`,
			hint: 'Cancel all but one of them in the warehouse.',
		});
	}
	const rest = wantedBeyond(request);
	if (shipment === undefined) {
		return rest.size === 0 ? { kind: 'leave', orphans } : { kind: 'create', wanted: rest, orphans };
	}
	if (rest.size === 0) return { kind: 'cancel', shipment, orphans };
	if (equal(requestedOf(shipment), rest)) return { kind: 'keep', shipment, orphans };
	return { kind: 'edit', shipment, wanted: rest, orphans };
}

/** What is wanted beyond the goods that the warehouse has picked or shipped already. */
function wantedBeyond({ system, order, wanted, shipments }: ShipmentRequest): Map<number, Decimal> {
	const rest = new Map(wanted);
	for (const shipment of shipments) {
		if (isOpen(shipment) || shipment.state === 'cancelled') continue;
		for (const [product, quantity] of requestedOf(shipment)) {
			const left = subtract(rest.get(product) ?? '0', quantity);
			if (compare(left, '0') < 0) {
				throw conflict({
					system,
					order,
					problem: `has shipment ${shipment.number}, already ${shipment.state} with more than the order still wants`,
					hint: 'Take the goods back in the warehouse: cancel the shipment, or make a return.',
				});
			}
			rest.set(product, left);
		}
	}
	return withoutZeros(rest);
}

/**
 * A call that made a shipment may be carried out after we gave up waiting for it. Such a shipment is a draft of our own user
 * without a note, and gives way to one that got further, or to an older one.
 */
function chooseOpen(
	open: Shipment[],
	user: number,
): { shipment: Shipment | undefined; orphans: Shipment[]; rivals: Shipment[] } {
	const isAbandoned = ({ state, createdBy, note }: Shipment) =>
		state === 'draft' && createdBy === user && note === undefined;
	const settled = open.filter((shipment) => !isAbandoned(shipment));
	const abandoned = open.filter(isAbandoned);
	if (settled.length > 1) return { shipment: undefined, orphans: [], rivals: settled };
	const [shipment = abandoned[0]] = settled;
	return { shipment, orphans: abandoned.filter((one) => one !== shipment), rivals: [] };
}

function equal(a: Map<number, Decimal>, b: Map<number, Decimal>): boolean {
	const present = [...withoutZeros(a)];
	return (
		present.length === b.size &&
		present.every(([product, quantity]) => compare(b.get(product) ?? '0', quantity) === 0)
	);
}

function withoutZeros(quantities: Map<number, Decimal>): Map<number, Decimal> {
	return new Map([...quantities].filter(([, quantity]) => !isZero(quantity)));
}
