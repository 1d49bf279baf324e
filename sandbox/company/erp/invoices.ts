import Big from 'big.js';
import { z } from 'zod/v4';

import { add, Decimal, normalise } from '../../../core/model/decimal';
import { Invoice } from '../../../core/model/invoice';
import { Dimensions, Key, Text, UnitCode } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
import { dimensioned } from './dimensions';
import type { ErpItem, ErpOrder } from './model';
import type { PartnerBody } from './partners';
import type { PurchaseBody } from './purchases';
import type { RecordKind } from '../records/recordBook';

const InvoiceLine = z.object({
	id: Key,
	orderLine: Key.optional(),
	item: Key.optional(),
	text: Text,
	quantity: Decimal,
	unit: UnitCode.optional(),
	price: Decimal,
	amount: Decimal,
	/** on the amount; absent on lines from before this ERP knew taxes */
	tax: Decimal.optional(),
	dimensions: Dimensions.optional(),
});
const NewInvoiceLine = InvoiceLine.omit({ amount: true, tax: true }).partial({ id: true, text: true });
const Fields = z.object({
	kind: z.enum(['customer', 'supplier']),
	/** code of the partner; where absent, that of the order */
	partner: Key.optional(),
	/** id of the sales order or purchase order */
	order: Key.optional(),
	number: Text.optional(),
	issuedOn: z.iso.date().optional(),
	dueOn: z.iso.date().optional(),
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/)
		.optional(),
	/** absent: those of the order */
	dimensions: Dimensions.optional(),
	lines: z.array(NewInvoiceLine).min(1).max(1_000),
});

export interface InvoiceBody {
	kind: 'customer' | 'supplier';
	partner: { code: string; name: string };
	order?: string;
	number?: string;
	issuedOn: string;
	dueOn?: string;
	currency: string;
	/** without tax */
	total: string;
	taxTotal?: string;
	dimensions?: Dimensions;
	nextLine: number;
	lines: Array<z.output<typeof InvoiceLine>>;
}

interface Masters {
	item(code: string): ErpItem | undefined;
	partner(code: string): PartnerBody | undefined;
	salesOrder(id: string): ErpOrder | undefined;
	purchase(id: string): PurchaseBody | undefined;
}

/** China's standard rate of value added tax on goods; partners abroad are billed without. */
const taxRate = '0.13';

/** Bills to customers and from suppliers. A posted one stays as it is; it is corrected by a credit. */
export function invoiceKind(masters: Masters): RecordKind<InvoiceBody> {
	return {
		name: 'invoice',
		entity: 'invoice',
		prefix: 'INV',
		fields: Fields,
		first: 'draft',
		actions: { confirm: 'posted', cancel: 'cancelled' },
		transitions: { draft: ['posted', 'cancelled'], posted: ['paid'] },
		open: ['draft'],
		complete(given, before) {
			const { partner, lines, dimensions, ...rest } = given as Partial<z.output<typeof Fields>>;
			const kind = rest.kind ?? before?.kind ?? 'customer';
			const order = rest.order ?? before?.order;
			const ordered = order === undefined ? undefined : orderedBy(kind, order, masters);
			const currency = rest.currency ?? before?.currency ?? ordered?.currency ?? 'CNY';
			const billed = partner === undefined ? (ordered?.partner ?? before?.partner) : known(partner, masters);
			const country = billed && masters.partner(billed.code)?.address?.country;
			const rate = country === undefined || country === 'CN' ? taxRate : '0';
			const { dimensions: kept, ...unchanged } = before ?? {};
			const numbered = numberedLines(
				lines ?? before?.lines ?? [],
				before?.lines ?? [],
				before?.nextLine ?? 1,
				(line, id, same) =>
					invoiceLine(line, id, { currency, rate }, masters.item, same ?? ordered?.line(line.orderLine)),
			);
			return {
				issuedOn: new Date().toISOString().slice(0, 10),
				...unchanged,
				...rest,
				kind,
				currency,
				partner: billed,
				...dimensioned(dimensions, before === undefined ? ordered?.dimensions : (kept ?? {})),
				...numbered,
				total: numbered.lines.map(({ amount }) => amount).reduce(add, '0'),
				taxTotal: numbered.lines.map(({ tax = '0' }) => tax).reduce(add, '0'),
			} as InvoiceBody;
		},
		canonical: ({ id, status, version, body }) =>
			Invoice.parse({
				...body,
				key: id,
				number: body.number ?? id,
				state: status,
				revision: String(version),
				lines: body.lines.map(({ id: line, item, text, price, ...amounts }) => ({
					...amounts,
					line,
					...(item === undefined ? {} : { item: { code: item } }),
					description: text,
					unitPrice: price,
				})),
			}),
	};
}

function orderedBy(kind: InvoiceBody['kind'], order: string, { salesOrder, purchase }: Masters) {
	const sale = kind === 'customer' ? salesOrder(order) : undefined;
	const bought = kind === 'supplier' ? purchase(order) : undefined;
	const partner = sale?.customer ?? bought?.supplier;
	if (partner === undefined) {
		throw new ServiceError(
			422,
			'unknown_order',
			`order: there is no ${kind === 'customer' ? 'sales' : 'purchase'} order "${order}".`,
		);
	}
	const found = sale ?? bought;
	return {
		partner,
		currency: found?.currency,
		dimensions: found?.dimensions,
		line: (id: string | undefined): { dimensions?: Dimensions | undefined } | undefined =>
			found?.lines.find((line) => line.id === id),
	};
}

function known(code: string, { partner }: Masters): InvoiceBody['partner'] {
	const found = partner(code);
	if (!found) throw new ServiceError(422, 'unknown_partner', `partner: there is no partner "${code}".`);
	return { code, name: found.name };
}

function invoiceLine(
	line: z.output<typeof NewInvoiceLine>,
	id: string,
	{ currency, rate }: { currency: string; rate: string },
	itemWith: (code: string) => ErpItem | undefined,
	/** the line as it was, or that of the order for a new one */
	same: { dimensions?: Dimensions | undefined } | undefined,
): z.output<typeof InvoiceLine> {
	const { dimensions, ...given } = line;
	const item = line.item === undefined ? undefined : itemWith(line.item);
	if (line.item !== undefined && !item) {
		throw new ServiceError(422, 'unknown_item', `There is no item "${line.item}".`);
	}
	const amount = rounded(new Big(line.quantity).times(line.price), currency);
	return {
		...given,
		id,
		text: line.text ?? item?.names.en ?? '',
		quantity: normalise(line.quantity),
		price: line.price,
		amount,
		tax: rounded(new Big(amount).times(rate), currency),
		...dimensioned(dimensions, same?.dimensions),
	};
}

/** Half-even at the currency's ISO 4217 exponent. */
function rounded(amount: Big, currency: string): string {
	const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
		style: 'currency',
		currency,
	}).resolvedOptions();
	return normalise(amount.round(maximumFractionDigits, Big.roundHalfEven).toFixed());
}
