import { PurchaseOrderDraft } from '../../../../core/model/purchaseOrder';
import type { EntityText } from '../../../shared/entityText';

export const purchaseOrder: EntityText<'purchaseOrder'> = {
	entity: 'purchaseOrder',
	name: 'purchase order',
	plural: 'purchase orders',
	title: 'Purchase Order',
	parameter: 'purchaseOrder',
	searchMethod: 'searchPurchaseOrders',
	example: 'PO-00000001',
	states: ['draft', 'confirmed', 'done', 'cancelled'],
	Draft: PurchaseOrderDraft,
	draftExample: {
		partner: { code: 'S-2001' },
		lines: [{ item: { code: 'TEC-AC-10003628' }, quantity: '20', unit: 'H87' }],
	},
};
