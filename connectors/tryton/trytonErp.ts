import { Deliveries } from './deliveries';
import { Invoices } from './invoices';
import { Items } from './items';
import type { TrytonOptions } from './options';
import { actOnOrders, type OrderAction } from './orderActions';
import { purchases, sales, type OrderEntity, type OrderKind } from './orderKinds';
import { Orders } from './orders';
import { OrderWrites } from './orderWrites';
import { Partners } from './partners';
import {
	reading,
	ServedEntities,
	writing,
	type EntityService,
	type Services,
	type Writes,
} from './servedEntities';
import { TrytonSession } from './session';
import { moveModel, shipmentModel } from './shipments';
import { UnitCatalogue } from './unitCatalogue';

/** Tryton's sales, purchases, products, parties, customer shipments and invoices. It never tells of a change by itself: `changes` looks for them. */
export class TrytonErp extends ServedEntities {
	constructor(options: TrytonOptions) {
		const { overlapSeconds } = options;
		const session = new TrytonSession(options);
		const units = new UnitCatalogue(session, options.units);
		const items = new Items(session, units, overlapSeconds);
		const partners = new Partners(session, overlapSeconds);
		const ordersOf = <E extends OrderEntity>(kind: OrderKind<E>): EntityService<E> => {
			const orders = new Orders(session, items, units, kind, overlapSeconds);
			return {
				...reading<E>(orders),
				...writing<E>(new OrderWrites(session, orders, items, units) as Writes<E>),
				actions: ['confirm', 'cancel'],
				act: (action, requests) => actOnOrders(session, orders, action as OrderAction, requests),
				models: { '': kind.model, 'lines.': kind.lineModel },
			};
		};
		const services: Services = {
			salesOrder: ordersOf(sales),
			purchaseOrder: ordersOf(purchases),
			item: {
				...reading<'item'>(items),
				actions: [],
				models: { '': 'product.product', 'template.': 'product.template' },
			},
			partner: { ...reading<'partner'>(partners), actions: [], models: { '': 'party.party' } },
			delivery: {
				...reading<'delivery'>(new Deliveries(session, items, units, overlapSeconds)),
				actions: [],
				models: { '': shipmentModel, 'moves.': moveModel },
			},
			invoice: {
				...reading<'invoice'>(new Invoices(session, items, units, overlapSeconds)),
				actions: [],
				models: { '': 'account.invoice', 'lines.': 'account.invoice.line' },
			},
		};
		super({
			session,
			services,
			as: 'ERP',
			hint: 'It serves sales orders, purchase orders, items, partners, deliveries and invoices; for reservations connect it as WMS.',
		});
	}

	async check(): Promise<void> {
		await this.session.company();
		await this.session.call('model.sale.sale.search_count', [[]]);
	}
}
