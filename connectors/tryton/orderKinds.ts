import type { z } from 'zod/v4';

import { PurchaseOrder, PurchaseOrderDraft, type PurchaseOrderState } from '../../core/model/purchaseOrder';
import { SalesOrder, SalesOrderDraft, type SalesOrderState } from '../../core/model/salesOrder';
import type { Drafts, Entities } from '../../core/ports/systemConnector';
import type { DocumentStep } from './documentActions';

export type OrderEntity = 'salesOrder' | 'purchaseOrder';

/** Tryton's own states, the same for sales and purchases. */
export type TrytonOrderState = 'draft' | 'quotation' | 'confirmed' | 'processing' | 'done' | 'cancelled';

export const orderStates: Record<TrytonOrderState, SalesOrderState & PurchaseOrderState> = {
	draft: 'draft',
	quotation: 'draft',
	confirmed: 'confirmed',
	processing: 'confirmed',
	done: 'done',
	cancelled: 'cancelled',
};

export const orderSteps: Record<string, DocumentStep> = {
	confirm: {
		reached: ['confirmed', 'processing', 'done'],
		buttons: { draft: ['quote', 'confirm'], quotation: ['confirm'] },
		past: 'confirmed',
		hint: 'Look at the order in Tryton.',
	},
	cancel: {
		reached: ['cancelled'],
		buttons: { draft: ['cancel'], quotation: ['cancel'], confirmed: ['draft', 'cancel'] },
		past: 'cancelled',
		hint: 'What is being processed is ended by its shipments and invoices in Tryton.',
	},
};

/** How Tryton keeps one kind of order. */
export interface OrderKind<E extends OrderEntity> {
	entity: E;
	/** as people say it in Tryton */
	name: 'sale' | 'purchase';
	model: 'sale.sale' | 'purchase.purchase';
	lineModel: 'sale.line' | 'purchase.line';
	/** the line's field that holds its order */
	parent: 'sale' | 'purchase';
	/** field of the day of the order */
	day: 'sale_date' | 'purchase_date';
	/** field of the day on which the goods are due, where the canonical order has one */
	due?: 'delivery_date';
	/** field of the product's template that allows it on such an order */
	traded: 'salable' | 'purchasable';
	/** the party's addresses that an order takes over */
	addresses: string[];
	/** fields of parties beside the one with whom the order is made */
	otherParties: string[];
	/** whether lines tell the amount in the base unit */
	baseQuantities: boolean;
	Canonical: z.ZodType<Entities[E]>;
	Draft: z.ZodObject & z.ZodType<Drafts[E]>;
}

export const sales: OrderKind<'salesOrder'> = {
	entity: 'salesOrder',
	name: 'sale',
	model: 'sale.sale',
	lineModel: 'sale.line',
	parent: 'sale',
	day: 'sale_date',
	traded: 'salable',
	addresses: ['invoice_address', 'shipment_address'],
	otherParties: ['invoice_party', 'shipment_party'],
	baseQuantities: true,
	Canonical: SalesOrder,
	Draft: SalesOrderDraft,
};

export const purchases: OrderKind<'purchaseOrder'> = {
	entity: 'purchaseOrder',
	name: 'purchase',
	model: 'purchase.purchase',
	lineModel: 'purchase.line',
	parent: 'purchase',
	day: 'purchase_date',
	due: 'delivery_date',
	traded: 'purchasable',
	addresses: ['invoice_address'],
	otherParties: ['invoice_party'],
	baseQuantities: false,
	Canonical: PurchaseOrder,
	Draft: PurchaseOrderDraft,
};
