import type { ReadEntityText } from '../../../shared/entityText';

export const accountText: ReadEntityText<'account'> = {
	entity: 'account',
	role: 'finance',
	name: 'account',
	plural: 'accounts',
	title: 'Account',
	parameter: 'account',
	searchMethod: 'searchAccounts',
	example: '1405',
	states: [],
};
