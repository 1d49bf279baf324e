import { ItemDraft } from '../../../../core/model/item';
import type { EntityText } from '../../../shared/entityText';

export const item: EntityText<'item'> = {
	entity: 'item',
	role: 'wms',
	name: 'item',
	plural: 'items',
	title: 'Item',
	parameter: 'item',
	searchMethod: 'searchItems',
	example: 'W1-4100',
	states: [],
	Draft: ItemDraft,
	draftExample: { code: 'W1-9000', name: 'Desk fan', gtin: '6291041500213', baseUnit: 'H87' },
};
