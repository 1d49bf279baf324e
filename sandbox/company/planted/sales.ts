import { voucherKey } from '../../../core/finance/posting/voucherKey';
import { add, scaleExactly, subtract } from '../../../core/model/decimal';
import type { InvoiceBody } from '../erp/invoices';
import type { Erp } from '../erp/erp';
import type { EntryBody } from '../finance/entries';
import type { Finance } from '../finance/finance';
import type { LastMonth } from './companyCalendar';

/** Item, quantity, unit, and a price where it is not that of the item. */
export type Goods = [item: string, quantity: string, unit?: 'H87' | 'XCT', price?: string];

/** One sale of last month: what was ordered, and where delivery, invoice and ledger say something else. */
export interface Sale {
	customer: { code: string; name: string };
	/** of the order; it is delivered two days later and billed a day after that */
	day: number;
	goods: Goods[];
	currency?: string;
	/** false: on no document */
	costCentre?: false;
	/** false: never; a number: on that day */
	delivered?: false | number;
	/** false: never; what is billed when it is something else than what was ordered */
	billed?: false | { goods?: Goods[]; currency?: string; times?: number; day?: number };
	/** writes over the invoice, as an edit of the database does */
	invoiceEdit?(body: InvoiceBody): InvoiceBody;
	/** the ledger's entry of the delivery */
	costEntry?: Booking;
	/** the ledger's entry of the invoice */
	salesEntry?: Booking;
}

interface Booking {
	/** 0: none */
	times?: number;
	day?: number;
	currency?: string;
	/** what is booked in place of what the document says */
	amount?: string;
	tax?: string;
	cost?: string;
	costCentre?: false;
	/** writes over the posted entry, as an edit of the database does */
	edit?(body: EntryBody): EntryBody;
}

interface Company {
	erp: Erp;
	finance: Finance;
}

/** Writes the sale through the services, dated last month; returns the order's id. */
export function writeSale({ erp, finance }: Company, sale: Sale, { day, moment }: LastMonth): string {
	const { customer, goods, currency = 'CNY', billed, delivered } = sale;
	const dimensions: Record<string, string> = sale.costCentre === false ? {} : { costCentre: 'CC-100' };
	let order = '';
	const lines = (list: Goods[]) =>
		list.map(([item, quantity, unit = 'H87', price], index) => ({
			item,
			quantity,
			unit,
			orderLine: String(index + 1),
			...(price === undefined ? {} : { price }),
		}));
	erp.import(moment(sale.day), () => {
		order = erp.createOrder({
			status: 'confirmed',
			customer,
			currency,
			dimensions,
			orderedAt: moment(sale.day).toISOString(),
			lines: lines(goods),
		}).order.id;
	});
	const deliveryDay = typeof delivered === 'number' ? delivered : sale.day + 2;
	if (delivered !== false) {
		let key = '';
		erp.import(moment(deliveryDay), () => {
			key = erp.deliveries.create({ order, lines: lines(goods) }).record.id;
			erp.deliveries.confirm(key);
		});
		bookDelivery({ erp, finance }, key, sale.costEntry ?? {}, deliveryDay, { day, moment });
	}
	if (billed !== false) {
		const billedDay = billed?.day ?? sale.day + 3;
		for (let time = 0; time < (billed?.times ?? 1); time++) {
			let key = '';
			erp.import(moment(billedDay), () => {
				const ordered = erp.order(order)?.lines ?? [];
				key = erp.invoices.create({
					kind: 'customer',
					order,
					issuedOn: day(billedDay),
					currency: billed?.currency ?? currency,
					lines: lines(billed?.goods ?? goods).map((line, index) => ({
						price: ordered[index]?.price,
						...line,
					})),
				}).record.id;
				erp.invoices.confirm(key);
			});
			if (sale.invoiceEdit) erp.invoices.overwrite(key, sale.invoiceEdit);
			bookInvoice({ erp, finance }, key, sale.salesEntry ?? {}, billedDay, { day, moment });
		}
	}
	erp.import(moment(deliveryDay), () => erp.patchOrder(order, { status: 'done' }));
	return order;
}

function bookDelivery(
	{ erp, finance }: Company,
	key: string,
	booking: Booking,
	deliveryDay: number,
	month: LastMonth,
): void {
	const lines = erp.deliveries.get(key)?.body.lines ?? [];
	const costs = lines.map(({ quantity, unitCost = '0' }) => scaleExactly(quantity, unitCost, '1') ?? '0');
	const { cost = costs.reduce(add, '0') } = booking;
	post(finance, booking, booking.day ?? deliveryDay, month, {
		currency: 'CNY',
		text: '销售成本 Cost of goods sold',
		source: { type: 'delivery', system: 'sandbox-erp', key },
		lines: [
			{ account: '6401', debit: cost, ...centre(booking) },
			{ account: '1405', credit: cost },
		],
	});
}

function bookInvoice(
	{ erp, finance }: Company,
	key: string,
	booking: Booking,
	billedDay: number,
	month: LastMonth,
): void {
	const invoice = erp.invoices.get(key)?.body;
	if (invoice === undefined) throw new Error(`invoice ${key} vanished`);
	const { amount = invoice.total, tax = invoice.taxTotal ?? '0', currency = invoice.currency } = booking;
	post(finance, booking, booking.day ?? billedDay, month, {
		currency,
		text: '销售收入 Revenue',
		source: { type: 'invoice', system: 'sandbox-erp', key },
		lines: [
			{ account: '1122', debit: add(amount, tax), partner: invoice.partner },
			{ account: '6001', credit: amount, ...centre(booking) },
			{ account: '222102', credit: tax },
		],
	});
}

const centre = ({ costCentre }: Booking) =>
	costCentre === false ? {} : { dimensions: { costCentre: 'CC-100' } };

function post(
	finance: Finance,
	booking: Booking,
	on: number,
	{ day, moment }: LastMonth,
	entry: { source?: { type: string; system: string; key: string }; [field: string]: unknown },
): void {
	// The key under which the Finance node books the document, as it comes over HTTP: it finds this entry, and makes no other.
	const key = entry.source && encodeURIComponent(voucherKey(entry.source));
	for (let time = 0; time < (booking.times ?? 1); time++) {
		let id = '';
		finance.import(() => {
			id = finance.entries.create({ company: 'PLANT', date: day(on), ...entry }, time === 0 ? key : undefined)
				.record.id;
			finance.entries.act(id, 'post');
		}, moment(on));
		if (booking.edit) finance.entries.overwrite(id, booking.edit);
	}
}

/** A revenue that somebody booked by hand, without saying for which document. */
export function bookWithoutDocument(finance: Finance, amount: string, on: number, month: LastMonth): void {
	post(finance, {}, on, month, {
		text: '补记收入 Revenue by hand',
		lines: [
			{ account: '1122', debit: amount },
			{ account: '6001', credit: amount, dimensions: { costCentre: 'CC-100' } },
		],
	});
}

/** One line of the invoice billed with so much more, whatever quantity and price say; its tax stays. */
export function billedMore(more: string): (body: InvoiceBody) => InvoiceBody {
	return (body) => ({
		...body,
		total: add(body.total, more),
		lines: body.lines.map((line, index) => (index > 0 ? line : { ...line, amount: add(line.amount, more) })),
	});
}

/** The receivable is less than what it stands against. */
export function receivableLess(less: string): (body: EntryBody) => EntryBody {
	return (body) => ({
		...body,
		lines: body.lines.map((line) =>
			line.account === '1122' ? { ...line, debit: subtract(line.debit, less) } : line,
		),
	});
}
