import type { ReadEntityText } from '../../../shared/entityText';

export const ledgerPeriodText: ReadEntityText<'ledgerPeriod'> = {
	entity: 'ledgerPeriod',
	role: 'finance',
	name: 'ledger period',
	plural: 'ledger periods',
	title: 'Ledger Period',
	parameter: 'ledgerPeriod',
	searchMethod: 'searchLedgerPeriods',
	example: '2026-01',
	states: ['open', 'closed', 'locked'],
};
