/** Which of the two sides a value belongs to. */
export type Side = 'erp' | 'wms';

/** Fields that change together, and the one system whose word counts for them. */
export interface FieldGroup {
	/** as it is called in conflicts */
	name: string;
	entity: string;
	fields: string[];
	owner: Side;
}

/**
 * Who owns what between an ERP and a warehouse. The owner's change travels to the other side; a change that the other side
 * makes to it is a conflict, which is listed and never overwritten by itself.
 */
export const ownership = {
	/** what was ordered; the reservation follows it */
	order: { name: 'order', entity: 'salesOrder', fields: ['state', 'lines'], owner: 'erp' },
	/** what has left for an order */
	delivered: { name: 'delivered quantities', entity: 'shipment', fields: ['lines'], owner: 'wms' },
	/** what is on the shelf */
	onHand: { name: 'stock on hand', entity: 'stockLevel', fields: ['onHand'], owner: 'wms' },
} as const satisfies Record<string, FieldGroup>;
