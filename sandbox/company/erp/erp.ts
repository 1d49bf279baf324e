import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod/v4';

import { eventOf, type BridgeEvent } from '../../../core/events/event';
import { problems } from '../../../core/model/problems';
import { normalise, scaleExactly } from '../../../core/model/decimal';
import { Gtin, type Dimensions } from '../../../core/model/references';
import { Item } from '../../../core/model/item';
import type { SalesOrder } from '../../../core/model/salesOrder';
import { gtinOf } from '../catalogue/gtin';
import { ServiceDatabase, type Row, type Statement } from '../database';
import { ServiceError } from '../http/service';
import { Outbox } from '../outbox/outbox';
import { deliveryKind, type DeliveryBody } from './deliveries';
import { dimensioned } from './dimensions';
import { invoiceKind, type InvoiceBody } from './invoices';
import { numberedLines } from '../records/lines';
import {
	ErpItemPatch,
	NewErpItem,
	NewOrder,
	OrderPatch,
	type ErpItem,
	type ErpOrder,
	type ErpOrderLine,
	type ErpStatus,
	type NewLine,
} from './model';
import { partnerKind, type PartnerBody } from './partners';
import { purchaseKind, type PurchaseBody } from './purchases';
import { instant, likePattern, pageSize } from '../records/query';
import { RecordBook, type RecordKind } from '../records/recordBook';

const schema = `
CREATE TABLE IF NOT EXISTS items (
	code TEXT PRIMARY KEY, gtin TEXT NOT NULL UNIQUE, name_en TEXT NOT NULL, name_zh TEXT NOT NULL,
	price TEXT NOT NULL, carton INTEGER, carton_known INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
	row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, number TEXT, status TEXT NOT NULL, customer TEXT NOT NULL,
	ordered_at TEXT NOT NULL, currency TEXT NOT NULL, version INTEGER NOT NULL, changed_at INTEGER NOT NULL,
	last_change TEXT NOT NULL, idempotency_key TEXT UNIQUE, next_line INTEGER NOT NULL, lines TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS orders_by_change ON orders (changed_at, id);
CREATE TABLE IF NOT EXISTS item_versions (
	code TEXT PRIMARY KEY, version INTEGER NOT NULL, changed_at INTEGER NOT NULL, idempotency_key TEXT UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS items_by_change ON item_versions (changed_at, code);
${RecordBook.schema}
${Outbox.schema}`;

/** From which status an order may go to which. */
const transitions: Record<ErpStatus, ErpStatus[]> = {
	draft: ['confirmed', 'cancelled'],
	confirmed: ['draft', 'done', 'cancelled'],
	done: [],
	cancelled: [],
};

/** The name under which this ERP is known in events and in the crosswalk. */
export const erpSystem = 'sandbox-erp';

/** Every item of this ERP counts in pieces. */
const baseUnit = 'H87';

export interface OrderQuery {
	ids?: string[];
	/** orders with a higher id, or with a lower one when `descending` */
	after?: string;
	descending?: boolean;
	limit?: number;
	search?: string;
	/** ISO 8601 instant, inclusive */
	changedSince?: string;
	status?: string;
}

export interface OrderCommit {
	order: ErpOrder;
	/** performance.now() right after the commit */
	committedAt: number;
}

/** A result for each record, so that a wrong one does not stop its neighbours. */
export type ErpResult = { order: ErpOrder; created: boolean } | { error: { code: string; message: string } };

/** Sales orders and items. Each change of an order and the event that tells of it are one commit. */
export class Erp {
	private readonly database: ServiceDatabase;
	private readonly statements: ReturnType<typeof prepare>;
	private readonly listeners: Array<(commits: OrderCommit[]) => void> = [];
	private changed: ErpOrder[] = [];
	private importedAt: number | undefined;
	readonly outbox?: Outbox;
	readonly partners: RecordBook<PartnerBody>;
	readonly purchases: RecordBook<PurchaseBody>;
	readonly deliveries: RecordBook<DeliveryBody>;
	readonly invoices: RecordBook<InvoiceBody>;
	/** refuses, by throwing a ServiceError, to confirm an order that is not approved yet */
	admitConfirmation: (order: { id?: string; lines: ErpOrderLine[] }) => void = () => undefined;

