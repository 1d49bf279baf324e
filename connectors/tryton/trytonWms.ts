import type {
	ActionName,
	Actions,
	ActRequest,
	Capabilities,
	ChangeCursor,
	ChangePage,
	CreateRequest,
	Drafts,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	ReservationMatch,
	SystemConnector,
	WritableEntity,
} from '../../core/ports/systemConnector';
import type { Receipt } from '../../core/model/receipt';
import type { Reservation } from '../../core/model/reservation';
import type { Shipment } from '../../core/model/shipment';
import { ValidationError } from '../../core/ports/errors';
import { Documents } from './documents/documents';
import { makeShipments } from './documents/makeShipments';
import { announceReceipts, receiptKind } from './documents/receiptDocuments';
import { shipmentKind } from './documents/shipmentDocuments';
import { describeModels } from './fieldDescriptions';
import { Items } from './items';
import { named, namedPages } from './naming';
import type { TrytonWarehouseOptions } from './options';
import { namedOutcomes } from './outcomes';
import { matchReservations } from './match/matchReservations';
import { Movements } from './movements';
import { once } from './once';
import { Reservations } from './reservations';
import { TrytonSession } from './session';
import { moveModel, shipmentModel, Shipments } from './shipments';
import { Stock } from './stock';
import { UnitCatalogue } from './unitCatalogue';
import type { Warehouse } from './warehouse';
import { findCustomer, findSupplier, readSite, type ReceivingSite } from './warehouseSite';

const defaultPrefix = 'order ';

/** What of a warehouse can be read; of each, Tryton's models by the prefix of their fields. */
const models: Partial<Record<EntityName, Record<string, string>>> = {
	item: { '': 'product.product', 'template.': 'product.template' },
	stockLevel: { '': 'product.product', 'template.': 'product.template' },
	reservation: { '': shipmentModel, 'moves.': moveModel },
	shipment: { '': shipmentModel, 'moves.': moveModel },
	receipt: { '': 'stock.shipment.in', 'moves.': moveModel },
	movement: { '': moveModel },
};

/** What all readers have in common. */
interface Reader {
	get(keys: string[]): Promise<Map<string, unknown>>;
	list(query?: ListQuery): AsyncIterable<unknown[]>;
	changes(cursor?: ChangeCursor): AsyncIterable<ChangePage<unknown>>;
}

/**
 * Tryton's stock: products, quantities, customer and supplier shipments, and the moves between. What is reserved for an order
 * are the assigned moves of one customer shipment.
 */
export class TrytonWms implements SystemConnector {
	readonly system: string;
	private readonly warehouse: Warehouse;
	private readonly shipments: Documents<Shipment>;
	private readonly receipts: Documents<Receipt>;
	private readonly readers: Partial<Record<EntityName, Reader>>;
	private readonly prefix: string;
	private readonly receivingSite: () => Promise<ReceivingSite>;

	constructor(options: TrytonWarehouseOptions) {
		const { overlapSeconds, referencePrefix = defaultPrefix } = options;
		this.system = options.system;
		this.prefix = referencePrefix;
		const session = new TrytonSession(options);
		const units = new UnitCatalogue(session, options.units);
		const items = new Items(session, units, overlapSeconds);
		const site = once(() => readSite(session, options));
		const customer = once(() => findCustomer(session, options));
		const stock = new Stock(session, items, units, site, overlapSeconds);
		const shipments = new Shipments(session, units, referencePrefix);
		this.warehouse = { session, items, units, shipments, stock, site, customer };
		this.receivingSite = once(async () => findSupplier(session, await site(), options));
		this.shipments = new Documents(shipmentKind(referencePrefix), session, units, site, overlapSeconds);
		this.receipts = new Documents(receiptKind(referencePrefix), session, units, site, overlapSeconds);
		this.readers = {
			item: items,
			stockLevel: stock,
			reservation: new Reservations(session, shipments, overlapSeconds),
			shipment: this.shipments,
			receipt: this.receipts,
			movement: new Movements(session, units, site, overlapSeconds),
		};
	}

	capabilities(): Capabilities {
		return {
			entities: {
				item: { read: true, changes: true, actions: [] },
				stockLevel: { read: true, changes: true, actions: [] },
				reservation: { read: true, changes: true, actions: ['match'] },
				shipment: { read: true, changes: true, actions: ['ship', 'cancel'], writes: ['create'] },
				receipt: { read: true, changes: true, actions: ['receive', 'cancel'], writes: ['create'] },
				movement: { read: true, changes: true, actions: [] },
			},
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		const found = await named(entity, () => this.reader(entity).get(keys));
		return found as Map<string, Entities[E]>;
	}

	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>> {
		return namedPages(entity, this.reader(entity).list(query)) as AsyncIterable<Array<Entities[E]>>;
	}

	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>> {
		return namedPages(entity, this.reader(entity).changes(cursor)) as AsyncIterable<ChangePage<Entities[E]>>;
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		type Outcomes = Array<Outcome<E extends EntityName ? Entities[E] : never>>;
		if (!(this.capabilities().entities[entity]?.actions ?? []).includes(String(action))) {
			throw this.unsupported(`the action "${String(action)}" on ${entity}`);
		}
		return namedOutcomes(entity, (await this.acted(entity, String(action), requests)) as Outcomes);
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		type Outcomes = Array<Outcome<Entities[E]>>;
		if (entity === 'shipment') {
			const drafts = requests as Array<CreateRequest<Drafts['shipment']>>;
			return (await makeShipments(this.warehouse, this.shipments, drafts)) as Outcomes;
		}
		if (entity === 'receipt') {
			const { session, items, units } = this.warehouse;
			const { receipts, prefix, receivingSite: place } = this;
			const drafts = requests as Array<CreateRequest<Drafts['receipt']>>;
			return (await announceReceipts({ session, items, units, receipts, prefix, place }, drafts)) as Outcomes;
		}
		throw this.unsupported(`new ${entity}`);
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		const own = models[entity];
		if (own === undefined) throw this.unsupported(entity);
		return describeModels(this.warehouse.session, own);
	}

	async check(): Promise<void> {
		await this.warehouse.site();
		await this.warehouse.session.call(`model.${shipmentModel}.search_count`, [[]]);
	}

	private async acted<I>(
		entity: keyof Actions,
		action: string,
		requests: Array<ActRequest<I>>,
	): Promise<Array<Outcome<Shipment | Receipt | Reservation>>> {
		if (entity === 'shipment') return await this.shipments.act(action, requests);
		if (entity === 'receipt') return await this.receipts.act(action, requests);
		// The only pair of entity and action that is left here.
		return await matchReservations(this.warehouse, requests as Array<ActRequest<ReservationMatch>>);
	}

	private reader(entity: EntityName): Reader {
		const reader = this.readers[entity];
		if (reader === undefined) throw this.unsupported(entity);
		return reader;
	}

	private unsupported(what: string): ValidationError {
		return new ValidationError(`${this.system} is a Tryton used as WMS and has no ${what}.`, {
			system: this.system,
			hint: 'It serves items, stock levels, reservations, shipments, receipts and movements; for sales orders connect it as ERP.',
		});
	}
}
