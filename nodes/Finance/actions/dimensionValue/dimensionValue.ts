import type { ReadEntityText } from '../../../shared/entityText';

export const dimensionValueText: ReadEntityText<'dimensionValue'> = {
	entity: 'dimensionValue',
	role: 'finance',
	name: 'dimension value',
	plural: 'dimension values',
	title: 'Dimension Value',
	parameter: 'dimensionValue',
	searchMethod: 'searchDimensionValues',
	example: 'costCentre/CC-100',
	states: [],
};
