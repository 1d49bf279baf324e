import { z } from 'zod/v4';

import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, Entities, ListQuery } from '../../core/ports/systemConnector';
import {
	changesOf,
	documentsByKey,
	listedDocuments,
	numbersIn,
	timestampsOf,
	type ReadDocument,
} from './documentReading';
import type { Items, Product } from './items';
import { orderStates, type OrderEntity, type OrderKind, type TrytonOrderState } from './orderKinds';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import type { Units } from './units';
import { Day, ExactNumber, happenedAt, Instant, lastChange, microsecondsOf, quantityOf } from './values';

const OrderRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	reference: z.string().nullable(),
	description: z.string().nullable(),
	state: z.enum(Object.keys(orderStates) as [TrytonOrderState, ...TrytonOrderState[]]),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'party.': z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullish(),
	'currency.': z.object({ code: z.string() }).nullish(),
});
type OrderRow = z.infer<typeof OrderRow> & { day: string | null; due: string | null };

const LineRow = z.object({
	id: z.number().int(),
	product: z.number().int().nullable(),
	quantity: z.number().nullable(),
	unit: z.number().int().nullable(),
	unit_price: ExactNumber.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
});
type LineRow = z.infer<typeof LineRow> & { order: number };

const related = ['party.code', 'party.name', 'currency.code'];
const idsAtATime = 500;

export interface ReadOrder<E extends OrderEntity> extends ReadDocument<Entities[E]> {
	/** what stands in Tryton's description: the number that the order has at its origin */
	originNumber: string | null;
	day: string | null;
}

/**
 * Sales or purchases as orders; the key is the number in the database, since a draft has no other. Lines without stock (texts,
 * subtotals, services) are left out. A page is read in a handful of calls, whatever its size.
 */
export class Orders<E extends OrderEntity> {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		readonly kind: OrderKind<E>,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, Entities[E]>> {
		return await documentsByKey<Entities[E]>(keys, (ids) => this.withIds(ids));
	}

	/** One order with what Tryton says of it; absent where there is none. */
	async read(key: string): Promise<ReadOrder<E> | undefined> {
		return (await this.withIds(numbersIn([key])))[0];
	}

