import type { ActRequest, Entities, NoInput } from '../../core/ports/systemConnector';
import { CodedWrites } from './codedWrites';
import { Deliveries, deliverySteps } from './deliveries';
import { actOnDocuments, type ActedKind } from './documentActions';
import type { CanonicalDocument } from './documentReading';
import { DocumentWrites } from './documentWrites';
import { invoiceLineModel, invoiceModel, Invoices, invoiceSteps } from './invoices';
import { InvoiceValues } from './invoiceValues';
import { Items } from './items';
import { ItemValues } from './itemValues';
import type { TrytonOptions } from './options';
import { orderSteps, purchases, sales, type OrderEntity, type OrderKind } from './orderKinds';
import { Orders } from './orders';
import { OrderValues } from './orderValues';
import { Partners } from './partners';
import { PartnerValues } from './partnerValues';
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
		const actions = <T extends CanonicalDocument>(kind: ActedKind<T>) => ({
			actions: Object.keys(kind.steps),
			act: (action: string, requests: Array<ActRequest<NoInput>>) =>
				actOnDocuments(session, kind, action, requests),
		});
		const ordersOf = <E extends OrderEntity>(kind: OrderKind<E>): EntityService<E> => {
			const orders = new Orders(session, items, units, kind, overlapSeconds);
			const values = new OrderValues(session, orders, items, units);
			return {
				...reading<E>(orders),
				...writing<E>(new DocumentWrites(session, values.written()) as Writes<E>),
				...actions<Entities[E]>({ ...kind, steps: orderSteps, read: (key) => orders.read(key) }),
				models: { '': kind.model, 'lines.': kind.lineModel },
			};
		};
		const deliveries = new Deliveries(session, items, units, overlapSeconds);
		const invoices = new Invoices(session, items, units, overlapSeconds);
		const invoiceKind = new InvoiceValues(session, invoices, items, units).written();
		const services: Services = {
			salesOrder: ordersOf(sales),
			purchaseOrder: ordersOf(purchases),
			item: {
				...reading<'item'>(items),
				...writing<'item'>(new CodedWrites(session, new ItemValues(session, items, units).written())),
				actions: [],
				models: { '': 'product.product', 'template.': 'product.template' },
			},
			partner: {
				...reading<'partner'>(partners),
				...writing<'partner'>(new CodedWrites(session, new PartnerValues(session, partners).written())),
				actions: [],
				models: { '': 'party.party' },
			},
			delivery: {
				...reading<'delivery'>(deliveries),
				...actions({
					entity: 'delivery',
					name: 'shipment',
					model: shipmentModel,
					steps: deliverySteps,
					read: (key) => deliveries.read(key),
				}),
				models: { '': shipmentModel, 'moves.': moveModel },
				hint: 'Tryton makes the shipments of a sale itself once it processes the sale; another one would deliver twice.',
			},
			invoice: {
				...reading<'invoice'>(invoices),
				...writing<'invoice'>(new DocumentWrites(session, invoiceKind)),
				...actions({ ...invoiceKind, steps: invoiceSteps }),
				models: { '': invoiceModel, 'lines.': invoiceLineModel },
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
