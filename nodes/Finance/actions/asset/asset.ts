import type { ReadEntityText } from '../../../shared/entityText';

export const assetText: ReadEntityText<'asset'> = {
	entity: 'asset',
	role: 'finance',
	name: 'asset',
	plural: 'assets',
	title: 'Asset',
	parameter: 'asset',
	searchMethod: 'searchAssets',
	example: 'FA-1001',
	states: [],
};
