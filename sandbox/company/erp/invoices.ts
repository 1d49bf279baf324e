import Big from 'big.js';
import { z } from 'zod/v4';

import { add, Decimal, normalise } from '../../../core/model/decimal';
import { Invoice } from '../../../core/model/invoice';
import { Key, Text, UnitCode } from '../../../core/model/references';
import { ServiceError } from '../http/service';
import { numberedLines } from '../records/lines';
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
});
const NewInvoiceLine = InvoiceLine.omit({ amount: true }).partial({ id: true, text: true });
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
	total: string;
	nextLine: number;
	lines: Array<z.output<typeof InvoiceLine>>;
}

interface Masters {
	item(code: string): ErpItem | undefined;
	partner(code: string): PartnerBody | undefined;
	salesOrder(id: string): ErpOrder | undefined;
	purchase(id: string): PurchaseBody | undefined;
}

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
			const { partner, lines, ...rest } = given as Partial<z.output<typeof Fields>>;
			const kind = rest.kind ?? before?.kind ?? 'customer';
			const order = rest.order ?? before?.order;
			const ordered = order === undefined ? undefined : orderedBy(kind, order, masters);
			const currency = rest.currency ?? before?.currency ?? ordered?.currency ?? 'CNY';
			const numbered = numberedLines(
				lines ?? before?.lines ?? [],
				before?.lines ?? [],
				before?.nextLine ?? 1,
				(line, id) => invoiceLine(line, id, currency, masters.item),
			);
			return {
				issuedOn: new Date().toISOString().slice(0, 10),
				...before,
				...rest,
				kind,
				currency,
				partner: partner === undefined ? (ordered?.partner ?? before?.partner) : known(partner, masters),
				...numbered,
				total: numbered.lines.map(({ amount }) => amount).reduce(add, '0'),
			} as InvoiceBody;
		},
		canonical: ({ id, status, version, body }) =>
			Invoice.parse({
				...body,
				key: id,
				number: body.number ?? id,
				state: status,
				revision: String(version),
				lines: body.lines.map(({ id: line, orderLine, item, text, quantity, unit, price, amount }) => ({
					line,
					orderLine,
					...(item === undefined ? {} : { item: { code: item } }),
					description: text,
					quantity,
					unit,
					unitPrice: price,
					amount,
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
	return { partner, currency: (sale ?? bought)?.currency };
}

function known(code: string, { partner }: Masters): InvoiceBody['partner'] {
	const found = partner(code);
	if (!found) throw new ServiceError(422, 'unknown_partner', `partner: there is no partner "${code}".`);
	return { code, name: found.name };
}

function invoiceLine(
	line: z.output<typeof NewInvoiceLine>,
	id: string,
	currency: string,
	itemWith: (code: string) => ErpItem | undefined,
): z.output<typeof InvoiceLine> {
	const item = line.item === undefined ? undefined : itemWith(line.item);
	if (line.item !== undefined && !item) {
		throw new ServiceError(422, 'unknown_item', `There is no item "${line.item}".`);
	}
	return {
		...line,
		id,
		text: line.text ?? item?.names.en ?? '',
		quantity: normalise(line.quantity),
		price: line.price,
		amount: rounded(new Big(line.quantity).times(line.price), currency),
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
