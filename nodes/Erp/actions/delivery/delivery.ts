import { DeliveryDraft } from '../../../../core/model/delivery';
import type { EntityText } from '../../../shared/entityText';

export const delivery: EntityText<'delivery'> = {
	entity: 'delivery',
	name: 'delivery',
	plural: 'deliveries',
	title: 'Delivery',
	parameter: 'delivery',
	searchMethod: 'searchDeliveries',
	example: 'DN-00000001',
	states: ['draft', 'done', 'cancelled'],
	Draft: DeliveryDraft,
	draftExample: {
		order: 'SO-00000001',
		lines: [{ item: { code: 'FUR-BO-10001337' }, quantity: '2', unit: 'H87' }],
	},
};
