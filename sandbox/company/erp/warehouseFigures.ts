import { z } from 'zod/v4';

import { eventOf } from '../../../core/events/event';
import { normalise, Quantity } from '../../../core/model/decimal';
import { Key } from '../../../core/model/references';
import { ServiceDatabase, type Row, type Statement } from '../database';
import { ServiceError, type Route } from '../http/service';
import { Outbox } from '../outbox/outbox';
import { erpSystem, type Erp } from './erp';

const schema = `
CREATE TABLE IF NOT EXISTS figures (
	kind TEXT NOT NULL, key TEXT NOT NULL, order_key TEXT, quantities TEXT NOT NULL, origin TEXT,
	version INTEGER NOT NULL, changed_at INTEGER NOT NULL, PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS figures_by_order ON figures (order_key) WHERE order_key IS NOT NULL;
${Outbox.schema}`;

export const FigureKind = z.enum(['stock', 'delivered']);
export type FigureKind = z.infer<typeof FigureKind>;

/** On hand of one item (`stock`), or what left with one shipment (`delivered`), as the ERP keeps it. */
export interface ErpFigure {
	kind: FigureKind;
	key: string;
	order: string | null;
	quantities: Record<string, string>;
	/** system from which it came; null: a person of the ERP wrote it */
	origin: string | null;
	version: number;
	changedAt: string;
}

export const FigurePut = z.object({
	order: Key.optional(),
	quantities: z.record(Key, Quantity),
	origin: Key.optional(),
	/** the version that it must still have; null: it must not exist */
	expectedVersion: z.number().int().positive().nullable().optional(),
});
export type FigurePut = z.input<typeof FigurePut>;

/**
 * What the warehouse reports: stock on hand by item, and delivered quantities by shipment. Each change of a stock figure and
 * its event are one commit, whoever made it.
 */
export class ErpWarehouseFigures {
	private readonly database: ServiceDatabase;
	private readonly one: Statement;
	private readonly put: Statement;
	private readonly ofOrder: Statement;
	private readonly listeners: Array<() => void> = [];
	readonly outbox?: Outbox;

	constructor(
		file: string,
		private readonly erp: Pick<Erp, 'item' | 'order'>,
		options: { publish: boolean; topicPrefix: string },
	) {
		this.database = new ServiceDatabase(file, schema);
		this.one = this.database.prepare('SELECT * FROM figures WHERE kind = ? AND key = ?');
		this.put = this.database.prepare(
			`INSERT INTO figures (kind, key, order_key, quantities, origin, version, changed_at) VALUES (?, ?, ?, ?, ?, 1, ?)
			ON CONFLICT (kind, key) DO UPDATE SET order_key = excluded.order_key, quantities = excluded.quantities,
			origin = excluded.origin, version = version + 1, changed_at = excluded.changed_at`,
		);
		this.ofOrder = this.database.prepare('SELECT * FROM figures WHERE order_key = ? ORDER BY key');
		if (options.publish) this.outbox = new Outbox(this.database, options.topicPrefix);
	}

	/** Called after each commit that wrote events. */
	onCommit(listener: () => void): void {
		this.listeners.push(listener);
	}

	close(): void {
		this.database.close();
	}

	figure(kind: FigureKind, key: string): ErpFigure | undefined {
		const row = this.one.get(kind, key);
		return row && figureOf(row);
	}

	/** What left for an order, summed by item over its shipments. */
	delivered(order: string): Record<string, string> {
		const totals = new Map<string, number>();
		for (const { quantities } of this.ofOrder.all(order).map(figureOf)) {
			for (const [item, quantity] of Object.entries(quantities))
				totals.set(item, (totals.get(item) ?? 0) + Math.round(Number(quantity) * 1_000));
		}
		return Object.fromEntries([...totals].map(([item, thousandths]) => [item, String(thousandths / 1_000)]));
	}

