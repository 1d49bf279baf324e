import { eventOf, type BridgeEvent, type EventChange } from '../../../core/events/event';
import type { Movement } from '../../../core/model/movement';
import type { Receipt } from '../../../core/model/receipt';
import type { Shipment } from '../../../core/model/shipment';
import type { WmsReceipt, WmsShipment, WmsStockMovement } from './documents';
import type { VersionedStock } from './stockLedger';

/** The name under which this warehouse is known in events and in the crosswalk. */
export const wmsSystem = 'sandbox-wms';

export function shipmentEvent(shipment: WmsShipment): BridgeEvent {
	const { id, order, status, version, changedAt, shippedAt, lines } = shipment;
	const record: Shipment = {
		key: id,
		order,
		state: status === 'open' ? 'draft' : status,
		...(shippedAt === null ? {} : { shippedAt }),
		changedAt,
		revision: String(version),
		lines: lines.map(({ sku, quantity }) => ({ line: sku, item: sku, quantity })),
	};
	return event('shipment', id, changeOf(shipment), version, record, changedAt);
}

export function receiptEvent(receipt: WmsReceipt): BridgeEvent {
	const { id, reference, status, version, changedAt, receivedAt, lines } = receipt;
	const record: Receipt = {
		key: id,
		...(reference === null ? {} : { order: reference }),
		state: status === 'open' ? 'draft' : status,
		...(receivedAt === null ? {} : { receivedAt }),
		changedAt,
		revision: String(version),
		lines: lines.map(({ sku, expected, received }) => ({
			line: sku,
			item: sku,
			quantity: status === 'received' ? received : expected,
		})),
	};
	return event('receipt', id, changeOf(receipt), version, record, changedAt);
}

/** A movement is made once and never changes. */
export function movementEvent({ id, sku, delta, cause, document, at }: WmsStockMovement): BridgeEvent {
	const record: Movement = {
		key: id,
		kind: cause === 'opening' ? 'adjustment' : cause,
		item: sku,
		quantity: delta,
		...(document === null ? {} : { reference: document }),
		...(cause === 'opening' ? { reason: 'opening stock' } : {}),
		occurredAt: at,
	};
	return event('movement', id, 'created', 1, record, at);
}

export function stockEvent({
	sku,
	version,
	changedAt,
	onHand,
	reserved,
	available,
}: VersionedStock): BridgeEvent {
	const change = version === 1 ? 'created' : 'changed';
	return event('stockLevel', sku, change, version, { item: sku, onHand, reserved, available }, changedAt);
}

function changeOf({ version, status }: { version: number; status: string }): EventChange {
	if (status === 'cancelled') return 'cancelled';
	return version === 1 ? 'created' : 'changed';
}

function event(
	entity: 'shipment' | 'receipt' | 'movement' | 'stockLevel',
	key: string,
	change: EventChange,
	sequence: number,
	record: object,
	changedAt: string,
): BridgeEvent {
	return eventOf({ system: wmsSystem, entity, change, key, sequence, record, changedAt });
}
