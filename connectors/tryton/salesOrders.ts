import { z } from 'zod/v4';

import { SalesOrder, type SalesOrderLine, type SalesOrderState } from '../../core/model/salesOrder';
import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges } from './changeCapture';
import { changedAfter, contains } from './criteria';
import type { Items, Product } from './items';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import type { Units } from './units';
import { ExactNumber, Instant, lastChange, quantityOf, microsecondsOf } from './values';

const SaleRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	state: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
	create_date: Instant,
	write_date: Instant.nullable(),
	'party.': z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullish(),
	'currency.': z.object({ code: z.string() }).nullish(),
});
type SaleRow = z.infer<typeof SaleRow>;

const LineRow = z.object({
	id: z.number().int(),
	sale: z.number().int(),
	product: z.number().int().nullable(),
	quantity: z.number().nullable(),
	unit: z.number().int().nullable(),
	unit_price: ExactNumber.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type LineRow = z.infer<typeof LineRow>;

const saleFields = ['party.code', 'party.name', 'currency.code'];

const states: Record<SaleRow['state'], SalesOrderState> = {
	draft: 'draft',
	quotation: 'draft',
	confirmed: 'confirmed',
	processing: 'confirmed',
	done: 'done',
	cancelled: 'cancelled',
};

const defaultPageSize = 100;

/** A sale as an order, or why it is none. */
interface ReadSale {
	id: number;
	changedAt: Instant;
	order: SalesOrder | ValidationError;
}

/**
 * Sales as orders; the key is the sale's number in the database, since a draft has no other. Lines without stock (texts,
 * subtotals, services) are left out. A page is read in a handful of calls, whatever its size.
 */
export class SalesOrders {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		private readonly overlapSeconds?: number,
	) {}

	/** One that exists but cannot be expressed is left out, so that its neighbours go through; asked for alone, it says why. */
	async get(keys: string[]): Promise<Map<string, SalesOrder>> {
		const ids = keys.filter((key) => /^[1-9]\d{0,15}$/.test(key)).map(Number);
		const orders = new Map<string, SalesOrder>();
		for (const { order } of await this.withIds(ids)) {
			if (!(order instanceof Error)) orders.set(order.key, order);
			else if (ids.length === 1) throw order;
		}
		return orders;
	}

	/** Sales that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<SalesOrder[]> {
		const { pageSize = defaultPageSize, search, state, changedSince } = query;
		const domain: Domain = [];
		if (changedSince !== undefined) {
			domain.push(['OR', changedAfter(changedSince), ['lines', 'where', changedAfter(changedSince)]]);
		}
		if (state !== undefined) {
			domain.push([
				'state',
				'in',
				Object.keys(states).filter((own) => states[own as SaleRow['state']] === state),
			]);
		}
		if (search !== undefined) {
			domain.push([
				'OR',
				contains('number', search),
				contains('reference', search),
				contains('party.rec_name', search),
			]);
		}
		for (let last = 0; ; ) {
			const sales = await this.session.search('sale.sale', SaleRow, [['id', '>', last], ...domain], {
				related: saleFields,
				order: [['id', 'ASC']],
				limit: pageSize,
			});
			const page = (await this.complete(sales)).map(({ order }) => order);
			const orders = page.filter((order): order is SalesOrder => !(order instanceof Error));
			if (orders.length > 0) yield orders;
			const final = sales.at(-1);
			if (final === undefined || sales.length < pageSize) return;
			last = final.id;
		}
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<SalesOrder>> {
		return captureChanges<SalesOrder>(
			{
				session: this.session,
				sources: [
					{ mark: 's', model: 'sale.sale', owner: 'id' },
					{ mark: 'l', model: 'sale.line', owner: 'sale' },
				],
				read: async (ids) =>
					(await this.withIds(ids)).map(({ id, changedAt, order }) => ({
						id,
						change: {
							key: String(id),
							changedAt,
							version: microsecondsOf(changedAt),
							...(order instanceof Error ? { problem: order } : { record: order }),
						},
					})),
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	private async withIds(ids: number[]): Promise<ReadSale[]> {
		return this.complete(
			await this.session.searchIn('sale.sale', SaleRow, 'id', ids, [], {
				related: saleFields,
				order: [['id', 'ASC']],
			}),
		);
	}

	private async complete(sales: SaleRow[]): Promise<ReadSale[]> {
		const lines = await this.session.searchIn(
			'sale.line',
			LineRow,
			'sale',
			sales.map(({ id }) => id),
			[['type', '=', 'line']],
			{
				order: [
					['sale', 'ASC'],
					['sequence', 'ASC'],
					['id', 'ASC'],
				],
			},
		);
		const products = await this.items.withIds(
			lines.flatMap(({ product }) => (product === null ? [] : [product])),
		);
		const units = await this.units.including(lines.flatMap(({ unit }) => (unit === null ? [] : [unit])));
		const byId = new Map(products.map((product) => [product.id, product]));
		const bySale = Map.groupBy(lines, ({ sale }) => sale);
		return sales.map((sale) => {
			const own = bySale.get(sale.id) ?? [];
			const stamps = [sale, ...own].map(lastChange).sort();
			return { id: sale.id, changedAt: stamps.at(-1) ?? '', order: this.orderOf(sale, own, byId, units) };
		});
	}

	private orderOf(
		sale: SaleRow,
		lines: LineRow[],
		products: Map<number, Product>,
		units: Units,
	): SalesOrder | ValidationError {
		const problems: Record<string, string> = {};
		const stocked = lines.flatMap((line) => {
			const product = line.product === null ? undefined : products.get(line.product);
			return product === undefined || product.type === 'service' ? [] : [{ line, product }];
		});
		const canonical = stocked.map(({ line, product }, index): Record<keyof SalesOrderLine, unknown> => {
			const unit = line.unit === null ? undefined : units.get(line.unit);
			const quantity = quantityOf(line.quantity ?? 0, unit?.digits ?? 0);
			problems[`lines.${index}.item.code`] = `product ${product.id} ("${product.name}") has no code`;
			problems[`lines.${index}.unit`] = `the unit "${unit?.name}" has no UN/ECE code of its own`;
			problems[`lines.${index}.quantity`] = `${line.quantity} is no quantity that can be delivered`;
			return {
				line: String(line.id),
				item: { code: product.code, gtin: product.gtin, name: product.name },
				quantity,
				unit: unit === undefined ? undefined : units.codeOf(unit.id),
				baseQuantity: unit === undefined ? undefined : inBaseUnit(quantity, unit.id, product.baseUnit, units),
				unitPrice: line.unit_price ?? undefined,
			};
		});
		const party = sale['party.'];
		const parsed = SalesOrder.safeParse({
			key: String(sale.id),
			number: sale.number ?? undefined,
			state: states[sale.state],
			partner: party?.code ? { code: party.code, name: party.name ?? undefined } : undefined,
			orderedAt: sale.create_date,
			currency: sale['currency.']?.code,
			lines: canonical,
		});
		if (parsed.success) return withoutAbsent(parsed.data);
		return new ValidationError(
			`Sale ${sale.number ?? sale.id} of ${this.session.system} cannot be passed on: ${problemsOf(parsed.error, problems)}`,
			this.session.about({
				entity: 'salesOrder',
				key: String(sale.id),
				hint: 'Correct the sale or its product in Tryton, or give the unit a code in the connection’s unit map.',
			}),
		);
	}
}

/** JSON has no `undefined`: without them, a record is equal to what an event carries. */
function withoutAbsent(order: SalesOrder): SalesOrder {
	return JSON.parse(JSON.stringify(order)) as SalesOrder;
}

/** As Tryton converts it; absent where the line is in the base unit already. */
function inBaseUnit(
	quantity: string,
	unit: number,
	baseUnit: number,
	units: Units,
): SalesOrderLine['baseQuantity'] {
	const code = units.codeOf(baseUnit);
	const converted = unit === baseUnit ? undefined : units.convert(quantity, unit, baseUnit);
	return code === undefined || converted === undefined ? undefined : { quantity: converted, unit: code };
}
