import { eventOf, type BridgeEvent } from '../../../core/events/event';
import { problems } from '../../../core/model/problems';
import type { Reservation } from '../../../core/model/reservation';
import { ServiceDatabase, type Row, type Statement } from '../database';
import { instant, likePattern, pageSize } from '../records/query';
import { ServiceError } from '../http/service';
import { Outbox } from '../outbox/outbox';
import {
	MatchRequest,
	NewWmsItem,
	WmsItemChange,
	type MatchError,
	type MatchResult,
	type Movement,
	type WmsItem,
	type WmsReservation,
	type WmsStock,
} from './model';
import { movementEvent, receiptEvent, shipmentEvent, stockEvent, wmsSystem } from './events';
import { Receipts } from './receipts';
import { Shipments } from './shipments';
import { StockLedger, type Posting } from './stockLedger';
import { isWhole, parseQuantity, quantityText } from './thousandths';

// The CHECKs are the warehouse's invariants: nothing negative, nothing reserved that is not there.
const schema = `
CREATE TABLE IF NOT EXISTS items (
	sku TEXT PRIMARY KEY, gtin TEXT NOT NULL UNIQUE, name_en TEXT NOT NULL, name_zh TEXT NOT NULL,
	base_unit TEXT NOT NULL, units TEXT NOT NULL,
	on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL DEFAULT 0,
	CHECK (reserved >= 0 AND on_hand >= reserved)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
	id INTEGER PRIMARY KEY AUTOINCREMENT, order_key TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL,
	revision INTEGER NOT NULL, changed_at INTEGER NOT NULL, idempotency_key TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS reservations_by_change ON reservations (changed_at, order_key);
CREATE TABLE IF NOT EXISTS reservation_lines (
	reservation INTEGER NOT NULL REFERENCES reservations (id), sku TEXT NOT NULL REFERENCES items (sku),
	requested INTEGER NOT NULL, reserved INTEGER NOT NULL, whole INTEGER NOT NULL,
	PRIMARY KEY (reservation, sku), CHECK (reserved >= 0 AND requested >= reserved)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_by_sku ON reservation_lines (sku, reservation);
CREATE INDEX IF NOT EXISTS back_orders ON reservation_lines (sku, reservation) WHERE reserved < requested;
CREATE TABLE IF NOT EXISTS movements (
	id INTEGER PRIMARY KEY AUTOINCREMENT, order_key TEXT NOT NULL, sku TEXT NOT NULL, delta INTEGER NOT NULL,
	sequence INTEGER NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS shipped (
	order_key TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (order_key, sku)
) STRICT, WITHOUT ROWID;
${StockLedger.schema}
${Shipments.schema}
${Receipts.schema}
${Outbox.schema}`;

/** Rows of a SKU's queue read at a time. */
const queuePage = 50;

export interface ReservationCommit {
	reservation: WmsReservation;
	/** performance.now() right after the commit */
	committedAt: number;
}

/** Thousandths by SKU. */
interface Line {
	sku: string;
	requested: number;
}
interface StoredLine extends Line {
	reserved: number;
	whole: boolean;
}
interface Stored {
	id: number;
	order: string;
	sequence: number;
	revision: number;
}

/**
 * Items, stock and reservations. In every committed state the reserved stock of a SKU is the sum of what its
 * reservations hold, and never more than is on hand. Where stock is short the older order comes first.
 */
export class Warehouse {
	private readonly database: ServiceDatabase;
	private readonly statements: ReturnType<typeof prepare>;
	private readonly listeners: Array<(commits: ReservationCommit[]) => void> = [];
	private importedAt: number | undefined;
	/** reservations written in the running transaction, by id */
	private touched = new Map<number, string>();
	/** SKUs whose stock changed in the running transaction */
	private touchedStock = new Set<string>();
	/** those of them whose stock on hand changed; only these make an event */
	private onHandChanged = new Set<string>();
	/** the running transaction's events other than those of reservations */
	private events: BridgeEvent[] = [];
	private now = 0;
	readonly outbox?: Outbox;
	readonly ledger: StockLedger;
	readonly shipments: Shipments;
	readonly receipts: Receipts;

