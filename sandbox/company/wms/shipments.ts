import type { Row, ServiceDatabase, Statement } from '../database';
import { instant, likePattern, pageSize } from '../records/query';
import { ServiceError } from '../http/service';
import { NewShipment, type WmsShipment } from './documents';
import { parseQuantity, quantityText } from './thousandths';

/** What shipments need of the warehouse; each call of `commit` is one transaction. Quantities in thousandths. */
export interface ShippingWarehouse {
	commit<T>(work: () => T): T;
	clock(): number;
	/** what the order holds, by SKU; undefined without a reservation */
	heldFor(order: string): Map<string, number> | undefined;
	/** the quantity of a SKU that a text gives; refused unless above zero, and whole for pieces */
	quantityOf(sku: string, text: string): number;
	/** takes reserved goods off the shelf */
	issue(order: string, sku: string, quantity: number, shipment: string): void;
	/** writes the event of the shipment as it now is */
	tellShipment(shipment: WmsShipment): void;
}

/** Shipments of reserved goods. */
export class Shipments {
	static readonly schema = `
CREATE TABLE IF NOT EXISTS shipments (
	row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, order_key TEXT NOT NULL, status TEXT NOT NULL,
	version INTEGER NOT NULL, changed_at INTEGER NOT NULL, shipped_at INTEGER, idempotency_key TEXT UNIQUE,
	lines TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS shipments_by_change ON shipments (changed_at, id);
CREATE INDEX IF NOT EXISTS shipments_by_order ON shipments (order_key, status);`;

	private readonly statements: Record<
		'insert' | 'name' | 'one' | 'byKey' | 'open' | 'update' | 'list' | 'changes',
		Statement
	>;

	constructor(
		database: ServiceDatabase,
		private readonly warehouse: ShippingWarehouse,
	) {
		this.statements = {
			insert: database.prepare(
				`INSERT INTO shipments (order_key, status, version, changed_at, idempotency_key, lines)
				VALUES (?, 'open', 1, ?, ?, ?)`,
			),
			name: database.prepare('UPDATE shipments SET id = ? WHERE row = ?'),
			one: database.prepare('SELECT * FROM shipments WHERE id = ?'),
			byKey: database.prepare('SELECT * FROM shipments WHERE idempotency_key = ?'),
			open: database.prepare(`SELECT * FROM shipments WHERE order_key = ? AND status = 'open'`),
			update: database.prepare(
				'UPDATE shipments SET status = ?, shipped_at = ?, changed_at = ?, version = version + 1 WHERE id = ?',
			),
			list: database.prepare(
				`SELECT * FROM shipments WHERE id > ? AND changed_at >= ? AND (? IS NULL OR order_key = ?)
				AND (? IS NULL OR id LIKE ? ESCAPE '\\' OR order_key LIKE ? ESCAPE '\\') ORDER BY id LIMIT ?`,
			),
			changes: database.prepare(
				'SELECT * FROM shipments WHERE (changed_at, id) > (?, ?) ORDER BY changed_at, id LIMIT ?',
			),
		};
	}

	create(given: NewShipment): { shipment: WmsShipment; created: boolean } {
		const wanted = NewShipment.parse(given);
		return this.warehouse.commit(() => {
			const known =
				wanted.idempotencyKey === undefined ? undefined : this.statements.byKey.get(wanted.idempotencyKey);
			if (known) return { shipment: shipmentOf(known), created: false };
			const lines = this.linesFor(wanted);
			const { lastInsertRowid } = this.statements.insert.run(
				wanted.order,
				this.warehouse.clock(),
				wanted.idempotencyKey ?? null,
				JSON.stringify(lines.map(([sku, quantity]) => ({ sku, quantity: quantityText(quantity) }))),
			);
			const id = `SH-${String(lastInsertRowid).padStart(8, '0')}`;
			this.statements.name.run(id, lastInsertRowid);
			return { shipment: this.tell(id), created: true };
		});
	}

	/** Posts the goods issue: stock and reservation fall together. A shipped one stays as it is. */
	ship(id: string, expectedVersion?: number): WmsShipment {
		return this.warehouse.commit(() => {
			const shipment = this.existing(id);
			if (shipment.status === 'shipped') return shipment;
			this.refuseOtherVersion(shipment, expectedVersion);
			if (shipment.status === 'cancelled') throw refusal('status', `Shipment "${id}" is cancelled.`);
			const held = this.warehouse.heldFor(shipment.order) ?? new Map<string, number>();
			const lines = shipment.lines.map(({ sku, quantity }) => [sku, thousandths(quantity)] as const);
			for (const [sku, quantity] of lines) {
				const reserved = held.get(sku) ?? 0;
				if (reserved < quantity) {
					throw refusal(
						'not_reserved',
						`Shipment "${id}" cannot leave: ${quantityText(quantity)} of SKU "${sku}" are on it, but order "${shipment.order}" holds ${quantityText(reserved)}. Cancel it and create it again.`,
					);
				}
			}
			for (const [sku, quantity] of lines) this.warehouse.issue(shipment.order, sku, quantity, id);
			const now = this.warehouse.clock();
			this.statements.update.run('shipped', now, now, id);
			return this.tell(id);
		});
	}

