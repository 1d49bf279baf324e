import type { z } from 'zod/v4';

import { Delivery } from '../../core/model/delivery';
import { Invoice } from '../../core/model/invoice';
import { Item } from '../../core/model/item';
import { Movement } from '../../core/model/movement';
import { Partner } from '../../core/model/partner';
import { PurchaseOrder } from '../../core/model/purchaseOrder';
import { Receipt } from '../../core/model/receipt';
import { Reservation, StockLevel } from '../../core/model/reservation';
import { SalesOrder } from '../../core/model/salesOrder';
import { Shipment } from '../../core/model/shipment';
import type { Entities, EntityName } from '../../core/ports/systemConnector';

/** What a mapping has to produce for each entity. */
export const canonicalEntities: { [E in EntityName]: z.ZodType<Entities[E]> } = {
	salesOrder: SalesOrder,
	purchaseOrder: PurchaseOrder,
	item: Item,
	partner: Partner,
	delivery: Delivery,
	invoice: Invoice,
	reservation: Reservation,
	stockLevel: StockLevel,
	shipment: Shipment,
	receipt: Receipt,
	movement: Movement,
};

/** The field of the canonical record that holds the system's own identifier. */
export function keyFieldOf(entity: EntityName): string {
	switch (entity) {
		case 'item':
		case 'partner':
			return 'code';
		case 'reservation':
			return 'order';
		case 'stockLevel':
			return 'item';
		default:
			return 'key';
	}
}

/** Fields that are lists: JSONata gives a list of one as its only element. */
export const listFields = ['lines', 'units'];
