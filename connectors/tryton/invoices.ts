import { z } from 'zod/v4';

import { Invoice, type InvoiceState } from '../../core/model/invoice';
import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import type { DocumentStep } from './documentActions';
import {
	changesOf,
	documentsByKey,
	listedDocuments,
	numbersIn,
	timestampsOf,
	type ReadDocument,
} from './documentReading';
import type { Items, Product } from './items';
import { problemsOf } from './problems';
import type { TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import type { Units } from './units';
import { Day, ExactNumber, Instant, lastChange, microsecondsOf, quantityOf } from './values';

export const invoiceModel = 'account.invoice';
export const invoiceLineModel = 'account.invoice.line';

const states = {
	draft: 'draft',
	validated: 'draft',
	posted: 'posted',
	paid: 'paid',
	cancelled: 'cancelled',
} as const satisfies Record<string, InvoiceState>;
type TrytonState = keyof typeof states;

const InvoiceRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	description: z.string().nullable(),
	type: z.enum(['out', 'in']),
	state: z.enum(Object.keys(states) as [TrytonState, ...TrytonState[]]),
	invoice_date: Day.nullable(),
	payment_term: z.number().int().nullable(),
	payment_term_date: Day.nullable(),
	untaxed_amount: ExactNumber,
	tax_amount: ExactNumber,
	taxes: z.array(z.number().int()),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'party.': z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullish(),
	'currency.': z.object({ code: z.string() }),
});
type InvoiceRow = z.infer<typeof InvoiceRow>;

const LineRow = z.object({
	id: z.number().int(),
	invoice: z.number().int(),
	product: z.number().int().nullable(),
	description: z.string().nullable(),
	quantity: z.number().nullable(),
	unit: z.number().int().nullable(),
	unit_price: ExactNumber.nullable(),
	amount: ExactNumber,
	taxes: z.array(z.number().int()),
	origin: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
});
type LineRow = z.infer<typeof LineRow>;

export const invoiceSteps: Record<string, DocumentStep> = {
	confirm: {
		reached: ['posted', 'paid'],
		buttons: { draft: ['post'], validated: ['post'] },
		past: 'posted',
		hint: 'Look at the invoice in Tryton.',
	},
	cancel: {
		reached: ['cancelled'],
		buttons: { draft: ['cancel'], validated: ['cancel'], posted: ['cancel'] },
		past: 'cancelled',
		hint: 'What is paid is taken back by a credit note in Tryton.',
	},
};

export interface ReadInvoice extends ReadDocument<Invoice> {
	/** what stands in Tryton's description: the number that the invoice has at its origin */
	originNumber: string | null;
	/** its lines bear taxes, and Tryton has not worked them out yet */
	untaxed: boolean;
}

/** The orders of invoiced lines, by the line as Tryton refers to it: `sale.line,7`. */
type OrdersByOrigin = Map<string, number>;

const related = ['party.code', 'party.name', 'currency.code'];
const longestDescription = 500;

/** Customer and supplier invoices; the key is the number in the database, since a draft has no other. Tryton keeps tax by kind of tax, not by line. */
export class Invoices {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, Invoice>> {
		return await documentsByKey(keys, (ids) => this.withIds(ids));
	}

	/** One invoice with what Tryton says of it; absent where there is none. */
	async read(key: string): Promise<ReadInvoice | undefined> {
		return (await this.withIds(numbersIn([key])))[0];
	}