	cancel(id: string, expectedVersion?: number): WmsShipment {
		return this.warehouse.commit(() => {
			const shipment = this.existing(id);
			if (shipment.status === 'cancelled') return shipment;
			this.refuseOtherVersion(shipment, expectedVersion);
			if (shipment.status === 'shipped')
				throw refusal('status', `Shipment "${id}" has left; it cannot be cancelled.`);
			this.statements.update.run('cancelled', null, this.warehouse.clock(), id);
			return this.tell(id);
		});
	}

	shipment(id: string): WmsShipment | undefined {
		const row = this.statements.one.get(id);
		return row && shipmentOf(row);
	}

	/** By ascending id. */
	list(
		query: { after?: string; limit?: number; search?: string; order?: string; changedSince?: string } = {},
	): WmsShipment[] {
		const pattern = likePattern(query.search);
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		const order = query.order ?? null;
		return this.statements.list
			.all(query.after ?? '', since, order, order, pattern, pattern, pattern, pageSize(query.limit))
			.map(shipmentOf);
	}

	changes(query: { changedAt?: string; id?: string; limit?: number } = {}): WmsShipment[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.changes.all(since, query.id ?? '', pageSize(query.limit)).map(shipmentOf);
	}

	/** What the order holds and no other open shipment has taken. */
	private linesFor({ order, lines }: NewShipment): Array<[string, number]> {
		const held = this.warehouse.heldFor(order);
		if (held === undefined) {
			throw new ServiceError(422, 'no_reservation', `Order "${order}" has no reservation to ship.`);
		}
		const free = new Map(held);
		for (const shipment of this.statements.open.all(order).map(shipmentOf)) {
			for (const { sku, quantity } of shipment.lines)
				free.set(sku, (free.get(sku) ?? 0) - thousandths(quantity));
		}
		if (lines === undefined) {
			const all = [...free].filter(([, quantity]) => quantity > 0);
			if (all.length > 0) return all;
			throw new ServiceError(422, 'nothing_to_ship', `Order "${order}" holds nothing that could be shipped.`);
		}
		const wanted = new Map<string, number>();
		for (const { sku, quantity: text } of lines) {
			const quantity = this.warehouse.quantityOf(sku, text);
			if (wanted.has(sku)) throw new ServiceError(422, 'duplicate_sku', `SKU "${sku}" is given twice.`);
			const available = Math.max(0, free.get(sku) ?? 0);
			if (quantity > available) {
				throw new ServiceError(
					422,
					'not_reserved',
					`Order "${order}" holds ${quantityText(available)} of SKU "${sku}" for a new shipment; ${text} were asked for.`,
				);
			}
			wanted.set(sku, quantity);
		}
		return [...wanted];
	}

	private refuseOtherVersion({ id, version }: WmsShipment, expected: number | undefined): void {
		if (expected === undefined || expected === version) return;
		throw refusal('version', `Shipment "${id}" is at version ${version}, not ${expected}; read it again.`);
	}

	private tell(id: string): WmsShipment {
		const shipment = this.existing(id);
		this.warehouse.tellShipment(shipment);
		return shipment;
	}

	private existing(id: string): WmsShipment {
		const shipment = this.shipment(id);
		if (!shipment) throw new ServiceError(404, 'no_such_shipment', `There is no shipment "${id}".`);
		return shipment;
	}
}

/** Of a quantity that this warehouse wrote itself. */
export function thousandths(text: string): number {
	const quantity = parseQuantity(text);
	if (typeof quantity !== 'number') throw new Error(`stored quantity: ${quantity.problem}`);
	return quantity;
}

function refusal(code: string, message: string): ServiceError {
	return new ServiceError(409, code, message);
}

function shipmentOf(row: Row): WmsShipment {
	return {
		id: String(row.id),
		order: String(row.order_key),
		status: row.status as WmsShipment['status'],
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
		shippedAt: row.shipped_at === null ? null : new Date(Number(row.shipped_at)).toISOString(),
		lines: JSON.parse(String(row.lines)) as WmsShipment['lines'],
	};
}
