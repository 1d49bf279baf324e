import { z } from 'zod/v4';

import { add, compare, type Decimal } from '../../core/model/decimal';
import type { Reservation } from '../../core/model/reservation';
import { startsWith } from './criteria';
import type { Domain, TrytonSession } from './session';
import type { UnitCatalogue } from './unitCatalogue';
import { Instant, lastChange, quantityOf } from './values';

export const shipmentModel = 'stock.shipment.out';
export const moveModel = 'stock.move';

const ShipmentRow = z.object({
	id: z.number().int(),
	number: z.string().nullable(),
	reference: z.string().nullable(),
	state: z.enum(['draft', 'waiting', 'assigned', 'picked', 'packed', 'done', 'cancelled']),
	outgoing_moves: z.array(z.number().int()),
	create_uid: z.number().int().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	_timestamp: z.string(),
});

const MoveRow = z.object({
	id: z.number().int(),
	shipment: z.string(),
	product: z.number().int(),
	state: z.enum(['staging', 'draft', 'assigned', 'done', 'cancelled']),
	internal_quantity: z.number(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'product.': z.object({
		code: z.string().nullable(),
		'template.': z.object({ default_uom: z.number().int() }),
	}),
});

const NoteRow = z.object({ id: z.number().int(), resource: z.string(), message: z.string() });

/** The goods of one move, in the product's base unit. */
export interface Move {
	id: number;
	product: number;
	item: string;
	state: z.infer<typeof MoveRow>['state'];
	quantity: Decimal;
}

/** A customer shipment made for an order. */
export interface Shipment {
	id: number;
	number: string;
	order: string;
	state: z.infer<typeof ShipmentRow>['state'];
	/** moves that take the goods to the customer: what is asked for */
	outgoing: Move[];
	/** moves that bring the goods from storage to the output: once assigned, what is reserved */
	picking: Move[];
	/** user that made it */
	createdBy: number | null;
	/** the order's sequence that it answers, and the note that holds it */
	note?: { id: number; sequence: number };
	changedAt: Instant;
	/** Tryton's own mark of the version of the shipment's row; absent once it was changed and not read again */
	timestamp?: string;
}

/**
 * Shipments of orders. The order's key stands in the shipment's reference, after a prefix; the sequence in a note that people
 * see beside the shipment. Tryton has no other text on a shipment, and a reference is found by its index.
 */
export class Shipments {
	constructor(
		private readonly session: TrytonSession,
		private readonly units: UnitCatalogue,
		readonly prefix: string,
	) {}

	reference(order: string): string {
		return `${this.prefix}${order}`;
	}

	/** All shipments of these orders, cancelled ones too, oldest first. */
	async ofOrders(orders: string[]): Promise<Map<string, Shipment[]>> {
		const rows = await this.session.searchIn(
			shipmentModel,
			ShipmentRow,
			'reference',
			orders.map((order) => this.reference(order)),
			[],
			{ order: [['id', 'ASC']] },
		);
		return Map.groupBy(await this.complete(rows), ({ order }) => order);
	}

	/** The orders of shipments with these numbers. */
	async ordersOf(ids: number[]): Promise<Map<number, string>> {
		const Row = z.object({ id: z.number().int(), reference: z.string().nullable() });
		const rows = await this.session.searchIn(shipmentModel, Row, 'id', ids);
		return new Map(
			rows.flatMap(
				({ id, reference }): Array<[number, string]> =>
					reference?.startsWith(this.prefix) ? [[id, reference.slice(this.prefix.length)]] : [],
			),
		);
	}

	/** Orders with shipments, in pages by ascending key of the order. */
	async *orders(domain: Domain, pageSize: number): AsyncGenerator<string[]> {
		const Row = z.object({ id: z.number().int(), reference: z.string() });
		for (let last = ''; ; ) {
			const rows = await this.session.search(
				shipmentModel,
				Row,
				[['reference', '>', last], startsWith('reference', this.prefix), ...domain],
				{ order: [['reference', 'ASC']], limit: pageSize },
			);
			const orders = rows.map(({ reference }) => reference.slice(this.prefix.length));
			if (orders.length > 0) yield [...new Set(orders)];
			const final = rows.at(-1);
			if (final === undefined || rows.length < pageSize) return;
			last = final.reference;
		}
	}

	private async complete(rows: Array<z.infer<typeof ShipmentRow>>): Promise<Shipment[]> {
		const resources = rows.map(({ id }) => resourceOf(id));
		const moves = await this.session.searchIn(moveModel, MoveRow, 'shipment', resources, [], {
			related: ['product.code', 'product.template.default_uom'],
			order: [['id', 'ASC']],
		});
		const notes = await this.session.searchIn('ir.note', NoteRow, 'resource', resources, [], {
			order: [['id', 'ASC']],
		});
		const units = await this.units.including(
			moves.map(({ 'product.': product }) => product['template.'].default_uom),
		);
		const movesOf = Map.groupBy(moves, ({ shipment }) => shipment);
		const notesOf = Map.groupBy(notes, ({ resource }) => resource);
		return rows.map((row): Shipment => {
			const own = movesOf.get(resourceOf(row.id)) ?? [];
			const outgoing = new Set(row.outgoing_moves);
			const canonical = (some: Array<z.infer<typeof MoveRow>>) =>
				some.map(
					(move): Move => ({
						id: move.id,
						product: move.product,
						item: move['product.'].code ?? String(move.product),
						state: move.state,
						quantity: quantityOf(
							move.internal_quantity,
							units.get(move['product.']['template.'].default_uom)?.digits ?? 0,
						),
					}),
				);
			const note = (notesOf.get(resourceOf(row.id)) ?? []).flatMap(({ id, message }) => {
				const sequence = sequenceIn(message);
				return sequence === undefined ? [] : [{ id, sequence }];
			})[0];
			return {
				id: row.id,
				number: row.number ?? String(row.id),
				order: (row.reference ?? '').slice(this.prefix.length),
				state: row.state,
				outgoing: canonical(own.filter(({ id }) => outgoing.has(id))),
				picking: canonical(own.filter(({ id }) => !outgoing.has(id))),
				createdBy: row.create_uid,
				...(note === undefined ? {} : { note }),
				changedAt: [row, ...own].map(lastChange).sort().at(-1) ?? '',
				timestamp: row._timestamp,
			};
		});
	}
}

export function resourceOf(shipment: number): string {
	return `${shipmentModel},${shipment}`;
}

/** What the note says; the sequence is read back from it. */
export function noteOf(order: string, sequence: number): string {
	return `Reservation for order ${order}, sequence ${sequence}.`;
}

function sequenceIn(message: string): number | undefined {
	const found = /^Reservation for order .*, sequence (\d{1,16})\.$/.exec(message)?.[1];
	return found === undefined ? undefined : Number(found);
}

/** Shipments that people may still change: the warehouse has not picked them. */
export function isOpen({ state }: Shipment): boolean {
	return state === 'draft' || state === 'waiting' || state === 'assigned';
}

export function sequenceOf(shipments: Shipment[]): number | undefined {
	const sequences = shipments.flatMap(({ note }) => note?.sequence ?? []);
	return sequences.length === 0 ? undefined : Math.max(...sequences);
}

/** What the shipment asks for, by product. */
export function requestedOf({ outgoing }: Shipment): Map<number, Decimal> {
	return totals(outgoing.filter(({ state }) => state !== 'cancelled'));
}

/** What of it is taken from stock, by product: reserved, picked or shipped. */
export function reservedOf({ state, outgoing, picking }: Shipment): Map<number, Decimal> {
	return totals(
		(state === 'done' ? outgoing : picking).filter(
			(move) => move.state === 'assigned' || move.state === 'done',
		),
	);
}

function totals(moves: Move[]): Map<number, Decimal> {
	const sums = new Map<number, Decimal>();
	for (const { product, quantity } of moves) sums.set(product, add(sums.get(product) ?? '0', quantity));
	return sums;
}

/** What the warehouse holds for the order, over all its shipments, shipped ones included. Nothing for cancelled ones. */
export function reservationOf(order: string, shipments: Shipment[]): Reservation {
	const lines = new Map<string, { item: string; requested: Decimal; reserved: Decimal }>();
	for (const shipment of shipments) {
		if (shipment.state === 'cancelled') continue;
		const reserved = reservedOf(shipment);
		const codes = new Map(
			[...shipment.outgoing, ...shipment.picking].map(({ product, item }) => [product, item]),
		);
		for (const [product, requested] of requestedOf(shipment)) {
			const item = codes.get(product) ?? '';
			const line = lines.get(item) ?? { item, requested: '0', reserved: '0' };
			const held = reserved.get(product) ?? '0';
			lines.set(item, {
				item,
				requested: add(line.requested, requested),
				reserved: add(line.reserved, compare(held, requested) > 0 ? requested : held),
			});
		}
	}
	const changedAt =
		shipments
			.map((shipment) => shipment.changedAt)
			.sort()
			.at(-1) ?? '';
	return {
		order,
		sequence: sequenceOf(shipments) ?? 0,
		revision: changedAt,
		changedAt,
		lines: [...lines.values()].sort((a, b) => (a.item < b.item ? -1 : 1)),
	};
}