	/** The same quantities again change nothing. Otherwise refused with 409 unless the version is the expected one. */
	write(kind: FigureKind, key: string, given: FigurePut): ErpFigure {
		const wanted = FigurePut.parse(given);
		this.check(kind, key, wanted);
		const quantities = Object.fromEntries(
			Object.entries(wanted.quantities)
				.map(([item, quantity]) => [item, normalise(quantity)] as const)
				.sort(([a], [b]) => (a < b ? -1 : 1)),
		);
		const written = this.database.transaction(() => {
			const known = this.figure(kind, key);
			if (known && JSON.stringify(known.quantities) === JSON.stringify(quantities)) return known;
			const { expectedVersion } = wanted;
			if (expectedVersion !== undefined && expectedVersion !== (known?.version ?? null)) {
				throw new ServiceError(
					409,
					'version',
					`The ${kind} figure "${key}" is at version ${known?.version ?? 'none'}, not ${expectedVersion ?? 'none'}; read it again.`,
				);
			}
			const order = wanted.order ?? known?.order ?? null;
			this.put.run(kind, key, order, JSON.stringify(quantities), wanted.origin ?? null, Date.now());
			const figure = this.figure(kind, key);
			if (!figure) throw new Error(`figure ${key} vanished within its transaction`);
			if (kind === 'stock') this.tell(figure);
			return figure;
		});
		for (const listener of this.listeners) listener();
		return written;
	}

	private check(kind: FigureKind, key: string, { order, quantities }: z.output<typeof FigurePut>): void {
		const items = Object.keys(quantities);
		const unknown = items.find((item) => !this.erp.item(item));
		if (unknown !== undefined)
			throw new ServiceError(
				422,
				'unknown_item',
				`There is no item "${unknown}" for the ${kind} figure "${key}".`,
			);
		if (kind === 'stock' && (items.length !== 1 || items[0] !== key))
			throw new ServiceError(422, 'invalid', `The stock figure "${key}" must name that item and no other.`);
		if (kind === 'delivered' && order !== undefined && !this.erp.order(order))
			throw new ServiceError(
				422,
				'unknown_order',
				`There is no order "${order}", to which "${key}" is said to belong.`,
			);
	}

	private tell({ key, quantities, origin, version, changedAt }: ErpFigure): void {
		const onHand = quantities[key] ?? '0';
		const event = eventOf({
			system: erpSystem,
			entity: 'stockLevel',
			change: version === 1 ? 'created' : 'changed',
			key,
			sequence: version,
			record: { item: key, onHand, reserved: '0', available: onHand },
			changedAt,
		});
		this.outbox?.append(origin === null ? event : { ...event, origin });
	}
}

/** Beside the ERP's other paths. */
export function figureRoutes(figures: ErpWarehouseFigures): Route[] {
	return [
		{
			method: 'POST',
			path: '/api/warehouse-figures/search',
			handle: ({ body }) => {
				const { kind, keys } = Search.parse(body);
				return { figures: keys.flatMap((key) => figures.figure(kind, key) ?? []) };
			},
		},
		{
			method: 'GET',
			path: '/api/orders/:id/delivered',
			handle: ({ parameters: { id = '' } }) => ({ order: id, delivered: figures.delivered(id) }),
		},
		{
			method: 'PUT',
			path: '/api/warehouse-figures/:kind/:key',
			handle: ({ parameters: { kind, key = '' }, body }) =>
				figures.write(FigureKind.parse(kind), Key.parse(key), FigurePut.parse(body)),
		},
	];
}

const Search = z.object({ kind: FigureKind, keys: z.array(z.string()).max(1_000) });

function figureOf(row: Row): ErpFigure {
	return {
		kind: row.kind as FigureKind,
		key: String(row.key),
		order: row.order_key === null ? null : String(row.order_key),
		quantities: JSON.parse(String(row.quantities)) as Record<string, string>,
		origin: row.origin === null ? null : String(row.origin),
		version: Number(row.version),
		changedAt: new Date(Number(row.changed_at)).toISOString(),
	};
}