	list(query: ListQuery = {}): AsyncGenerator<Array<Entities[E]>> {
		return listedDocuments<OrderRow, Entities[E]>(query, {
			states: orderStates,
			searched: ['number', 'reference', 'description', 'party.rec_name'],
			parts: 'lines',
			rows: (domain, limit) => this.rows(domain, limit),
			complete: (rows) => this.complete(rows),
		});
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Entities[E]>> {
		const { model, lineModel, parent } = this.kind;
		return changesOf<Entities[E]>(
			this.session,
			[
				{ mark: 's', model, owner: 'id' },
				{ mark: 'l', model: lineModel, owner: parent },
			],
			(ids) => this.withIds(ids),
			cursor,
			this.overlapSeconds,
		);
	}

	private async withIds(ids: number[]): Promise<Array<ReadOrder<E>>> {
		const orders: Array<ReadOrder<E>> = [];
		for (let start = 0; start < ids.length; start += idsAtATime) {
			const some = ids.slice(start, start + idsAtATime);
			orders.push(...(await this.complete(await this.rows([['id', 'in', some]], some.length))));
		}
		return orders;
	}

	private async rows(domain: Domain, limit: number): Promise<OrderRow[]> {
		const { model, day, due } = this.kind;
		const days = { [day]: Day.nullable(), ...(due === undefined ? {} : { [due]: Day.nullable() }) };
		const rows = await this.session.search(model, OrderRow.extend(days), domain, {
			related,
			order: [['id', 'ASC']],
			limit,
		});
		return rows.map((row) => {
			const own = row as z.infer<typeof OrderRow> & Record<string, string | null>;
			return { ...own, day: own[day] ?? null, due: due === undefined ? null : (own[due] ?? null) };
		});
	}

	private async complete(rows: OrderRow[]): Promise<Array<ReadOrder<E>>> {
		const lines = await this.linesOf(rows.map(({ id }) => id));
		const products = await this.items.withIds(
			lines.flatMap(({ product }) => (product === null ? [] : [product])),
		);
		const units = await this.units.including(lines.flatMap(({ unit }) => (unit === null ? [] : [unit])));
		const byId = new Map(products.map((product) => [product.id, product]));
		const byOrder = Map.groupBy(lines, ({ order }) => order);
		return rows.map((row) => {
			const own = byOrder.get(row.id) ?? [];
			const changedAt = [row, ...own].map(lastChange).sort().at(-1) ?? '';
			return {
				id: row.id,
				state: row.state,
				originNumber: row.description,
				day: row.day,
				changedAt,
				timestamps: timestampsOf(this.kind.model, [row], timestampsOf(this.kind.lineModel, own)),
				document: this.orderOf(row, own, changedAt, byId, units),
			};
		});
	}

	private async linesOf(orders: number[]): Promise<LineRow[]> {
		const { lineModel, parent } = this.kind;
		const rows = await this.session.searchIn(
			lineModel,
			LineRow.extend({ [parent]: z.number().int() }),
			parent,
			orders,
			[['type', '=', 'line']],
			{
				order: [
					[parent, 'ASC'],
					['sequence', 'ASC'],
					['id', 'ASC'],
				],
			},
		);
		return rows.map((row) => {
			const own = row as z.infer<typeof LineRow> & Record<string, unknown>;
			return { ...own, order: z.number().parse(own[parent]) };
		});
	}

	private orderOf(
		row: OrderRow,
		lines: LineRow[],
		changedAt: Instant,
		products: Map<number, Product>,
		units: Units,
	): Entities[E] | ValidationError {
		const { entity, name, baseQuantities, Canonical } = this.kind;
		const problems: Record<string, string> = {};
		const stocked = lines.flatMap((line) => {
			const product = line.product === null ? undefined : products.get(line.product);
			return product === undefined || product.type === 'service' ? [] : [{ line, product }];
		});
		const canonical = stocked.map(({ line, product }, index) => {
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
				baseQuantity:
					unit === undefined || !baseQuantities
						? undefined
						: inBaseUnit(quantity, unit.id, product.baseUnit, units),
				unitPrice: line.unit_price ?? undefined,
			};
		});
		const party = row['party.'];
		const parsed = Canonical.safeParse({
			key: String(row.id),
			number: row.number ?? undefined,
			state: orderStates[row.state],
			partner: party?.code ? { code: party.code, name: party.name ?? undefined } : undefined,
			orderedAt: happenedAt(row.day, row.create_date),
			...(row.due === null ? {} : { expectedOn: row.due }),
			currency: row['currency.']?.code,
			revision: String(microsecondsOf(changedAt)),
			lines: canonical,
		});
		if (parsed.success) return withoutAbsent(parsed.data);
		return new ValidationError(
			`${name === 'sale' ? 'Sale' : 'Purchase'} ${row.number ?? row.id} of ${this.session.system} cannot be passed on: ${problemsOf(parsed.error, problems)}`,
			this.session.about({
				entity,
				key: String(row.id),
				hint: `Correct the ${name} or its product in Tryton, or give the unit a code in the connection’s unit map.`,
			}),
		);
	}
}

/** JSON has no `undefined`: without them, a record is equal to what an event carries. */
function withoutAbsent<T>(order: T): T {
	return JSON.parse(JSON.stringify(order)) as T;
}

/** As Tryton converts it; absent where the line is in the base unit already. */
function inBaseUnit(
	quantity: string,
	unit: number,
	baseUnit: number,
	units: Units,
): { quantity: string; unit: string } | undefined {
	const code = units.codeOf(baseUnit);
	const converted = unit === baseUnit ? undefined : units.convert(quantity, unit, baseUnit);
	return code === undefined || converted === undefined ? undefined : { quantity: converted, unit: code };
}
