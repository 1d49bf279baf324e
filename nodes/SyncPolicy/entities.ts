import type { INodePropertyOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { PolicyEntity } from '../../core/sync/policy/fieldTree';
import { isPolicyEntity } from '../../core/sync/policy/syncPolicy';

const names: Record<PolicyEntity, string> = {
	account: 'Account',
	asset: 'Asset',
	delivery: 'Delivery',
	department: 'Department',
	dimensionValue: 'Dimension Value',
	employee: 'Employee',
	invoice: 'Invoice',
	item: 'Item',
	journalEntry: 'Journal Entry',
	ledgerPeriod: 'Ledger Period',
	movement: 'Movement',
	partner: 'Partner',
	position: 'Position',
	purchaseOrder: 'Purchase Order',
	receipt: 'Receipt',
	reservation: 'Reservation',
	salesOrder: 'Sales Order',
	shipment: 'Shipment',
	stockLevel: 'Stock Level',
};

/** The canonical entities as people call them. */
export const entityOptions: INodePropertyOptions[] = Object.entries(names).map(([value, name]) => ({
	name,
	value,
}));

export const Entity = z
	.string()
	.refine(isPolicyEntity, 'is no known entity')
	.transform((entity) => entity as PolicyEntity);
