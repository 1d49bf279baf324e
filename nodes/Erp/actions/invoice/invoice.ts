import { InvoiceDraft } from '../../../../core/model/invoice';
import type { EntityText } from '../../../shared/entityText';

export const invoice: EntityText<'invoice'> = {
	entity: 'invoice',
	name: 'invoice',
	plural: 'invoices',
	title: 'Invoice',
	parameter: 'invoice',
	searchMethod: 'searchInvoices',
	example: 'INV-00000001',
	states: ['draft', 'posted', 'paid', 'cancelled'],
	Draft: InvoiceDraft,
	draftExample: {
		kind: 'customer',
		order: 'SO-00000001',
		currency: 'CNY',
		lines: [{ quantity: '2', unitPrice: '120.98' }],
	},
};
