import type { Erp } from '../erp/erp';
import type { Warehouse } from '../wms/warehouse';
import type { LastMonth } from './companyCalendar';

type Goods = [item: string, quantity: string, price: string];

/** One purchase of last month: what was ordered, what came, and what the supplier bills. */
export interface Purchase {
	supplier: string;
	/** of the order; the goods come five days later and the bill two days after that */
	day: number;
	/** absent: billed without an order */
	ordered?: Goods[];
	/** quantities by line; false: nothing came */
	received?: string[] | false;
	billed: Goods[];
	currency?: string;
	/** a first bill of the same that is paid for already */
	billedBefore?: boolean;
}

/** Writes the purchase through the services, dated last month; returns what the bill that waits for payment is called. */
export function writePurchase(
	{ erp, warehouse }: { erp: Erp; warehouse: Warehouse },
	purchase: Purchase,
	{ day, moment }: LastMonth,
): string {
	const { supplier, ordered, received } = purchase;
	let order: string | undefined;
	if (ordered !== undefined)
		erp.import(moment(purchase.day), () => {
			const lines = ordered.map(([item, quantity, price]) => ({ item, quantity, price }));
			order = erp.purchases.create({
				supplier,
				orderedAt: moment(purchase.day).toISOString(),
				dimensions: { costCentre: 'CC-200', project: 'P-001', sourceOfFunds: 'operating' },
				lines,
			}).record.id;
			erp.purchases.confirm(order);
		});
	if (order !== undefined && received !== false) {
		const reference = order;
		const lines = (ordered ?? []).map(([item, quantity], index) => {
			const gtin = erp.item(item)?.gtin ?? '';
			return { sku: warehouse.itemsByGtin([gtin])[0]?.sku ?? '', quantity: received?.[index] ?? quantity };
		});
		warehouse.import(moment(purchase.day + 5), () => {
			warehouse.receipts.receive(warehouse.receipts.create({ reference, lines }).receipt.id);
		});
	}
	const bill = () =>
		erp.invoices.create({
			kind: 'supplier',
			partner: supplier,
			...(order === undefined ? {} : { order }),
			issuedOn: day(purchase.day + 7),
			currency: purchase.currency ?? 'CNY',
			lines: purchase.billed.map(([item, quantity, price], index) => ({
				item,
				quantity,
				price,
				unit: 'H87',
				...(order === undefined ? {} : { orderLine: String(index + 1) }),
			})),
		}).record.id;
	let waiting = '';
	erp.import(moment(purchase.day + 7), () => {
		if (purchase.billedBefore === true) erp.invoices.confirm(bill());
		waiting = bill();
	});
	return waiting;
}