	constructor(file: string, options: { publish: boolean; topicPrefix: string }) {
		this.database = new ServiceDatabase(file, schema);
		this.database.addColumn('items', 'cost', 'TEXT');
		this.database.addColumn('orders', 'dimensions', 'TEXT');
		this.statements = prepare(this.database);
		if (options.publish) this.outbox = new Outbox(this.database, options.topicPrefix);
		const book = <Body extends object>(kind: RecordKind<Body>): RecordBook<Body> =>
			new RecordBook(
				this.database,
				erpSystem,
				kind,
				(event) => this.publish(event),
				() => this.tell([]),
				() => this.importedAt,
			);
		const item = (code: string): ErpItem | undefined => this.item(code);
		const partner = (code: string): PartnerBody | undefined => this.partners.get(code)?.body;
		const salesOrder = (id: string): ErpOrder | undefined => this.order(id);
		const purchase = (id: string): PurchaseBody | undefined => this.purchases.get(id)?.body;
		this.partners = book(partnerKind);
		this.purchases = book(purchaseKind({ item, partner }));
		this.deliveries = book(deliveryKind({ item, salesOrder }));
		this.invoices = book(invoiceKind({ item, partner, salesOrder, purchase }));
	}

	/** Called after each commit, in the order of commits; with no order when only events were written. */
	onCommit(listener: (commits: OrderCommit[]) => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	get isEmpty(): boolean {
		return this.statements.anyItem.get() === undefined;
	}

	/** Documents and what became of them, as they were at that moment. An import: it publishes nothing. */
	import(at: Date, work: () => void): void {
		this.importedAt = at.getTime();
		try {
			this.database.transaction(work);
		} finally {
			this.importedAt = undefined;
		}
	}

	private publish(event: BridgeEvent): void {
		if (this.importedAt === undefined) this.outbox?.append(event);
	}

	// Items

	/** Fills the item master in bulk, in place of what it said. An import: it publishes nothing. */
	putItems(items: NewErpItem[]): ErpItem[] {
		const wanted = items.map((item) => NewErpItem.parse(item));
		return this.database.transaction(() => {
			const now = this.itemClock();
			for (const item of wanted) {
				const known = this.statements.item.get(item.code);
				const gtin = item.gtin ?? (known ? String(known.gtin) : this.nextGtin());
				const owner = this.statements.itemByGtin.get(gtin);
				if (owner && owner.code !== item.code) {
					throw new ServiceError(
						409,
						'gtin_taken',
						`GTIN ${gtin} belongs to item "${String(owner.code)}"; give "${item.code}" another.`,
					);
				}
				this.statements.putItem.run(
					item.code,
					gtin,
					item.names.en,
					item.names['zh-CN'] ?? item.names.en,
					item.price,
					item.carton ?? null,
					item.cartonKnown ? 1 : 0,
					item.cost ?? null,
				);
				this.statements.touchItem.run(item.code, now);
			}
			return wanted.map(({ code }) => this.item(code)).filter((item) => item !== undefined);
		});
	}

	/** The same idempotency key makes one item; a code that is there already is refused. */
	createItem(given: unknown, idempotencyKey?: string): { item: ErpItem; created: boolean } {
		const wanted = NewErpItem.parse(given);
		const result = this.database.transaction(() => {
			const known = idempotencyKey && this.statements.itemByKey.get(idempotencyKey);
			if (known) return { item: itemOf(known), created: false };
			if (this.statements.item.get(wanted.code)) {
				throw new ServiceError(409, 'taken', `There is an item "${wanted.code}" already.`);
			}
			const [item] = this.putItems([wanted]);
			if (!item) throw new Error(`item ${wanted.code} vanished within its transaction`);
			if (idempotencyKey) this.statements.keyItem.run(idempotencyKey, wanted.code);
			this.publish(eventOfItem(item, 'created'));
			return { item, created: true };
		});
		this.tell([]);
		return result;
	}

	/** `ifVersion` refuses the change with 409 when the item is no longer at that version. */
	patchItem(code: string, patch: ErpItemPatch, ifVersion?: number): ErpItem {
		const wanted = ErpItemPatch.parse(patch);
		const result = this.database.transaction(() => {
			const row = this.statements.item.get(code);
			if (!row) throw new ServiceError(404, 'no_such_item', `There is no item "${code}".`);
			const before = itemOf(row);
			if (ifVersion !== undefined && ifVersion !== before.version) {
				throw new ServiceError(
					409,
					'version',
					`Item "${code}" is at version ${before.version}, not ${ifVersion}; read it again and repeat the change.`,
				);
			}
			const carton = row.carton === null ? undefined : Number(row.carton);
			const current = {
				code,
				gtin: before.gtin,
				names: before.names,
				price: before.price,
				cost: before.cost,
				carton,
				cartonKnown: row.carton_known === 1,
			};
			const next = { ...current, ...wanted, names: { ...before.names, ...wanted.names } };
			if (JSON.stringify(next) === JSON.stringify(current)) return before;
			const [item] = this.putItems([next]);
			if (!item) throw new Error(`item ${code} vanished within its transaction`);
			this.publish(eventOfItem(item, 'changed'));
			return item;
		});
		this.tell([]);
		return result;
	}

	/** Items after (changedAt, code), oldest change first, each as it now is. */
	itemChanges(query: { changedAt?: string; id?: string; limit?: number } = {}): ErpItem[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.itemChanges.all(since, query.id ?? '', pageSize(query.limit)).map(itemOf);
	}

	item(code: string): ErpItem | undefined {
		const row = this.statements.item.get(code);
		return row && itemOf(row);
	}

	itemsByCode(codes: string[]): ErpItem[] {
		return codes.map((code) => this.item(code)).filter((item) => item !== undefined);
	}

	itemsByGtin(gtins: string[]): ErpItem[] {
		return gtins
			.map((gtin) => this.statements.itemByGtin.get(gtin))
			.filter((row) => row !== undefined)
			.map(itemOf);
	}

	/** By ascending code. */
	listItems(
		query: { after?: string; limit?: number; search?: string; changedSince?: string } = {},
	): ErpItem[] {
		const pattern = likePattern(query.search);
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		return this.statements.listItems
			.all(query.after ?? '', since, pattern, pattern, pattern, pattern, pageSize(query.limit))
			.map(itemOf);
	}

	// Orders

	createOrder(order: NewOrder): { order: ErpOrder; created: boolean } {
		return this.commit(() => this.insert(NewOrder.parse(order)));
	}

	/** One commit for all; a wrong record gets an error and the others are created. */
	createOrders(orders: unknown[]): ErpResult[] {
		return this.commit(() =>
			orders.map((order): ErpResult => {
				try {
					return this.insert(NewOrder.parse(order));
				} catch (error) {
					if (error instanceof ServiceError) return { error: { code: error.code, message: error.message } };
					if (error instanceof z.ZodError) return { error: { code: 'invalid', message: problems(error) } };
					throw error;
				}
			}),
		);
	}

	order(id: string): ErpOrder | undefined {
		const row = this.statements.order.get(id);
		return row && orderOf(row);
	}

	orders(query: OrderQuery = {}): ErpOrder[] {
		if (query.ids) return query.ids.map((id) => this.order(id)).filter((order) => order !== undefined);
		const pattern = likePattern(query.search);
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		const status = query.status ?? null;
		const rows = query.descending
			? this.statements.listDescending.all(
					query.after ?? '\uffff',
					since,
					status,
					status,
					pattern,
					pattern,
					pattern,
					pattern,
					pageSize(query.limit),
				)
			: this.statements.list.all(
					query.after ?? '',
					since,
					status,
					status,
					pattern,
					pattern,
					pattern,
					pattern,
					pageSize(query.limit),
				);
		return rows.map(orderOf);
	}

	get orderCount(): number {
		return Number(this.statements.count.get()?.orders ?? 0);
	}

	/** Orders after (changedAt, id), oldest change first, each as it now is. */
	changes(query: { changedAt?: string; id?: string; limit?: number } = {}): ErpOrder[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.changes.all(since, query.id ?? '', pageSize(query.limit)).map(orderOf);
	}

	/** `ifVersion` refuses the change with 409 when the order is no longer at that version. */
	patchOrder(id: string, patch: OrderPatch, ifVersion?: number): ErpOrder {
		const wanted = OrderPatch.parse(patch);
		return this.commit(() => this.update(id, wanted, ifVersion));
	}

	confirmOrder(id: string, ifVersion?: number): ErpOrder {
		return this.patchOrder(id, { status: 'confirmed' }, ifVersion);
	}

	cancelOrder(id: string, ifVersion?: number): ErpOrder {
		return this.patchOrder(id, { status: 'cancelled' }, ifVersion);
	}

	/** Many patches in one commit; a refused one gets an error. */
	patchOrders(patches: Array<{ id: string; patch: OrderPatch; ifVersion?: number }>): ErpResult[] {
		return this.commit(() =>
			patches.map(({ id, patch, ifVersion }): ErpResult => {
				try {
					return { order: this.update(id, OrderPatch.parse(patch), ifVersion), created: false };
				} catch (error) {
					if (error instanceof ServiceError) return { error: { code: error.code, message: error.message } };
					if (error instanceof z.ZodError) return { error: { code: 'invalid', message: problems(error) } };
					throw error;
				}
			}),
		);
	}

	/**
	 * Publishes the last event of each order once more, under its own id, for consumers that missed it. Returns how many
	 * were written; none when this ERP publishes nothing.
	 */
	resend(ids: string[]): number {
		const { outbox } = this;
		if (!outbox) return 0;
		const orders = this.orders({ ids });
		this.database.transaction(() => {
			for (const order of orders) outbox.append(eventOfOrder(order));
		});
		this.tell([]);
		return orders.length;
	}

	private commit<T>(work: () => T): T {
		this.changed = [];
		const result = this.database.transaction(work);
		const committedAt = performance.now();
		const commits = this.changed.map((order) => ({ order, committedAt }));
		this.changed = [];
		if (commits.length > 0) this.tell(commits);
		return result;
	}

	private tell(commits: OrderCommit[]): void {
		for (const listener of this.listeners) listener(commits);
	}

	private insert(wanted: z.output<typeof NewOrder>): { order: ErpOrder; created: boolean } {
		if (wanted.idempotencyKey !== undefined) {
			const known = this.statements.byIdempotencyKey.get(wanted.idempotencyKey);
			if (known) return { order: orderOf(known), created: false };
		}
		const { lines, nextLine } = this.linesOf(wanted.lines, [], 1);
		if (wanted.status === 'confirmed') this.admitConfirmation({ lines });
		const changedAt = this.clock();
		const { lastInsertRowid } = this.statements.insert.run(
			wanted.status,
			JSON.stringify(wanted.customer),
			wanted.orderedAt ?? new Date(changedAt).toISOString(),
			wanted.currency,
			stored(dimensioned(wanted.dimensions)),
			changedAt,
			wanted.idempotencyKey ?? null,
			nextLine,
			JSON.stringify(lines),
		);
		const id = `SO-${String(lastInsertRowid).padStart(8, '0')}`;
		this.statements.name.run(id, wanted.number ?? id, lastInsertRowid);
		return { order: this.record(id), created: true };
	}

	private update(id: string, patch: z.output<typeof OrderPatch>, ifVersion: number | undefined): ErpOrder {
		const row = this.statements.order.get(id);
		if (!row) throw new ServiceError(404, 'no_such_order', `There is no order "${id}".`);
		const order = orderOf(row);
		if (ifVersion !== undefined && ifVersion !== order.version) {
			throw new ServiceError(
				409,
				'version',
				`Order "${id}" is at version ${order.version}, not ${ifVersion}; read it again and repeat the change.`,
			);
		}
		let { lines } = order;
		let nextLine = Number(row.next_line);
		if (patch.lines) ({ lines, nextLine } = this.linesOf(patch.lines, lines, nextLine));
		if (patch.quantities) lines = this.withQuantities(id, lines, patch.quantities);
		const status = patch.status ?? order.status;
		const sameLines = JSON.stringify(lines) === JSON.stringify(order.lines);
		const { number = order.number, currency = order.currency, orderedAt = order.orderedAt } = patch;
		const { dimensions } = dimensioned(patch.dimensions, order.dimensions);
		const customer = JSON.stringify({ ...order.customer, ...patch.customer });
		const sameHead =
			number === order.number &&
			currency === order.currency &&
			orderedAt === order.orderedAt &&
			isDeepStrictEqual(dimensions, order.dimensions) &&
			customer === JSON.stringify(order.customer);
		if (status === order.status && sameLines && sameHead) return order;
		if (status !== order.status && !transitions[order.status].includes(status)) {
			throw new ServiceError(409, 'status', `Order "${id}" is ${order.status} and cannot become ${status}.`);
		}
		if (!(sameLines && sameHead) && (order.status === 'done' || order.status === 'cancelled')) {
			throw new ServiceError(409, 'status', `Order "${id}" is ${order.status}; it stays as it is.`);
		}
		if (status === 'confirmed') this.admitConfirmation({ id, lines });
		const change = status === 'cancelled' ? 'cancelled' : 'changed';
		this.statements.update.run(
			status,
			JSON.stringify(lines),
			nextLine,
			this.clock(),
			change,
			number,
			customer,
			orderedAt,
			currency,
			stored({ dimensions }),
			id,
		);
		return this.record(id);
	}

	/** Reads the order back and writes its event, within the transaction of the change. */
	private record(id: string): ErpOrder {
		const order = this.order(id);
		if (!order) throw new Error(`order ${id} vanished within its transaction`);
		this.publish(eventOfOrder(order));
		this.changed.push(order);
		return order;
	}

	private linesOf(
		wanted: Array<z.output<typeof NewLine>>,
		current: ErpOrderLine[],
		firstFree: number,
	): { lines: ErpOrderLine[]; nextLine: number } {
		return numberedLines(wanted, current, firstFree, (line, id, before) => {
			const row = this.statements.item.get(line.item);
			if (!row) throw new ServiceError(422, 'unknown_item', `There is no item "${line.item}".`);
			const item = itemOf(row);
			if (!item.salesUnits.includes(line.unit)) {
				throw new ServiceError(
					422,
					'unit',
					`Item "${item.code}" is sold in ${item.salesUnits.join(' and ')}, not in ${line.unit}.`,
				);
			}
			return {
				id,
				item: item.code,
				gtin: item.gtin,
				name: item.names.en,
				...amountOf(item, line.quantity, line.unit),
				price: line.price ?? before?.price ?? item.price,
				...dimensioned(line.dimensions, before?.dimensions),
			};
		});
	}

	private withQuantities(
		id: string,
		lines: ErpOrderLine[],
		quantities: Record<string, string>,
	): ErpOrderLine[] {
		const unknown = Object.keys(quantities).find((line) => !lines.some((known) => known.id === line));
		if (unknown !== undefined) {
			throw new ServiceError(422, 'line', `Line "${unknown}" is not a line of order "${id}".`);
		}
		return lines.map(({ pieces, ...line }) => {
			const quantity = quantities[line.id];
			if (quantity === undefined) return pieces === undefined ? line : { ...line, pieces };
			return { ...line, ...amountOf(this.item(line.item), quantity, line.unit) };
		});
	}

	/** Milliseconds that never run backwards, so that a change is never dated before an earlier one. */
	private clock(): number {
		const latest = Number(this.statements.latest.get()?.latest ?? 0);
		return this.importedAt ?? Math.max(Date.now(), latest);
	}

	private itemClock(): number {
		return Math.max(Date.now(), Number(this.statements.latestItem.get()?.latest ?? 0));
	}

	private nextGtin(): string {
		let number = Number(this.statements.countItems.get()?.items ?? 0) + 1;
		while (this.statements.itemByGtin.get(gtinOf(number))) number += 1;
		return Gtin.parse(gtinOf(number));
	}
}

/** The event that tells of the order's last change. */
export function eventOfOrder(order: ErpOrder): BridgeEvent {
	return eventOf({
		system: erpSystem,
		entity: 'salesOrder',
		change: order.lastChange,
		key: order.id,
		sequence: order.version,
		record: canonicalOrder(order),
		changedAt: order.changedAt,
	});
}

/** The order as its event carries it. */
export function canonicalOrder(order: ErpOrder): SalesOrder {
	return {
		key: order.id,
		number: order.number,
		state: order.status,
		partner: order.customer,
		orderedAt: order.orderedAt,
		currency: order.currency,
		...dimensioned(order.dimensions),
		revision: String(order.version),
		lines: order.lines.map(({ id, item, gtin, name, quantity, unit, pieces, price, dimensions }) => ({
			line: id,
			item: { code: item, gtin, name },
			quantity,
			unit,
			...(pieces === undefined ? {} : { baseQuantity: { quantity: pieces, unit: baseUnit } }),
			unitPrice: price,
			...dimensioned(dimensions),
		})),
	};
}

function eventOfItem(item: ErpItem, change: 'created' | 'changed'): BridgeEvent {
	const { code, gtin, names, version, changedAt, conversions } = item;
	return eventOf({
		system: erpSystem,
		entity: 'item',
		change,
		key: code,
		sequence: version,
		record: Item.parse({
			code,
			gtin,
			name: names.en,
			baseUnit,
			units: conversions.map(({ unit, pieces }) => ({ unit, numerator: String(pieces) })),
			revision: String(version),
		}),
		changedAt,
	});
}

/** A line's quantity and unit, with the pieces where the unit is another one and its size is known. */
function amountOf(
	item: ErpItem | undefined,
	quantity: string,
	unit: string,
): Pick<ErpOrderLine, 'quantity' | 'unit' | 'pieces'> {
	const conversion = item?.conversions.find((known) => known.unit === unit);
	const pieces = conversion && scaleExactly(quantity, String(conversion.pieces), '1');
	return { quantity: normalise(quantity), unit, ...(pieces === undefined ? {} : { pieces }) };
}

function itemOf(row: Row): ErpItem {
	const carton = row.carton === null ? undefined : Number(row.carton);
	return {
		code: String(row.code),
		gtin: String(row.gtin),
		names: { en: String(row.name_en), 'zh-CN': String(row.name_zh) },
		baseUnit,
		salesUnits: carton === undefined ? [baseUnit] : [baseUnit, 'XCT'],
		conversions: carton === undefined || row.carton_known === 0 ? [] : [{ unit: 'XCT', pieces: carton }],
		price: String(row.price),
		...(row.cost === null ? {} : { cost: String(row.cost) }),
		version: Number(row.version ?? 1),
		changedAt: new Date(Number(row.changed_at ?? 0)).toISOString(),
	};
}

function orderOf(row: Row): ErpOrder {
	return {
		id: String(row.id),
		number: String(row.number),
		status: row.status as ErpStatus,
		customer: JSON.parse(String(row.customer)) as ErpOrder['customer'],
		orderedAt: String(row.ordered_at),
		currency: String(row.currency),
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
		lastChange: row.last_change as ErpOrder['lastChange'],
		...(row.dimensions === null ? {} : { dimensions: JSON.parse(String(row.dimensions)) as Dimensions }),
		lines: JSON.parse(String(row.lines)) as ErpOrderLine[],
	};
}

function stored({ dimensions }: { dimensions?: Dimensions | undefined }): string | null {
	return dimensions === undefined ? null : JSON.stringify(dimensions);
}

function prepare(
	database: ServiceDatabase,
): Record<
	| 'anyItem'
	| 'item'
	| 'itemByGtin'
	| 'putItem'
	| 'listItems'
	| 'countItems'
	| 'itemByKey'
	| 'keyItem'
	| 'touchItem'
	| 'itemChanges'
	| 'latestItem'
	| 'order'
	| 'byIdempotencyKey'
	| 'insert'
	| 'name'
	| 'update'
	| 'latest'
	| 'count'
	| 'changes'
	| 'list'
	| 'listDescending',
	Statement
> {
	const matching = `changed_at >= ? AND (? IS NULL OR status = ?) AND (? IS NULL OR id LIKE ? ESCAPE '\\' OR number LIKE ? ESCAPE '\\' OR customer LIKE ? ESCAPE '\\')`;
	const items = 'SELECT * FROM items LEFT JOIN item_versions USING (code)';
	const sql = {
		anyItem: 'SELECT code FROM items LIMIT 1',
		item: `${items} WHERE code = ?`,
		itemByGtin: `${items} WHERE gtin = ?`,
		putItem: `INSERT INTO items (code, gtin, name_en, name_zh, price, carton, carton_known, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (code) DO UPDATE SET gtin = excluded.gtin, name_en = excluded.name_en, name_zh = excluded.name_zh,
			price = excluded.price, carton = excluded.carton, carton_known = excluded.carton_known,
			cost = excluded.cost`,
		listItems: `${items} WHERE code > ? AND ifnull(changed_at, 0) >= ? AND (? IS NULL OR code LIKE ? ESCAPE '\\'
			OR name_en LIKE ? ESCAPE '\\' OR name_zh LIKE ? ESCAPE '\\') ORDER BY code LIMIT ?`,
		countItems: 'SELECT count(*) AS items FROM items',
		itemByKey: `${items} WHERE idempotency_key = ?`,
		keyItem: 'UPDATE item_versions SET idempotency_key = ? WHERE code = ?',
		touchItem: `INSERT INTO item_versions (code, version, changed_at) VALUES (?, 1, ?)
			ON CONFLICT (code) DO UPDATE SET version = version + 1, changed_at = excluded.changed_at`,
		itemChanges: `${items} WHERE (changed_at, code) > (?, ?) ORDER BY changed_at, code LIMIT ?`,
		latestItem: 'SELECT max(changed_at) AS latest FROM item_versions',
		order: 'SELECT * FROM orders WHERE id = ?',
		byIdempotencyKey: 'SELECT * FROM orders WHERE idempotency_key = ?',
		insert: `INSERT INTO orders (status, customer, ordered_at, currency, dimensions, version, changed_at, last_change,
			idempotency_key, next_line, lines) VALUES (?, ?, ?, ?, ?, 1, ?, 'created', ?, ?, ?)`,
		name: 'UPDATE orders SET id = ?, number = ? WHERE row = ?',
		update: `UPDATE orders SET status = ?, lines = ?, next_line = ?, changed_at = ?, last_change = ?,
			number = ?, customer = ?, ordered_at = ?, currency = ?, dimensions = ?, version = version + 1 WHERE id = ?`,
		latest: 'SELECT max(changed_at) AS latest FROM orders',
		count: 'SELECT count(*) AS orders FROM orders',
		changes: 'SELECT * FROM orders WHERE (changed_at, id) > (?, ?) ORDER BY changed_at, id LIMIT ?',
		list: `SELECT * FROM orders WHERE id > ? AND ${matching} ORDER BY id LIMIT ?`,
		listDescending: `SELECT * FROM orders WHERE id < ? AND ${matching} ORDER BY id DESC LIMIT ?`,
	};
	return Object.fromEntries(
		Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
	) as Record<keyof typeof sql, Statement>;
}
