import { catalogue, customers } from '../catalogue/items';
import { companyDay } from '../planted/companyCalendar';
import type { Erp } from './erp';

const suppliers = [
	{ code: 'S-2001', name: 'Nordlicht Bürobedarf GmbH', country: 'DE', city: 'Hamburg' },
	{ code: 'S-2002', name: '苏州文汇办公用品厂', country: 'CN', city: 'Suzhou' },
	{ code: 'S-2003', name: 'Pacific Furniture Supply', country: 'US', city: 'Portland' },
];

/** What each purchase order is for; the last says nothing, as happens. */
const purposes = [
	{ project: 'P-001', fundSource: 'investment', dimensions: { costCentre: 'CC-200' } },
	{ fundSource: 'operating', dimensions: { costCentre: 'CC-200' } },
	{},
];

export function seedPartners(erp: Erp): void {
	for (const { code, name } of customers) {
		erp.partners.create({ code, name, roles: ['customer'] }, `seed-${code}`);
	}
	for (const { code, name, country, city } of suppliers) {
		erp.partners.create(
			{ code, name, roles: ['supplier'], supplierPaymentTerms: 'net30', address: { country, city } },
			`seed-${code}`,
		);
	}
}

/** Purchase orders, and for the first confirmed sales orders a delivery and an invoice each. */
export function seedDocuments(erp: Erp): void {
	suppliers.forEach(({ code }, index) => {
		const { record } = erp.purchases.create(
			{
				supplier: code,
				...purposes[index],
				lines: catalogue
					.slice(index * 3, index * 3 + 3)
					.map(({ code: item }, line) => ({ item, quantity: String(20 + 10 * line) })),
			},
			`seed-${index}`,
		);
		if (index < 2) erp.purchases.confirm(record.id);
	});
	const confirmed = erp.orders({ status: 'confirmed', limit: 10 });
	confirmed.slice(0, 3).forEach((order, index) => {
		const { record: delivery } = erp.deliveries.create(
			{
				order: order.id,
				lines: order.lines.map(({ id, item, quantity, unit }) => ({ orderLine: id, item, quantity, unit })),
			},
			`seed-${order.id}`,
		);
		const { record: invoice } = erp.invoices.create(
			{
				kind: 'customer',
				order: order.id,
				issuedOn: companyDay(new Date()),
				lines: order.lines.map(({ id, item, quantity, unit, price }) => ({
					orderLine: id,
					item,
					quantity,
					unit,
					price,
				})),
			},
			`seed-${order.id}`,
		);
		if (index > 1) return;
		erp.deliveries.confirm(delivery.id);
		erp.invoices.confirm(invoice.id);
	});
}
