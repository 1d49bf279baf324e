import { ItemDraft } from '../../../../core/model/item';
import type { EntityText } from '../../../shared/entityText';

export const item: EntityText<'item'> = {
	entity: 'item',
	name: 'item',
	plural: 'items',
	title: 'Item',
	parameter: 'item',
	searchMethod: 'searchErpItems',
	example: 'TEC-AC-10003628',
	states: [],
	Draft: ItemDraft,
	draftExample: { code: 'FAN-1', name: 'Desk fan', baseUnit: 'H87' },
};
