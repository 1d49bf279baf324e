import type { Row, ServiceDatabase, Statement } from '../database';
import { instant, pageSize } from '../records/query';
import type { WmsStockMovement } from './documents';
import { quantityText } from './thousandths';

/** What a change of the stock on hand is due to. */
export interface Posting {
	cause: WmsStockMovement['cause'];
	document?: string;
	order?: string;
}

/** A SKU's stock with the version that each change of it raises. */
export interface VersionedStock {
	sku: string;
	onHand: string;
	reserved: string;
	available: string;
	version: number;
	changedAt: string;
}

/** Every change of the stock on hand, as a list that only grows, and a version of each SKU's stock. */
export class StockLedger {
	static readonly schema = `
CREATE TABLE IF NOT EXISTS stock_movements (
	id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL, delta INTEGER NOT NULL, balance INTEGER NOT NULL,
	cause TEXT NOT NULL, document TEXT, order_key TEXT, at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS stock_movements_by_time ON stock_movements (at, id);
CREATE INDEX IF NOT EXISTS stock_movements_by_sku ON stock_movements (sku, id);
CREATE TABLE IF NOT EXISTS stock_versions (
	sku TEXT PRIMARY KEY, version INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stock_versions_by_change ON stock_versions (changed_at, sku);`;

	private readonly append: Statement;
	private readonly bump: Statement;
	private readonly select: Statement;
	private readonly selectChanges: Statement;
	private readonly selectStock: Statement;
	private readonly selectStockChanges: Statement;
	private readonly selectOne: Statement;

	constructor(database: ServiceDatabase) {
		this.append = database.prepare(
			'INSERT INTO stock_movements (sku, delta, balance, cause, document, order_key, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
		);
		this.bump = database.prepare(
			`INSERT INTO stock_versions (sku, version, changed_at) VALUES (?, 1, ?)
			ON CONFLICT (sku) DO UPDATE SET version = version + 1, changed_at = excluded.changed_at`,
		);
		this.select = database.prepare(
			`SELECT * FROM stock_movements WHERE id > ? AND (? IS NULL OR sku = ?) AND (? IS NULL OR document = ?) AND at >= ?
			ORDER BY id LIMIT ?`,
		);
		this.selectOne = database.prepare('SELECT * FROM stock_movements WHERE id = ?');
		this.selectChanges = database.prepare(
			'SELECT * FROM stock_movements WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ?',
		);
		const stock = `SELECT i.sku, i.on_hand, i.reserved, coalesce(v.version, 1) AS version,
			coalesce(v.changed_at, 0) AS changed_at FROM items i LEFT JOIN stock_versions v ON v.sku = i.sku`;
		this.selectStock = database.prepare(`${stock} WHERE i.sku = ?`);
		this.selectStockChanges = database.prepare(
			`SELECT i.sku, i.on_hand, i.reserved, v.version, v.changed_at
			FROM stock_versions v JOIN items i ON i.sku = v.sku
			WHERE (v.changed_at, v.sku) > (?, ?) ORDER BY v.changed_at, v.sku LIMIT ?`,
		);
	}

	/** Thousandths; `balance` is what is on hand after the change. Returns the movement. */
	post(sku: string, delta: number, balance: number, posting: Posting, at: number): WmsStockMovement {
		const { cause, document = null, order = null } = posting;
		const { lastInsertRowid } = this.append.run(sku, delta, balance, cause, document, order, at);
		const row = this.selectOne.get(lastInsertRowid);
		if (!row) throw new Error(`movement ${lastInsertRowid} vanished within its transaction`);
		return movementOf(row);
	}

	/** One transaction raises the version of a SKU's stock by one. */
	raiseVersion(sku: string, at: number): VersionedStock {
		this.bump.run(sku, at);
		const stock = this.stock(sku);
		if (!stock) throw new Error(`stock of ${sku} vanished within its transaction`);
		return stock;
	}

	stock(sku: string): VersionedStock | undefined {
		const row = this.selectStock.get(sku);
		return row && versionedStockOf(row);
	}

	/** Stock changed after (changedAt, sku), oldest change first, each as it now is. */
	stockChanges(query: { changedAt?: string; sku?: string; limit?: number }): VersionedStock[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.selectStockChanges.all(since, query.sku ?? '', pageSize(query.limit)).map(versionedStockOf);
	}

	/** By ascending id. */
	movements(
		query: { after?: string; sku?: string; document?: string; changedSince?: string; limit?: number } = {},
	): WmsStockMovement[] {
		const { after, sku = null, document = null } = query;
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		return this.select
			.all(numberOf(after), sku, sku, document, document, since, pageSize(query.limit))
			.map(movementOf);
	}

	movement(id: string): WmsStockMovement | undefined {
		const row = this.selectOne.get(numberOf(id));
		return row && movementOf(row);
	}

	changes(query: { changedAt?: string; id?: string; limit?: number }): WmsStockMovement[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.selectChanges.all(since, numberOf(query.id), pageSize(query.limit)).map(movementOf);
	}
}

const prefix = 'MV-';

function numberOf(id: string | undefined): number {
	return id === undefined || id === '' ? 0 : Number(id.replace(prefix, '')) || 0;
}

function movementOf(row: Row): WmsStockMovement {
	return {
		id: `${prefix}${String(row.id).padStart(10, '0')}`,
		sku: String(row.sku),
		delta: quantityText(Number(row.delta)),
		balance: quantityText(Number(row.balance)),
		cause: row.cause as WmsStockMovement['cause'],
		document: row.document === null ? null : String(row.document),
		order: row.order_key === null ? null : String(row.order_key),
		at: new Date(Number(row.at)).toISOString(),
	};
}

function versionedStockOf(row: Row): VersionedStock {
	const onHand = Number(row.on_hand);
	const reserved = Number(row.reserved);
	return {
		sku: String(row.sku),
		onHand: quantityText(onHand),
		reserved: quantityText(reserved),
		available: quantityText(onHand - reserved),
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
	};
}
