import type { ReadEntityText } from '../../../shared/entityText';

export const position: ReadEntityText<'position'> = {
	entity: 'position',
	role: 'hr',
	name: 'position',
	plural: 'positions',
	title: 'Position',
	parameter: 'position',
	searchMethod: 'searchPositions',
	example: 'FIN-SUP',
	states: ['active', 'closed'],
};
