import type { Row, ServiceDatabase, Statement } from '../database';
import { instant, likePattern, pageSize } from '../records/query';
import { ServiceError } from '../http/service';
import { NewReceipt, Receiving, type WmsReceipt } from './documents';
import { thousandths } from './shipments';
import { quantityText } from './thousandths';

/** What receipts need of the warehouse; each call of `commit` is one transaction. Quantities in thousandths. */
export interface ReceivingWarehouse {
	commit<T>(work: () => T): T;
	clock(): number;
	/** the quantity of a SKU that a text gives; refused unless the SKU is known, and the quantity above zero and whole for pieces */
	quantityOf(sku: string, text: string): number;
	/** puts goods on the shelf; back orders are filled */
	putAway(sku: string, quantity: number, receipt: string): void;
	tellReceipt(receipt: WmsReceipt): void;
}

/** Goods receipts: announced, received at once or in parts. */
export class Receipts {
	static readonly schema = `
CREATE TABLE IF NOT EXISTS receipts (
	row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, reference TEXT, status TEXT NOT NULL,
	version INTEGER NOT NULL, changed_at INTEGER NOT NULL, received_at INTEGER, idempotency_key TEXT UNIQUE,
	lines TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS receipts_by_change ON receipts (changed_at, id);
CREATE TABLE IF NOT EXISTS receivings (idempotency_key TEXT PRIMARY KEY, receipt TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

	private readonly statements: Record<
		'insert' | 'name' | 'one' | 'byKey' | 'update' | 'list' | 'changes' | 'receiving' | 'keep',
		Statement
	>;

	constructor(
		database: ServiceDatabase,
		private readonly warehouse: ReceivingWarehouse,
	) {
		this.statements = {
			insert: database.prepare(
				`INSERT INTO receipts (reference, status, version, changed_at, idempotency_key, lines)
				VALUES (?, 'open', 1, ?, ?, ?)`,
			),
			name: database.prepare('UPDATE receipts SET id = ? WHERE row = ?'),
			one: database.prepare('SELECT * FROM receipts WHERE id = ?'),
			byKey: database.prepare('SELECT * FROM receipts WHERE idempotency_key = ?'),
			update: database.prepare(
				`UPDATE receipts SET status = ?, received_at = ?, lines = ?, changed_at = ?, version = version + 1
				WHERE id = ?`,
			),
			list: database.prepare(
				`SELECT * FROM receipts WHERE id > ? AND changed_at >= ?
				AND (? IS NULL OR id LIKE ? ESCAPE '\\' OR reference LIKE ? ESCAPE '\\') ORDER BY id LIMIT ?`,
			),
			changes: database.prepare(
				'SELECT * FROM receipts WHERE (changed_at, id) > (?, ?) ORDER BY changed_at, id LIMIT ?',
			),
			receiving: database.prepare('SELECT receipt FROM receivings WHERE idempotency_key = ?'),
			keep: database.prepare('INSERT INTO receivings (idempotency_key, receipt) VALUES (?, ?)'),
		};
	}

	create(given: NewReceipt): { receipt: WmsReceipt; created: boolean } {
		const wanted = NewReceipt.parse(given);
		return this.warehouse.commit(() => {
			const known =
				wanted.idempotencyKey === undefined ? undefined : this.statements.byKey.get(wanted.idempotencyKey);
			if (known) return { receipt: receiptOf(known), created: false };
			const expected = new Map<string, number>();
			for (const { sku, quantity } of wanted.lines) {
				if (expected.has(sku)) throw new ServiceError(422, 'duplicate_sku', `SKU "${sku}" is given twice.`);
				expected.set(sku, this.warehouse.quantityOf(sku, quantity));
			}
			const lines = [...expected].map(([sku, quantity]) => ({
				sku,
				expected: quantityText(quantity),
				received: '0',
			}));
			const { lastInsertRowid } = this.statements.insert.run(
				wanted.reference,
				this.warehouse.clock(),
				wanted.idempotencyKey ?? null,
				JSON.stringify(lines),
			);
			const id = `RC-${String(lastInsertRowid).padStart(8, '0')}`;
			this.statements.name.run(id, lastInsertRowid);
			return { receipt: this.tell(id), created: true };
		});
	}

	/** Puts goods on the shelf, in one commit with the receipt's new state. More than expected is refused. */
	receive(id: string, given: Receiving = {}, expectedVersion?: number): WmsReceipt {
		const wanted = Receiving.parse(given);
		return this.warehouse.commit(() => {
			const receipt = this.existing(id);
			const { idempotencyKey } = wanted;
			const known = idempotencyKey === undefined ? undefined : this.statements.receiving.get(idempotencyKey);
			if (known?.receipt === id) return receipt;
			if (known)
				throw refusal('key', `The key "${idempotencyKey}" belongs to receipt "${String(known.receipt)}".`);
			if (wanted.lines === undefined && receipt.status === 'received') return receipt;
			if (expectedVersion !== undefined && expectedVersion !== receipt.version) {
				throw refusal(
					'version',
					`Receipt "${id}" is at version ${receipt.version}, not ${expectedVersion}; read it again.`,
				);
			}
			if (receipt.status !== 'open') throw refusal('status', `Receipt "${id}" is ${receipt.status}.`);
			const arrived = arrivals(receipt, wanted.lines, (sku, text) => this.warehouse.quantityOf(sku, text));
			for (const [sku, quantity] of arrived) this.warehouse.putAway(sku, quantity, id);
			const lines = receipt.lines.map((line) => ({
				...line,
				received: quantityText(thousandths(line.received) + (arrived.get(line.sku) ?? 0)),
			}));
			const complete = wanted.close || lines.every(({ expected, received }) => expected === received);
			const now = this.warehouse.clock();
			this.statements.update.run(
				complete ? 'received' : 'open',
				complete ? now : null,
				JSON.stringify(lines),
				now,
				id,
			);
			if (idempotencyKey !== undefined) this.statements.keep.run(idempotencyKey, id);
			return this.tell(id);
		});
	}

	cancel(id: string, expectedVersion?: number): WmsReceipt {
		return this.warehouse.commit(() => {
			const receipt = this.existing(id);
			if (receipt.status === 'cancelled') return receipt;
			if (expectedVersion !== undefined && expectedVersion !== receipt.version) {
				throw refusal(
					'version',
					`Receipt "${id}" is at version ${receipt.version}, not ${expectedVersion}; read it again.`,
				);
			}
			if (receipt.status === 'received' || receipt.lines.some(({ received }) => received !== '0'))
				throw refusal('status', `Receipt "${id}" has brought goods already; it cannot be cancelled.`);
			this.statements.update.run(
				'cancelled',
				null,
				JSON.stringify(receipt.lines),
				this.warehouse.clock(),
				id,
			);
			return this.tell(id);
		});
	}

	receipt(id: string): WmsReceipt | undefined {
		const row = this.statements.one.get(id);
		return row && receiptOf(row);
	}

	/** By ascending id. */
	list(query: { after?: string; limit?: number; search?: string; changedSince?: string } = {}): WmsReceipt[] {
		const pattern = likePattern(query.search);
		const since = query.changedSince === undefined ? 0 : instant(query.changedSince, 'changedSince');
		return this.statements.list
			.all(query.after ?? '', since, pattern, pattern, pattern, pageSize(query.limit))
			.map(receiptOf);
	}

	changes(query: { changedAt?: string; id?: string; limit?: number } = {}): WmsReceipt[] {
		const since = query.changedAt === undefined ? 0 : instant(query.changedAt, 'changedAt');
		return this.statements.changes.all(since, query.id ?? '', pageSize(query.limit)).map(receiptOf);
	}

	private tell(id: string): WmsReceipt {
		const receipt = this.existing(id);
		this.warehouse.tellReceipt(receipt);
		return receipt;
	}

	private existing(id: string): WmsReceipt {
		const receipt = this.receipt(id);
		if (!receipt) throw new ServiceError(404, 'no_such_receipt', `There is no receipt "${id}".`);
		return receipt;
	}
}

/** What comes in now, by SKU: what is given, or all that is still missing. */
function arrivals(
	receipt: WmsReceipt,
	given: Array<{ sku: string; quantity: string }> | undefined,
	quantityOf: (sku: string, text: string) => number,
): Map<string, number> {
	const missing = new Map(
		receipt.lines.map(({ sku, expected, received }) => [sku, thousandths(expected) - thousandths(received)]),
	);
	if (given === undefined) return new Map([...missing].filter(([, quantity]) => quantity > 0));
	const arrived = new Map<string, number>();
	for (const { sku, quantity: text } of given) {
		const open = missing.get(sku);
		if (open === undefined)
			throw new ServiceError(422, 'unknown_sku', `SKU "${sku}" is not on receipt "${receipt.id}".`);
		const quantity = quantityOf(sku, text);
		if (arrived.has(sku)) throw new ServiceError(422, 'duplicate_sku', `SKU "${sku}" is given twice.`);
		if (quantity > open) {
			throw new ServiceError(
				422,
				'invalid_quantity',
				`Receipt "${receipt.id}" still expects ${quantityText(open)} of SKU "${sku}"; ${text} were given.`,
			);
		}
		arrived.set(sku, quantity);
	}
	return arrived;
}

function refusal(code: string, message: string): ServiceError {
	return new ServiceError(409, code, message);
}

function receiptOf(row: Row): WmsReceipt {
	return {
		id: String(row.id),
		reference: row.reference === null ? null : String(row.reference),
		status: row.status as WmsReceipt['status'],
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
		receivedAt: row.received_at === null ? null : new Date(Number(row.received_at)).toISOString(),
		lines: JSON.parse(String(row.lines)) as WmsReceipt['lines'],
	};
}
