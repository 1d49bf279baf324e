import { z } from 'zod/v4';

import { Delivery, type DeliveryState } from '../../core/model/delivery';
import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import type { DocumentStep } from './documentActions';
import {
	changesOf,
	documentsByKey,
	listedDocuments,
	numbersIn,
	timestampsOf,
	type ReadDocument,
} from './documentReading';
import { numberIn } from './invoices';
import type { Items, Product } from './items';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import { moveModel, resourceOf, shipmentModel } from './shipments';
import type { UnitCatalogue } from './unitCatalogue';
import type { Units } from './units';
import { Day, ExactNumber, happenedAt, Instant, lastChange, microsecondsOf, quantityOf } from './values';

const states = {
	draft: 'draft',
	waiting: 'draft',
	assigned: 'draft',
	picked: 'draft',
	packed: 'draft',
	done: 'done',
	cancelled: 'cancelled',
} as const satisfies Record<string, DeliveryState>;
type TrytonState = keyof typeof states;

const ShipmentRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	state: z.enum(Object.keys(states) as [TrytonState, ...TrytonState[]]),
	effective_date: Day.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
	'customer.': z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullish(),
	'company.': z.object({ 'currency.': z.object({ code: z.string() }) }),
});
type ShipmentRow = z.infer<typeof ShipmentRow>;

const MoveRow = z.object({
	id: z.number().int(),
	shipment: z.string(),
	product: z.number().int(),
	quantity: z.number(),
	uom: z.number().int(),
	state: z.string(),
	origin: z.string(),
	/** what one base unit of the product cost when the goods left */
	cost_price: ExactNumber.nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string().nullable(),
});
type MoveRow = z.infer<typeof MoveRow>;

const related = ['customer.code', 'customer.name', 'company.currency.code'];
/** Moves that take goods of a sale to the customer; those that pick them in the warehouse have no origin. */
const ofSales: Domain = ['origin', 'like', 'sale.line,%'];

const preparing = ['assign_try', 'pick', 'pack', 'done'];

export const deliverySteps: Record<string, DocumentStep> = {
	confirm: {
		reached: ['done'],
		buttons: {
			draft: ['wait', ...preparing],
			waiting: preparing,
			assigned: ['pick', 'pack', 'done'],
			picked: ['pack', 'done'],
			packed: ['done'],
		},
		past: 'booked as gone',
		hint: 'A waiting shipment lacks stock: what could be reserved stays reserved; receive the rest and repeat.',
	},
	cancel: {
		reached: ['cancelled'],
		buttons: { draft: ['cancel'], waiting: ['cancel'], assigned: ['cancel'] },
		past: 'cancelled',
		hint: 'Goods that were picked go back by hand in Tryton; goods that have left, by a customer return.',
	},
};

/**
 * Customer shipments of sales as deliveries; the key is the number in the database. Tryton has many states before the goods
 * leave: all of them are a draft.
 */
export class Deliveries {
	constructor(
		private readonly session: TrytonSession,
		private readonly items: Items,
		private readonly units: UnitCatalogue,
		private readonly overlapSeconds?: number,
	) {}

	async get(keys: string[]): Promise<Map<string, Delivery>> {
		return await documentsByKey(keys, (ids) => this.withIds(ids));
	}

	/** One shipment with what Tryton says of it; absent where there is none. */
	async read(key: string): Promise<ReadDocument<Delivery> | undefined> {
		return (await this.withIds(numbersIn([key])))[0];
	}

