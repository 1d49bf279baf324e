import { z } from 'zod/v4';

import { Invoice, type InvoiceState } from '../../core/model/invoice';
import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { changedAfter, contains } from './criteria';
import { byKey, changesOf, numbersIn, type ReadDocument } from './documentReading';
import type { Items, Product } from './items';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import type { Units } from './units';
import { Day, ExactNumber, Instant, lastChange, microsecondsOf, quantityOf } from './values';

const model = 'account.invoice';
const lineModel = 'account.invoice.line';

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
	type: z.enum(['out', 'in']),
	state: z.enum(Object.keys(states) as [TrytonState, ...TrytonState[]]),
	invoice_date: Day.nullable(),
	untaxed_amount: ExactNumber,
	create_date: Instant,
	write_date: Instant.nullable(),
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
	origin: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type LineRow = z.infer<typeof LineRow>;

/** The orders of invoiced lines, by the line as Tryton refers to it: `sale.line,7`. */
type OrdersByOrigin = Map<string, number>;

const related = ['party.code', 'party.name', 'currency.code'];
const defaultPageSize = 100;
const longestDescription = 500;

/** Customer and supplier invoices; the key is the number in the database, since a draft has no other. Amounts are without tax. */
export class Invoices {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, Invoice>> {
		return byKey(await this.withIds(numbersIn(keys)));
	}

	/** Invoices that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<Invoice[]> {
		const { pageSize = defaultPageSize, search, state, changedSince } = query;
		const domain: Domain = [];
		if (changedSince !== undefined) {
			domain.push(['OR', changedAfter(changedSince), ['lines', 'where', changedAfter(changedSince)]]);
		}
		if (state !== undefined) {
			const own = Object.entries(states).flatMap(([name, canonical]) => (canonical === state ? [name] : []));
			domain.push(['state', 'in', own]);
		}
		if (search !== undefined) {
			const fields = ['number', 'reference', 'description', 'party.rec_name'];
			domain.push(['OR', ...fields.map((field) => contains(field, search))]);
		}
		for (let last = 0; ; ) {
			const rows = await this.session.search(model, InvoiceRow, [['id', '>', last], ...domain], {
				related,
				order: [['id', 'ASC']],
				limit: pageSize,
			});
			const page = (await this.complete(rows)).map(({ document }) => document);
			const invoices = page.filter((invoice): invoice is Invoice => !(invoice instanceof Error));
			if (invoices.length > 0) yield invoices;
			const final = rows.at(-1);
			if (final === undefined || rows.length < pageSize) return;
			last = final.id;
		}
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Invoice>> {
		return changesOf<Invoice>(
			this.session,
			[
				{ mark: 'i', model, owner: 'id' },
				{ mark: 'l', model: lineModel, owner: 'invoice' },
			],
			(ids) => this.withIds(ids),
			cursor,
			this.overlapSeconds,
		);
	}

	private async withIds(ids: number[]): Promise<Array<ReadDocument<Invoice>>> {
		return this.complete(
			await this.session.searchIn(model, InvoiceRow, 'id', ids, [], { related, order: [['id', 'ASC']] }),
		);
	}

	private async complete(rows: InvoiceRow[]): Promise<Array<ReadDocument<Invoice>>> {
		const lines = await this.session.searchIn(
			lineModel,
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
			return { id: row.id, changedAt, document: this.invoiceOf(row, own, changedAt, byId, units, orders) };
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
			currency: row['currency.'].code,
			total: row.untaxed_amount,
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
