import { SalesOrderDraft } from '../../../../core/model/salesOrder';
import type { EntityText } from '../../../shared/entityText';

export const salesOrder: EntityText<'salesOrder'> = {
	entity: 'salesOrder',
	name: 'sales order',
	plural: 'sales orders',
	title: 'Sales Order',
	parameter: 'order',
	searchMethod: 'searchSalesOrders',
	example: 'SO-00000010',
	states: ['draft', 'confirmed', 'done', 'cancelled'],
	Draft: SalesOrderDraft,
	draftExample: {
		partner: { code: 'C-1001', name: 'Claire Gute' },
		lines: [{ item: { code: 'TEC-AC-10003628' }, quantity: '2', unit: 'H87' }],
	},
};