	list(query: ListQuery = {}): AsyncGenerator<Delivery[]> {
		return listedDocuments(query, {
			states,
			searched: ['number', 'reference', 'customer.rec_name'],
			parts: 'moves',
			domain: [['moves', 'where', [ofSales]]],
			rows: (domain, limit) =>
				this.session.search(shipmentModel, ShipmentRow, domain, { related, order: [['id', 'ASC']], limit }),
			complete: (rows) => this.complete(rows),
		});
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Delivery>> {
		return changesOf<Delivery>(
			this.session,
			[
				{ mark: 's', model: shipmentModel, owner: 'id', domain: [['moves', 'where', [ofSales]]] },
				{
					mark: 'm',
					model: moveModel,
					owner: 'shipment',
					domain: [ofSales, ['shipment', 'like', `${shipmentModel},%`]],
				},
			],
			(ids) => this.withIds(ids),
			cursor,
			this.overlapSeconds,
		);
	}

	private async withIds(ids: number[]): Promise<Array<ReadDocument<Delivery>>> {
		return this.complete(
			await this.session.searchIn(shipmentModel, ShipmentRow, 'id', ids, [['moves', 'where', [ofSales]]], {
				related,
				order: [['id', 'ASC']],
			}),
		);
	}

	private async complete(rows: ShipmentRow[]): Promise<Array<ReadDocument<Delivery>>> {
		const moves = await this.session.searchIn(
			moveModel,
			MoveRow,
			'shipment',
			rows.map(({ id }) => resourceOf(id)),
			[ofSales],
			{ order: [['id', 'ASC']] },
		);
		const products = await this.items.withIds(moves.map(({ product }) => product));
		const units = await this.units.including(moves.map(({ uom }) => uom));
		const Line = z.object({ id: z.number().int(), sale: z.number().int() });
		const lines = await this.session.searchIn(
			'sale.line',
			Line,
			'id',
			moves.flatMap(({ origin }) => numberIn(origin, 'sale.line') ?? []),
		);
		const sales = new Map(lines.map(({ id, sale }) => [id, sale]));
		const byId = new Map(products.map((product) => [product.id, product]));
		const byShipment = Map.groupBy(moves, ({ shipment }) => shipment);
		return rows.map((row) => {
			const own = byShipment.get(resourceOf(row.id)) ?? [];
			const changedAt = [row, ...own].map(lastChange).sort().at(-1) ?? '';
			return {
				id: row.id,
				state: row.state,
				changedAt,
				timestamps: timestampsOf(shipmentModel, [row], timestampsOf(moveModel, own)),
				document: this.deliveryOf(row, own, changedAt, byId, units, sales),
			};
		});
	}

	private deliveryOf(
		row: ShipmentRow,
		moves: MoveRow[],
		changedAt: Instant,
		products: Map<number, Product>,
		units: Units,
		sales: Map<number, number>,
	): Delivery | ValidationError {
		const problems: Record<string, string> = {};
		const delivered = new Set(moves.map(({ origin }) => sales.get(numberIn(origin, 'sale.line') ?? 0)));
		// A shipment that people merged from several sales belongs to none of them alone.
		const [order] = delivered.size === 1 ? delivered : [];
		const counting = moves.filter(({ state }) => state !== 'cancelled' || row.state === 'cancelled');
		const lines = counting.map((move, index) => {
			const product = products.get(move.product);
			const unit = units.get(move.uom);
			problems[`lines.${index}.item.code`] = `product ${move.product} ("${product?.name}") has no code`;
			problems[`lines.${index}.unit`] = `the unit "${unit?.name}" has no UN/ECE code of its own`;
			return {
				line: String(move.id),
				orderLine: move.origin.split(',')[1],
				item: { code: product?.code, gtin: product?.gtin, name: product?.name },
				quantity: quantityOf(move.quantity, unit?.digits ?? 0),
				unit: unit === undefined ? undefined : units.codeOf(unit.id),
				unitCost: unitCostOf(move, product, units),
			};
		});
		const customer = row['customer.'];
		const parsed = Delivery.safeParse({
			key: String(row.id),
			number: row.number ?? undefined,
			state: states[row.state],
			order: order === undefined ? undefined : String(order),
			partner: customer?.code ? { code: customer.code, name: customer.name ?? undefined } : undefined,
			deliveredAt: row.state === 'done' ? happenedAt(row.effective_date, lastChange(row)) : undefined,
			currency: row['company.']['currency.'].code,
			revision: String(microsecondsOf(changedAt)),
			lines,
		});
		// JSON has no `undefined`: without them, a record is equal to what an event carries.
		if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as Delivery;
		return new ValidationError(
			`Shipment ${row.number ?? row.id} of ${this.session.system} cannot be passed on: ${problemsOf(parsed.error, problems)}`,
			this.session.about({
				entity: 'delivery',
				key: String(row.id),
				hint: 'Correct the shipment or its product in Tryton.',
			}),
		);
	}
}

/** Tryton values the base unit, and only once the goods have left. Of a carton of twelve, the cost is twelve times that. */
function unitCostOf({ cost_price: cost, uom }: MoveRow, product: Product | undefined, units: Units) {
	if (cost === null || product === undefined) return undefined;
	return units.convert(cost, uom, product.baseUnit);
}
