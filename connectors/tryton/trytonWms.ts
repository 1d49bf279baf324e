import type { ActRequest, ReservationMatch } from '../../core/ports/systemConnector';
import { Documents } from './documents/documents';
import { makeShipments } from './documents/makeShipments';
import { announceReceipts, receiptKind } from './documents/receiptDocuments';
import { shipmentKind } from './documents/shipmentDocuments';
import { Items } from './items';
import { matchReservations } from './match/matchReservations';
import { Movements } from './movements';
import { once } from './once';
import type { TrytonWarehouseOptions } from './options';
import { Reservations } from './reservations';
import { reading, ServedEntities, type Services } from './servedEntities';
import { TrytonSession } from './session';
import { moveModel, shipmentModel, Shipments } from './shipments';
import { Stock } from './stock';
import { UnitCatalogue } from './unitCatalogue';
import type { Warehouse } from './warehouse';
import { findCustomer, findSupplier, readSite } from './warehouseSite';

const defaultPrefix = 'order ';

/**
 * Tryton's stock: products, quantities, customer and supplier shipments, and the moves between. What is reserved for an order
 * are the assigned moves of one customer shipment.
 */
export class TrytonWms extends ServedEntities {
	private readonly site: Warehouse['site'];

	constructor(options: TrytonWarehouseOptions) {
		const { overlapSeconds, referencePrefix: prefix = defaultPrefix } = options;
		const session = new TrytonSession(options);
		const units = new UnitCatalogue(session, options.units);
		const items = new Items(session, units, overlapSeconds);
		const site = once(() => readSite(session, options));
		const customer = once(() => findCustomer(session, options));
		const place = once(async () => findSupplier(session, await site(), options));
		const stock = new Stock(session, items, units, site, overlapSeconds);
		const reserved = new Shipments(session, units, prefix);
		const warehouse: Warehouse = { session, items, units, shipments: reserved, stock, site, customer };
		const shipments = new Documents(shipmentKind(prefix), session, units, site, overlapSeconds);
		const receipts = new Documents(receiptKind(prefix), session, units, site, overlapSeconds);
		const services: Services = {
			item: {
				...reading<'item'>(items),
				actions: [],
				models: { '': 'product.product', 'template.': 'product.template' },
			},
			stockLevel: {
				...reading<'stockLevel'>(stock),
				actions: [],
				models: { '': 'product.product', 'template.': 'product.template' },
			},
			reservation: {
				...reading<'reservation'>(new Reservations(session, reserved, overlapSeconds)),
				actions: ['match'],
				act: async (_match, requests: Array<ActRequest<unknown>>) =>
					await matchReservations(warehouse, requests as Array<ActRequest<ReservationMatch>>),
				models: { '': shipmentModel, 'moves.': moveModel },
			},
			shipment: {
				...reading<'shipment'>(shipments),
				create: async (requests) => await makeShipments(warehouse, shipments, requests),
				actions: ['ship', 'cancel'],
				act: async (action, requests) => await shipments.act(action, requests),
				models: { '': shipmentModel, 'moves.': moveModel },
			},
			receipt: {
				...reading<'receipt'>(receipts),
				create: async (requests) =>
					await announceReceipts({ session, items, units, receipts, prefix, place }, requests),
				actions: ['receive', 'cancel'],
				act: async (action, requests) => await receipts.act(action, requests),
				models: { '': 'stock.shipment.in', 'moves.': moveModel },
			},
			movement: {
				...reading<'movement'>(new Movements(session, units, site, overlapSeconds)),
				actions: [],
				models: { '': moveModel },
			},
		};
		super({
			session,
			services,
			as: 'WMS',
			hint: 'It serves items, stock levels, reservations, shipments, receipts and movements; for sales orders connect it as ERP.',
		});
		this.site = site;
	}

	async check(): Promise<void> {
		await this.site();
		await this.session.call(`model.${shipmentModel}.search_count`, [[]]);
	}
}
