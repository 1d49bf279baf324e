import type { z } from 'zod/v4';

import { canonicalEntities } from '../../core/model/entities';
import type { Entities, EntityName, WritableEntity } from '../../core/ports/systemConnector';

/** What a mapping has to produce for each entity. */
export const schemas: { [E in EntityName]: z.ZodType<Entities[E]> } = canonicalEntities;

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

/** Entities whose records can be made and changed from outside. */
export const writableEntities: EntityName[] = [
	'salesOrder',
	'purchaseOrder',
	'item',
	'partner',
	'delivery',
	'invoice',
	'shipment',
	'receipt',
	'movement',
] satisfies WritableEntity[];

/** Whether whoever makes a record of the entity chooses the code by which it is known. */
export function ownCode(entity: EntityName): boolean {
	return keyFieldOf(entity) === 'code';
}