	list(query: ListQuery = {}): AsyncGenerator<Invoice[]> {
		return listedDocuments(query, {
			states,
			searched: ['number', 'reference', 'description', 'party.rec_name'],
			parts: 'lines',
			rows: (domain, limit) =>
				this.session.search(invoiceModel, InvoiceRow, domain, { related, order: [['id', 'ASC']], limit }),
			complete: (rows) => this.complete(rows),
		});
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Invoice>> {
		return changesOf<Invoice>(
			this.session,
			[
				{ mark: 'i', model: invoiceModel, owner: 'id' },
				{ mark: 'l', model: invoiceLineModel, owner: 'invoice' },
			],
			(ids) => this.withIds(ids),
			cursor,
			this.overlapSeconds,
		);
	}

	private async withIds(ids: number[]): Promise<ReadInvoice[]> {
		return this.complete(
			await this.session.searchIn(invoiceModel, InvoiceRow, 'id', ids, [], {
				related,
				order: [['id', 'ASC']],
			}),
		);
	}

	private async complete(rows: InvoiceRow[]): Promise<ReadInvoice[]> {
		const lines = await this.session.searchIn(
			invoiceLineModel,
			LineRow,
			'invoice',
			rows.map(({ id }) => id),
			[['type', '=', 'line']],
			{
				order: [
					['invoice', 'ASC'],
					['sequence', 'ASC'],
					['id', 'ASC'],
				],
			},
		);
		const products = await this.items.withIds(
			lines.flatMap(({ product }) => (product === null ? [] : [product])),
		);
		const units = await this.units.including(lines.flatMap(({ unit }) => (unit === null ? [] : [unit])));
		const orders = await this.ordersOf(lines);
		const byId = new Map(products.map((product) => [product.id, product]));
		const byInvoice = Map.groupBy(lines, ({ invoice }) => invoice);
		return rows.map((row) => {
			const own = byInvoice.get(row.id) ?? [];
			const changedAt = [row, ...own].map(lastChange).sort().at(-1) ?? '';
			return {
				id: row.id,
				state: row.state,
				originNumber: row.description,
				untaxed: row.taxes.length === 0 && own.some(({ taxes }) => taxes.length > 0),
				changedAt,
				timestamps: timestampsOf(invoiceModel, [row], timestampsOf(invoiceLineModel, own)),
				document: this.invoiceOf(row, own, changedAt, byId, units, orders),
			};
		});
	}

	/** Sales for customers, purchases from suppliers; a line of anything else bills no order. */
	private async ordersOf(lines: LineRow[]): Promise<OrdersByOrigin> {
		const orders: OrdersByOrigin = new Map();
		for (const [origin, parent] of [
			['sale.line', 'sale'],
			['purchase.line', 'purchase'],
		] as const) {
			const ids = lines.flatMap((line) => numberIn(line.origin, origin) ?? []);
			if (ids.length === 0) continue;
			const Row = z.object({ id: z.number().int(), [parent]: z.number().int() });
			for (const row of await this.session.searchIn(origin, Row, 'id', ids)) {
				orders.set(`${origin},${row.id}`, z.number().parse(row[parent]));
			}
		}
		return orders;
	}

	private invoiceOf(
		row: InvoiceRow,
		lines: LineRow[],
		changedAt: Instant,
		products: Map<number, Product>,
		units: Units,
		orders: OrdersByOrigin,
	): Invoice | ValidationError {
		const problems: Record<string, string> = {};
		const billed = new Set(lines.map(({ origin }) => orders.get(origin ?? '')));
		const [order] = billed.size === 1 ? billed : [];
		const canonical = lines.map((line, index) => {
			const product = line.product === null ? undefined : products.get(line.product);
			const unit = line.unit === null ? undefined : units.get(line.unit);
			const name = product?.name ?? '';
			problems[`lines.${index}.item.code`] = `product ${line.product} ("${name}") has no code`;
			return {
				line: String(line.id),
				orderLine: orders.has(line.origin ?? '') ? line.origin?.split(',')[1] : undefined,
				item: product === undefined ? undefined : { code: product.code, gtin: product.gtin, name },
				description: line.description === null ? undefined : line.description.slice(0, longestDescription),
				quantity: quantityOf(line.quantity ?? 0, unit?.digits ?? 6),
				unit: unit === undefined ? undefined : units.codeOf(unit.id),
				unitPrice: line.unit_price ?? '0',
				amount: line.amount,
			};
		});
		const party = row['party.'];
		const parsed = Invoice.safeParse({
			key: String(row.id),
			number: row.number ?? undefined,
			kind: row.type === 'out' ? 'customer' : 'supplier',
			state: states[row.state],
			partner: party?.code ? { code: party.code, name: party.name ?? undefined } : undefined,
			order: order === undefined ? undefined : String(order),
			issuedOn: row.invoice_date ?? undefined,
			// With a payment term there may be many days on which parts of it are due.
			dueOn: row.payment_term === null ? (row.payment_term_date ?? undefined) : undefined,
			currency: row['currency.'].code,
			total: row.untaxed_amount,
			taxTotal: row.tax_amount,
			revision: String(microsecondsOf(changedAt)),
			lines: canonical,
		});
		// JSON has no `undefined`: without them, a record is equal to what an event carries.
		if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as Invoice;
		return new ValidationError(
			`Invoice ${row.number ?? row.id} of ${this.session.system} cannot be passed on: ${problemsOf(parsed.error, problems)}`,
			this.session.about({
				entity: 'invoice',
				key: String(row.id),
				hint: 'Correct the invoice or its product in Tryton.',
			}),
		);
	}
}

/** The number in a reference of Tryton such as `sale.line,7`, where it refers to that model. */
export function numberIn(reference: string | null, to: string): number | undefined {
	const [referred, number] = (reference ?? '').split(',');
	return referred === to ? Number(number) : undefined;
}
