import type { Reservation } from '../../core/model/reservation';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges } from './changeCapture';
import { changedAfter, contains, startsWith } from './criteria';
import type { Domain, TrytonSession } from './session';
import { moveModel, reservationOf, shipmentModel, type Shipments } from './shipments';

const defaultPageSize = 100;

/** What the warehouse holds for each order, over all shipments that bear it. */
export class Reservations {
	constructor(
		private readonly session: TrytonSession,
		private readonly shipments: Shipments,
		private readonly overlapSeconds?: number,
	) {}

	async get(orders: string[]): Promise<Map<string, Reservation>> {
		const found = await this.shipments.ofOrders(orders);
		return new Map([...found].map(([order, own]) => [order, reservationOf(order, own)]));
	}

	async *list(query: ListQuery = {}): AsyncGenerator<Reservation[]> {
		const { pageSize = defaultPageSize, search, changedSince } = query;
		const domain: Domain = [];
		if (search !== undefined) domain.push(contains('reference', search));
		if (changedSince !== undefined) {
			domain.push(['OR', changedAfter(changedSince), ['moves', 'where', changedAfter(changedSince)]]);
		}
		const listed = new Set<string>();
		for await (const orders of this.shipments.orders(domain, pageSize)) {
			const fresh = orders.filter((order) => !listed.has(order));
			fresh.forEach((order) => listed.add(order));
			const found = await this.get(fresh);
			const page = fresh.flatMap((order) => found.get(order) ?? []);
			if (page.length > 0) yield page;
		}
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Reservation>> {
		return captureChanges<Reservation>(
			{
				session: this.session,
				sources: [
					{ mark: 's', model: shipmentModel, owner: 'id' },
					{
						mark: 'm',
						model: moveModel,
						owner: 'shipment',
						domain: [startsWith('shipment', `${shipmentModel},`)],
					},
				],
				read: async (ids) => {
					const orders = await this.shipments.ordersOf(ids);
					const reservations = await this.get([...new Set(orders.values())]);
					return [...orders].flatMap(([id, order]) => {
						const record = reservations.get(order);
						// Once an order, however many shipments it has.
						reservations.delete(order);
						return record === undefined
							? []
							: [{ id, change: { key: order, changedAt: record.changedAt, record } }];
					});
				},
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}
}
