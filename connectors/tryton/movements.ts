import { z } from 'zod/v4';

import type { Movement } from '../../core/model/movement';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges } from './changeCapture';
import { changedAfter, contains } from './criteria';
import type { Domain, TrytonSession } from './session';
import { moveModel } from './shipments';
import type { UnitCatalogue } from './unitCatalogue';
import { Day, happenedAt, Instant, lastChange, quantityOf } from './values';
import type { WarehouseSite } from './warehouseSite';

const Location = z.object({ id: z.number().int(), type: z.string() });

const MoveRow = z.object({
	id: z.number().int(),
	product: z.number().int(),
	internal_quantity: z.number(),
	shipment: z.string().nullable(),
	origin: z.string().nullable(),
	effective_date: Day.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'from_location.': Location,
	'to_location.': Location,
	'product.': z.object({
		code: z.string().nullable(),
		'template.': z.object({ default_uom: z.number().int() }),
	}),
});
type MoveRow = z.infer<typeof MoveRow>;

const related = [
	'from_location.id',
	'from_location.type',
	'to_location.id',
	'to_location.type',
	'product.code',
	'product.template.default_uom',
];
const defaultPageSize = 200;

/**
 * Moves that are done and went into the warehouse's storage or out of it: all of an item add up to what is on hand. The key is
 * the move's number in the database.
 */
export class Movements {
	constructor(
		private readonly session: TrytonSession,
		private readonly units: UnitCatalogue,
		private readonly site: () => Promise<WarehouseSite>,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, Movement>> {
		const ids = keys.filter((key) => /^[1-9]\d{0,8}$/.test(key)).map(Number);
		return new Map((await this.withIds(ids)).map(({ movement }) => [movement.key, movement]));
	}

	async *list(query: ListQuery = {}): AsyncGenerator<Movement[]> {
		const { pageSize = defaultPageSize, search, changedSince } = query;
		const domain = await this.domain();
		if (search !== undefined) domain.push(contains('product.code', search));
		if (changedSince !== undefined) domain.push(changedAfter(changedSince));
		for (let last = 0; ; ) {
			const rows = await this.session.search(moveModel, MoveRow, [['id', '>', last], ...domain], {
				related,
				order: [['id', 'ASC']],
				limit: pageSize,
			});
			if (rows.length > 0) yield (await this.complete(rows)).map(({ movement }) => movement);
			const final = rows.at(-1);
			if (final === undefined || rows.length < pageSize) return;
			last = final.id;
		}
	}

	async *changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Movement>> {
		yield* captureChanges<Movement>(
			{
				session: this.session,
				sources: [{ mark: 'm', model: moveModel, owner: 'id', domain: await this.domain() }],
				read: async (ids) =>
					(await this.withIds(ids)).map(({ row, movement }) => ({
						id: row.id,
						change: { key: movement.key, changedAt: lastChange(row), record: movement },
					})),
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	private async domain(): Promise<Domain> {
		return [['state', '=', 'done'], crossing(await this.site())];
	}

	private async withIds(ids: number[]): Promise<Array<{ row: MoveRow; movement: Movement }>> {
		return this.complete(
			await this.session.searchIn(moveModel, MoveRow, 'id', ids, await this.domain(), {
				related,
				order: [['id', 'ASC']],
			}),
		);
	}

	private async complete(rows: MoveRow[]): Promise<Array<{ row: MoveRow; movement: Movement }>> {
		const inside = await this.insideStorage(rows);
		const units = await this.units.including(rows.map((row) => row['product.']['template.'].default_uom));
		return rows.map((row) => {
			const isIncoming = inside.has(row['to_location.'].id);
			const digits = units.get(row['product.']['template.'].default_uom)?.digits ?? 0;
			const quantity = quantityOf(isIncoming ? row.internal_quantity : -row.internal_quantity, digits);
			const reference = referenceOf(row);
			return {
				row,
				movement: {
					key: String(row.id),
					kind: kindOf(row, isIncoming ? row['from_location.'].type : row['to_location.'].type),
					item: row['product.'].code || String(row.product),
					quantity,
					...(reference === undefined ? {} : { reference }),
					occurredAt: happenedAt(row.effective_date, lastChange(row)),
				},
			};
		});
	}

	/** Those of the moves' locations that belong to the storage. */
	private async insideStorage(rows: MoveRow[]): Promise<Set<number>> {
		const { storage } = await this.site();
		const locations = rows.flatMap((row) => [row['from_location.'].id, row['to_location.'].id]);
		const found = await this.session.searchIn(
			'stock.location',
			z.object({ id: z.number().int() }),
			'id',
			locations,
			[['parent', 'child_of', [storage], 'parent']],
			{ context: { active_test: false } },
		);
		return new Set([storage, ...found.map(({ id }) => id)]);
	}
}

/** Moves of which one end is in the storage and the other is not. */
function crossing({ storage }: WarehouseSite): Domain {
	const into = ['to_location', 'child_of', [storage], 'parent'];
	const outOf = ['from_location', 'child_of', [storage], 'parent'];
	const notInto = ['to_location', 'not child_of', [storage], 'parent'];
	const notOutOf = ['from_location', 'not child_of', [storage], 'parent'];
	return ['OR', [into, notOutOf], [outOf, notInto]];
}

/** By the document behind it, and where there is none by the place at its other end. */
function kindOf({ shipment }: MoveRow, otherEnd: string): Movement['kind'] {
	if (shipment?.startsWith('stock.shipment.out')) return 'shipment';
	if (shipment?.startsWith('stock.shipment.in,') || shipment?.startsWith('stock.shipment.in.return'))
		return 'receipt';
	if (otherEnd === 'lost_found') return 'adjustment';
	if (otherEnd === 'customer') return 'shipment';
	if (otherEnd === 'supplier') return 'receipt';
	return 'transfer';
}

/** Key of a shipment or receipt; of another document Tryton's own reference, such as `stock.inventory.line,7`. */
function referenceOf({ shipment, origin }: MoveRow): string | undefined {
	const [, key] = /^stock\.shipment\.(?:out|in),(\d+)$/.exec(shipment ?? '') ?? [];
	return key ?? shipment ?? origin ?? undefined;
}