	constructor(file: string, options: { publish: boolean; topicPrefix: string }) {
		this.database = new ServiceDatabase(file, schema);
		this.statements = prepare(this.database);
		if (options.publish) this.outbox = new Outbox(this.database, options.topicPrefix);
		this.ledger = new StockLedger(this.database);
		const documents = {
			commit: <T>(work: () => T): T => this.commit(work),
			clock: () => this.now,
			quantityOf: (sku: string, text: string) => this.quantityOf(sku, text),
		};
		this.shipments = new Shipments(this.database, {
			...documents,
			heldFor: (order) => this.heldFor(order),
			issue: (order, sku, quantity, shipment) => this.issue(order, sku, quantity, shipment),
			tellShipment: (shipment) => this.events.push(shipmentEvent(shipment)),
		});
		this.receipts = new Receipts(this.database, {
			...documents,
			putAway: (sku, quantity, receipt) => this.putAway(sku, quantity, receipt),
			tellReceipt: (receipt) => this.events.push(receiptEvent(receipt)),
		});
	}

	/** Called after each commit, in the order of commits. */
	onCommit(listener: (commits: ReservationCommit[]) => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	// Items and stock

	putItems(items: NewWmsItem[]): WmsItem[] {
		const wanted = items.map((item) => NewWmsItem.parse(item));
		return this.database.transaction(() =>
			wanted.map((item) => {
				const known = this.statements.itemByGtin.get(item.gtin);
				const sku = item.sku ?? (known ? String(known.sku) : this.nextSku());
				if (known && known.sku !== sku) {
					throw new ServiceError(
						409,
						'gtin_taken',
						`GTIN ${item.gtin} belongs to SKU "${String(known.sku)}"; "${sku}" needs another.`,
					);
				}
				const onHand = required(item.onHand, 'onHand');
				const isNew = this.statements.item.get(sku) === undefined;
				this.statements.putItem.run(
					sku,
					item.gtin,
					item.names.en,
					item.names['zh-CN'] ?? item.names.en,
					item.baseUnit,
					JSON.stringify(item.units),
					onHand,
				);
				if (isNew) this.open(sku, onHand);
				return itemOf(this.existing(sku));
			}),
		);
	}

	/** Makes the item, or changes what is given of it. Goods are found by their bar code, so a new item needs a GTIN. */
	putItem(sku: string, given: unknown): { item: WmsItem; created: boolean } {
		const wanted = WmsItemChange.parse(given);
		return this.database.transaction(() => {
			const [known] = this.itemsBySku([sku]);
			const gtin = wanted.gtin ?? known?.gtin;
			if (gtin === undefined)
				throw new ServiceError(422, 'gtin_missing', `The new item "${sku}" needs its GTIN.`);
			const en = wanted.names?.en ?? known?.names.en;
			if (en === undefined)
				throw new ServiceError(422, 'name_missing', `The new item "${sku}" needs its name.`);
			if (known && wanted.baseUnit !== undefined && wanted.baseUnit !== known.baseUnit) {
				throw new ServiceError(
					409,
					'base_unit',
					`Item "${sku}" is counted in ${known.baseUnit}; its stock would mean something else in ${wanted.baseUnit}.`,
				);
			}
			const names = { ...known?.names, ...wanted.names, en };
			const [item] = this.putItems([{ ...known, ...wanted, sku, gtin, names }]);
			if (!item) throw new Error(`item ${sku} vanished within its transaction`);
			return { item, created: known === undefined };
		});
	}

	itemsBySku(skus: string[]): WmsItem[] {
		return skus
			.map((sku) => this.statements.item.get(sku))
			.filter((row) => row !== undefined)
			.map(itemOf);
	}

	itemsByGtin(gtins: string[]): WmsItem[] {
		return gtins
			.map((gtin) => this.statements.itemByGtin.get(gtin))
			.filter((row) => row !== undefined)
			.map(itemOf);
	}

	/** Goods and what became of them, as they were at that moment. An import: it publishes nothing. */
	import(at: Date, work: () => void): void {
		this.importedAt = at.getTime();
		try {
			this.database.transaction(work);
		} finally {
			this.importedAt = undefined;
		}
	}

	private tick(latest = 0): number {
		return (this.now = this.importedAt ?? Math.max(Date.now(), this.now, latest));
	}

	private publish(event: BridgeEvent): void {
		if (this.importedAt === undefined) this.outbox?.append(event);
	}

	/** By ascending SKU. */
	listItems(query: { after?: string; limit?: number; search?: string } = {}): WmsItem[] {
		return this.listRows(query).map(itemOf);
	}

	stock(skus: string[]): WmsStock[] {
		return skus
			.map((sku) => this.statements.item.get(sku))
			.filter((row) => row !== undefined)
			.map(stockOf);
	}

	/** By ascending SKU. */
	listStock(query: { after?: string; limit?: number; search?: string } = {}): WmsStock[] {
		return this.listRows(query).map(stockOf);
	}

	/**
	 * Goods received, issued or counted. More stock fills back orders, oldest first. Where less is left than
	 * is reserved, the youngest reservations give way and go on back order.
	 */
	adjustStock(adjustments: Array<{ sku: string; onHand?: string; delta?: string }>): WmsStock[] {
		return this.commit(() =>
			adjustments.map(({ sku, onHand, delta }) => {
				const row = this.existing(sku);
				const target =
					onHand === undefined ? Number(row.on_hand) + signed(delta ?? '0', sku) : required(onHand, 'onHand');
				if (target < 0) {
					throw new ServiceError(
						422,
						'invalid_quantity',
						`SKU "${sku}" has ${quantityText(Number(row.on_hand))} on hand; no more than that can be taken.`,
					);
				}
				this.yieldShortage(sku, Number(row.reserved) - target);
				this.setOnHand(sku, target - Number(row.on_hand), { cause: 'adjustment' });
				this.fillBackOrders(sku);
				return stockOf(this.existing(sku));
			}),
		);
	}

	// Reservations

	/** Makes each order's reservation what its request says. One commit; a wrong request does not stop the others. */
	match(requests: unknown[]): MatchResult[] {
		return this.commit(() => {
			const outcomes = requests.map((request) => this.matchOne(request));
			// Read at the end: a later request may have released stock that an earlier one was waiting for.
			return outcomes.map((outcome): MatchResult => {
				if ('error' in outcome) return outcome;
				return { order: outcome.order, reservation: this.existingReservation(outcome.order) };
			});
		});
	}

	reservations(orders: string[]): WmsReservation[] {
		return orders.map((order) => this.reservation(order)).filter((found) => found !== undefined);
	}

	reservation(order: string): WmsReservation | undefined {
		const row = this.statements.reservation.get(order);
		return row && this.reservationOf(row);
	}

	/** By ascending order key. */
	listReservations(query: {
		after?: string;
		limit?: number;
		search?: string;
		changedSince?: string;
	}): WmsReservation[] {
		const pattern = likePattern(query.search);
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		return this.statements.listReservations
			.all(query.after ?? '', since, pattern, pattern, pageSize(query.limit))
			.map((row) => this.reservationOf(row));
	}

	/** Reservations changed after (changedAt, order), oldest change first, each as it now is. */
	changes(query: { changedAt?: string; order?: string; limit?: number } = {}): WmsReservation[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.changes
			.all(since, query.order ?? '', pageSize(query.limit))
			.map((row) => this.reservationOf(row));
	}

	movements(query: { after?: number; limit?: number; order?: string } = {}): Movement[] {
		return this.statements.movements
			.all(query.after ?? 0, query.order ?? null, query.order ?? null, pageSize(query.limit))
			.map((row) => ({
				id: Number(row.id),
				order: String(row.order_key),
				sku: String(row.sku),
				delta: quantityText(Number(row.delta)),
				sequence: Number(row.sequence),
				cause: row.cause as Movement['cause'],
				at: new Date(Number(row.at)).toISOString(),
			}));
	}

	get reservationCount(): number {
		return Number(this.statements.count.get()?.reservations ?? 0);
	}

	/** What the order holds, in thousandths by SKU. */
	private heldFor(order: string): Map<string, number> | undefined {
		const row = this.statements.reservation.get(order);
		return row && new Map(this.linesOf(Number(row.id)).map(({ sku, reserved }) => [sku, reserved]));
	}

	/** Goods issue: what the order held leaves, and the order no longer asks for it. */
	private issue(order: string, sku: string, quantity: number, shipment: string): void {
		const row = this.statements.reservation.get(order);
		const owner = row && storedOf(row);
		const line = owner && this.linesOf(owner.id).find((candidate) => candidate.sku === sku);
		if (!owner || !line || line.reserved < quantity)
			throw new Error(`goods issue of ${sku} for ${order} beyond what is reserved`);
		if (line.requested === quantity) this.statements.dropLine.run(owner.id, sku);
		else
			this.statements.putLine.run(
				owner.id,
				sku,
				line.requested - quantity,
				line.reserved - quantity,
				line.whole ? 1 : 0,
			);
		this.move(order, sku, -quantity, owner.sequence, 'issue');
		this.statements.addShipped.run(order, sku, quantity);
		this.setOnHand(sku, -quantity, { cause: 'shipment', document: shipment, order });
		this.touch(owner.id, order);
	}

	private putAway(sku: string, quantity: number, receipt: string): void {
		this.setOnHand(sku, quantity, { cause: 'receipt', document: receipt });
		this.fillBackOrders(sku);
	}

	private setOnHand(sku: string, delta: number, posting: Posting): void {
		if (delta === 0) return;
		const balance = Number(this.existing(sku).on_hand) + delta;
		this.statements.setOnHand.run(balance, sku);
		const movement = this.ledger.post(sku, delta, balance, posting, this.now);
		this.touchedStock.add(sku);
		this.onHandChanged.add(sku);
		this.events.push(movementEvent(movement));
	}

	private open(sku: string, onHand: number): void {
		const now = this.tick();
		if (onHand !== 0) this.ledger.post(sku, onHand, onHand, { cause: 'opening' }, now);
		this.ledger.raiseVersion(sku, now);
	}

	private quantityOf(sku: string, text: string): number {
		const item = this.existing(sku);
		const quantity = parseQuantity(text);
		const problem =
			typeof quantity !== 'number'
				? quantity.problem
				: quantity === 0
					? 'it must be above zero'
					: item.base_unit === 'H87' && !isWhole(quantity)
						? `${text} is not a whole number of pieces`
						: undefined;
		if (typeof quantity === 'number' && problem === undefined) return quantity;
		throw new ServiceError(422, 'invalid_quantity', `The quantity of SKU "${sku}" is wrong: ${problem}.`);
	}

	private commit<T>(work: () => T): T {
		const changed: WmsReservation[] = [];
		let told = 0;
		const result = this.database.transaction(() => {
			this.touched = new Map();
			this.touchedStock = new Set();
			this.onHandChanged = new Set();
			this.events = [];
			this.tick(Number(this.statements.latest.get()?.latest ?? 0));
			const value = work();
			for (const order of this.touched.values()) {
				const reservation = this.existingReservation(order);
				changed.push(reservation);
				this.publish(eventFor(reservation, this.statements.shipped.get(order) !== undefined));
			}
			for (const sku of this.touchedStock) {
				const stock = this.ledger.raiseVersion(sku, this.now);
				if (this.onHandChanged.has(sku)) this.events.push(stockEvent(stock));
			}
			for (const event of this.events) this.publish(event);
			told = this.events.length;
			return value;
		});
		return this.announce(changed, told > 0, result);
	}

	private announce<T>(changed: WmsReservation[], told: boolean, result: T): T {
		if (changed.length > 0 || told) {
			const committedAt = performance.now();
			const commits = changed.map((reservation) => ({ reservation, committedAt }));
			for (const listener of this.listeners) listener(commits);
		}
		return result;
	}

	private matchOne(given: unknown): { order: string } | { order: string | null; error: MatchError } {
		const parsed = MatchRequest.safeParse(given);
		if (!parsed.success) {
			const order = (given as { order?: unknown } | null)?.order;
			return {
				order: typeof order === 'string' ? order : null,
				error: { code: 'invalid', message: `The request is invalid: ${problems(parsed.error)}` },
			};
		}
		const request = parsed.data;
		const { order } = request;
		const row = this.statements.reservation.get(order);
		const stored = row && storedOf(row);
		if (stored && request.sequence < stored.sequence) return { order };
		if (stored && request.sequence === stored.sequence && !isAnotherWish(request, row)) {
			this.fillOwnBackOrders(stored);
			return { order };
		}
		if (request.expectedRevision !== undefined && request.expectedRevision !== stored?.revision) {
			return {
				order,
				error: {
					code: 'conflict',
					message: stored
						? `The reservation of order "${order}" is at revision ${stored.revision}, not ${request.expectedRevision}; read it again.`
						: `Order "${order}" has no reservation, although revision ${request.expectedRevision} was expected.`,
				},
			};
		}
		const lines = this.readLines(request.lines);
		if ('code' in lines) return { order, error: lines };
		this.apply(request, stored, lines);
		return { order };
	}

	/** Checked before anything is written, so that a refused request leaves no trace. */
	private readLines(given: Array<{ sku: string; quantity: string }>): Line[] | MatchError {
		const lines = new Map<string, Line>();
		for (const { sku, quantity } of given) {
			const item = this.statements.item.get(sku);
			if (!item) return { code: 'unknown_sku', message: `There is no SKU "${sku}" in this warehouse.` };
			if (lines.has(sku)) return { code: 'duplicate_sku', message: `SKU "${sku}" is given twice.` };
			const requested = parseQuantity(quantity);
			if (typeof requested !== 'number') {
				return {
					code: 'invalid_quantity',
					message: `The quantity of SKU "${sku}" is wrong: ${requested.problem}.`,
				};
			}
			if (item.base_unit === 'H87' && !isWhole(requested)) {
				return {
					code: 'invalid_quantity',
					message: `The quantity of SKU "${sku}" is wrong: ${quantity} is not a whole number of pieces.`,
				};
			}
			lines.set(sku, { sku, requested });
		}
		return [...lines.values()];
	}

	/** Releases what the order holds, then reserves what it asks for; what is then free goes to older back orders. */
	private apply(
		request: { order: string; sequence: number; allowPartial: boolean; idempotencyKey?: string },
		stored: Stored | undefined,
		lines: Line[],
	): void {
		const { order, sequence } = request;
		const before = new Map(stored ? this.linesOf(stored.id).map((line) => [line.sku, line]) : []);
		const id = stored?.id ?? this.create(order);
		this.statements.answer.run(sequence, request.idempotencyKey ?? null, id);
		this.touch(id, order);
		const freed: string[] = [];
		const shipped = new Map(
			this.statements.shipped.all(order).map((row) => [String(row.sku), Number(row.quantity)]),
		);
		for (const { sku, requested: ordered } of lines) {
			const left = shipped.get(sku) ?? 0;
			const requested = Math.max(0, ordered - left);
			// What has left is no longer asked of the shelf.
			if (left > 0 && requested === 0) continue;
			const held = before.get(sku)?.reserved ?? 0;
			before.delete(sku);
			const available = this.available(sku) + held;
			const reserved = request.allowPartial
				? Math.min(available, requested)
				: requested <= available
					? requested
					: 0;
			this.statements.putLine.run(id, sku, requested, reserved, request.allowPartial ? 0 : 1);
			this.move(order, sku, reserved - held, sequence, 'match');
			if (reserved < held) freed.push(sku);
		}
		for (const { sku, reserved } of before.values()) {
			this.statements.dropLine.run(id, sku);
			this.move(order, sku, -reserved, sequence, 'match');
			if (reserved > 0) freed.push(sku);
		}
		for (const sku of freed) this.fillBackOrders(sku);
	}

	private fillOwnBackOrders(stored: Stored): void {
		for (const line of this.linesOf(stored.id)) {
			if (line.reserved < line.requested) this.fill(stored, line, this.available(line.sku));
		}
	}

	/** Oldest order first; a line that wants all or nothing is passed over while there is too little for it. */
	private fillBackOrders(sku: string): void {
		let available = this.available(sku);
		if (available <= 0) return;
		for (const row of pages((last) => this.statements.backOrders.all(sku, last), 0)) {
			available -= this.fill(storedOf(row), lineOf(row), available);
			if (available <= 0) return;
		}
	}

	private fill(owner: Stored, line: StoredLine, available: number): number {
		const missing = line.requested - line.reserved;
		const filled = line.whole && missing > available ? 0 : Math.min(missing, available);
		if (filled <= 0) return 0;
		this.statements.setReserved.run(line.reserved + filled, owner.id, line.sku);
		this.move(owner.order, line.sku, filled, owner.sequence, 'fill');
		this.touch(owner.id, owner.order);
		return filled;
	}

	private yieldShortage(sku: string, shortage: number): void {
		let left = shortage;
		if (left <= 0) return;
		for (const row of pages(
			(last) => this.statements.youngestHolders.all(sku, last),
			Number.MAX_SAFE_INTEGER,
		)) {
			const owner = storedOf(row);
			const line = lineOf(row);
			const taken = line.whole ? line.reserved : Math.min(left, line.reserved);
			this.statements.setReserved.run(line.reserved - taken, owner.id, sku);
			this.move(owner.order, sku, -taken, owner.sequence, 'shortage');
			this.touch(owner.id, owner.order);
			left -= taken;
			if (left <= 0) return;
		}
	}

	private move(order: string, sku: string, delta: number, sequence: number, cause: Movement['cause']): void {
		if (delta === 0) return;
		this.statements.reserve.run(delta, sku);
		this.touchedStock.add(sku);
		this.statements.logMovement.run(order, sku, delta, sequence, cause, this.now);
	}

	/** One transaction raises a reservation's revision by one, however often it touches it. */
	private touch(id: number, order: string): void {
		if (this.touched.has(id)) return;
		this.touched.set(id, order);
		this.statements.bump.run(this.now, id);
	}

	private available(sku: string): number {
		const row = this.existing(sku);
		return Number(row.on_hand) - Number(row.reserved);
	}

	private create(order: string): number {
		return this.statements.createReservation.run(order, this.now).lastInsertRowid;
	}

	private linesOf(reservation: number): StoredLine[] {
		return this.statements.lines.all(reservation).map(lineOf);
	}

	private reservationOf(row: Row): WmsReservation {
		return {
			order: String(row.order_key),
			sequence: Number(row.sequence),
			revision: Number(row.revision),
			changedAt: new Date(Number(row.changed_at)).toISOString(),
			idempotencyKey: row.idempotency_key === null ? null : String(row.idempotency_key),
			lines: this.linesOf(Number(row.id)).map(({ sku, requested, reserved }) => ({
				sku,
				requested: quantityText(requested),
				reserved: quantityText(reserved),
				backOrder: quantityText(requested - reserved),
			})),
		};
	}

	private existingReservation(order: string): WmsReservation {
		const reservation = this.reservation(order);
		if (!reservation) throw new Error(`reservation of ${order} vanished within its transaction`);
		return reservation;
	}

	private existing(sku: string): Row {
		const row = this.statements.item.get(sku);
		if (!row) throw new ServiceError(404, 'unknown_sku', `There is no SKU "${sku}" in this warehouse.`);
		return row;
	}

	private listRows(query: { after?: string; limit?: number; search?: string }): Row[] {
		const pattern = likePattern(query.search);
		return this.statements.listItems.all(
			query.after ?? '',
			pattern,
			pattern,
			pattern,
			pattern,
			pageSize(query.limit),
		);
	}

	private nextSku(): string {
		let number = Number(this.statements.countItems.get()?.items ?? 0) + 1;
		const text = (): string => `W9-${String(number).padStart(5, '0')}`;
		while (this.statements.item.get(text())) number += 1;
		return text();
	}
}

/**
 * At one sequence the same request again changes nothing. Somebody who has seen the reservation as it now is, and asks
 * under a key of his own, wants something else of it: to release it, say.
 */
function isAnotherWish(
	{ idempotencyKey, expectedRevision }: { idempotencyKey?: string; expectedRevision?: number },
	stored: Row,
): boolean {
	return (
		expectedRevision !== undefined &&
		idempotencyKey !== undefined &&
		idempotencyKey !== stored.idempotency_key
	);
}

/** The reservation as its event carries it. */
export function canonicalReservation(reservation: WmsReservation): Reservation {
	return {
		order: reservation.order,
		sequence: reservation.sequence,
		revision: String(reservation.revision),
		changedAt: reservation.changedAt,
		lines: reservation.lines.map(({ sku, requested, reserved }) => ({ item: sku, requested, reserved })),
	};
}

/** A reservation without lines was given back, unless its goods have left. */
function eventFor(reservation: WmsReservation, shipped: boolean): ReturnType<typeof eventOf> {
	const empty = reservation.lines.length === 0 && !shipped;
	return eventOf({
		system: wmsSystem,
		entity: 'reservation',
		change: reservation.revision === 1 ? 'created' : empty ? 'cancelled' : 'changed',
		key: reservation.order,
		sequence: reservation.revision,
		record: canonicalReservation(reservation),
		changedAt: reservation.changedAt,
	});
}

/** Rows of a SKU's queue, read in pages because usually the first few settle it. */
function* pages(read: (lastId: number) => Row[], start: number): Generator<Row> {
	let last = start;
	for (;;) {
		const rows = read(last);
		yield* rows;
		const end = rows.at(-1);
		if (!end || rows.length < queuePage) return;
		last = Number(end.id);
	}
}

function required(text: string, field: string): number {
	const value = parseQuantity(text);
	if (typeof value !== 'number')
		throw new ServiceError(422, 'invalid_quantity', `${field}: ${value.problem}.`);
	return value;
}

function signed(text: string, sku: string): number {
	const negative = text.startsWith('-');
	const value = required(negative ? text.slice(1) : text, `delta of SKU "${sku}"`);
	return negative ? -value : value;
}

function itemOf(row: Row): WmsItem {
	return {
		sku: String(row.sku),
		gtin: String(row.gtin),
		names: { en: String(row.name_en), 'zh-CN': String(row.name_zh) },
		baseUnit: String(row.base_unit),
		units: JSON.parse(String(row.units)) as WmsItem['units'],
	};
}

function stockOf(row: Row): WmsStock {
	const onHand = Number(row.on_hand);
	const reserved = Number(row.reserved);
	return {
		sku: String(row.sku),
		onHand: quantityText(onHand),
		reserved: quantityText(reserved),
		available: quantityText(onHand - reserved),
	};
}

function storedOf(row: Row): Stored {
	return {
		id: Number(row.id),
		order: String(row.order_key),
		sequence: Number(row.sequence),
		revision: Number(row.revision),
	};
}

function lineOf(row: Row): StoredLine {
	return {
		sku: String(row.sku),
		requested: Number(row.requested),
		reserved: Number(row.reserved),
		whole: row.whole === 1,
	};
}

function prepare(
	database: ServiceDatabase,
): Record<
	| 'item'
	| 'itemByGtin'
	| 'putItem'
	| 'listItems'
	| 'countItems'
	| 'setOnHand'
	| 'reserve'
	| 'reservation'
	| 'createReservation'
	| 'answer'
	| 'bump'
	| 'latest'
	| 'count'
	| 'listReservations'
	| 'changes'
	| 'lines'
	| 'putLine'
	| 'dropLine'
	| 'setReserved'
	| 'backOrders'
	| 'youngestHolders'
	| 'logMovement'
	| 'movements'
	| 'shipped'
	| 'addShipped',
	Statement
> {
	const sql = {
		item: 'SELECT * FROM items WHERE sku = ?',
		itemByGtin: 'SELECT * FROM items WHERE gtin = ?',
		putItem: `INSERT INTO items (sku, gtin, name_en, name_zh, base_unit, units, on_hand) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (sku) DO UPDATE SET gtin = excluded.gtin, name_en = excluded.name_en, name_zh = excluded.name_zh,
			base_unit = excluded.base_unit, units = excluded.units`,
		listItems: `SELECT * FROM items WHERE sku > ? AND (? IS NULL OR sku LIKE ? ESCAPE '\\'
			OR name_en LIKE ? ESCAPE '\\' OR name_zh LIKE ? ESCAPE '\\') ORDER BY sku LIMIT ?`,
		countItems: 'SELECT count(*) AS items FROM items',
		setOnHand: 'UPDATE items SET on_hand = ? WHERE sku = ?',
		reserve: 'UPDATE items SET reserved = reserved + ? WHERE sku = ?',
		reservation: 'SELECT * FROM reservations WHERE order_key = ?',
		createReservation: `INSERT INTO reservations (order_key, sequence, revision, changed_at) VALUES (?, 0, 0, ?)`,
		answer: 'UPDATE reservations SET sequence = ?, idempotency_key = ? WHERE id = ?',
		bump: 'UPDATE reservations SET revision = revision + 1, changed_at = ? WHERE id = ?',
		latest: 'SELECT max(changed_at) AS latest FROM reservations',
		count: 'SELECT count(*) AS reservations FROM reservations',
		listReservations: `SELECT * FROM reservations WHERE order_key > ? AND changed_at >= ?
			AND (? IS NULL OR order_key LIKE ? ESCAPE '\\') ORDER BY order_key LIMIT ?`,
		changes: `SELECT * FROM reservations WHERE (changed_at, order_key) > (?, ?)
			ORDER BY changed_at, order_key LIMIT ?`,
		lines: 'SELECT * FROM reservation_lines WHERE reservation = ? ORDER BY sku',
		putLine: `INSERT INTO reservation_lines (reservation, sku, requested, reserved, whole) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (reservation, sku) DO UPDATE SET requested = excluded.requested, reserved = excluded.reserved,
			whole = excluded.whole`,
		dropLine: 'DELETE FROM reservation_lines WHERE reservation = ? AND sku = ?',
		setReserved: 'UPDATE reservation_lines SET reserved = ? WHERE reservation = ? AND sku = ?',
		backOrders: `SELECT r.id, r.order_key, r.sequence, r.revision, l.sku, l.requested, l.reserved, l.whole
			FROM reservation_lines l JOIN reservations r ON r.id = l.reservation
			WHERE l.sku = ? AND l.reserved < l.requested AND l.reservation > ? ORDER BY l.reservation LIMIT ${queuePage}`,
		youngestHolders: `SELECT r.id, r.order_key, r.sequence, r.revision, l.sku, l.requested, l.reserved, l.whole
			FROM reservation_lines l JOIN reservations r ON r.id = l.reservation
			WHERE l.sku = ? AND l.reserved > 0 AND l.reservation < ? ORDER BY l.reservation DESC LIMIT ${queuePage}`,
		logMovement:
			'INSERT INTO movements (order_key, sku, delta, sequence, cause, at) VALUES (?, ?, ?, ?, ?, ?)',
		shipped: 'SELECT sku, quantity FROM shipped WHERE order_key = ?',
		addShipped: `INSERT INTO shipped (order_key, sku, quantity) VALUES (?, ?, ?)
			ON CONFLICT (order_key, sku) DO UPDATE SET quantity = quantity + excluded.quantity`,
		movements: 'SELECT * FROM movements WHERE id > ? AND (? IS NULL OR order_key = ?) ORDER BY id LIMIT ?',
	};
	return Object.fromEntries(
		Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
	) as Record<keyof typeof sql, Statement>;
}
