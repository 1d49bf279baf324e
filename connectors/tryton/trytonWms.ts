import type {
	ActionName,
	Actions,
	ActRequest,
	Capabilities,
	ChangeCursor,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	ReservationMatch,
	SystemConnector,
} from '../../core/ports/systemConnector';
import type { Item } from '../../core/model/item';
import type { Reservation, StockLevel } from '../../core/model/reservation';
import { ValidationError } from '../../core/ports/errors';
import { describeModels } from './fieldDescriptions';
import { Items } from './items';
import { named, namedPages } from './naming';
import type { TrytonWarehouseOptions } from './options';
import { matchReservations } from './match/matchReservations';
import { Reservations } from './reservations';
import { TrytonSession } from './session';
import { moveModel, shipmentModel, Shipments } from './shipments';
import { Stock } from './stock';
import { UnitCatalogue } from './unitCatalogue';
import { findCustomer, readSite, type ShipmentCustomer, type WarehouseSite } from './warehouseSite';

const defaultPrefix = 'order ';

/** Tryton's stock: products, quantities, and one customer shipment an order, whose assigned moves are the reservation. */
export class TrytonWms implements SystemConnector {
	readonly system: string;
	private readonly session: TrytonSession;
	private readonly units: UnitCatalogue;
	private readonly items: Items;
	private readonly stock: Stock;
	private readonly shipments: Shipments;
	private readonly reservations: Reservations;
	private readonly site: () => Promise<WarehouseSite>;
	private readonly customer: () => Promise<ShipmentCustomer>;

	constructor(options: TrytonWarehouseOptions) {
		this.system = options.system;
		this.session = new TrytonSession(options);
		this.units = new UnitCatalogue(this.session, options.units);
		this.items = new Items(this.session, this.units, options.overlapSeconds);
		this.site = once(() => readSite(this.session, options));
		this.customer = once(() => findCustomer(this.session, options));
		this.stock = new Stock(this.session, this.items, this.units, this.site);
		this.shipments = new Shipments(this.session, this.units, options.referencePrefix ?? defaultPrefix);
		this.reservations = new Reservations(this.session, this.shipments, options.overlapSeconds);
	}

	capabilities(): Capabilities {
		return {
			entities: {
				item: { read: true, changes: true, actions: [] },
				stockLevel: { read: true, changes: false, actions: [] },
				reservation: { read: true, changes: true, actions: ['match'] },
			},
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>>;
	async get(
		entity: EntityName,
		keys: string[],
	): Promise<Map<string, Item> | Map<string, StockLevel> | Map<string, Reservation>> {
		return named<Map<string, never>>(
			entity,
			() => this.reader(entity).get(keys) as Promise<Map<string, never>>,
		);
	}

	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>>;
	list(
		entity: EntityName,
		query?: ListQuery,
	): AsyncIterable<Item[]> | AsyncIterable<StockLevel[]> | AsyncIterable<Reservation[]> {
		return namedPages(entity, this.reader(entity).list(query) as AsyncIterable<never>);
	}

	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>>;
	changes(
		entity: EntityName,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Item>> | AsyncIterable<ChangePage<Reservation>> {
		const reader = this.reader(entity);
		if (reader instanceof Stock) throw this.unsupported('changes of stockLevel; list it instead');
		return namedPages(entity, reader.changes(cursor) as AsyncIterable<never>);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		if (entity !== 'reservation' || action !== 'match') {
			throw this.unsupported(`the action "${String(action)}" on ${entity}`);
		}
		const { session, items, units, shipments, stock, site, customer } = this;
		// The only pair of entity and action that is left here.
		const matches = requests as Array<ActRequest<ReservationMatch>>;
		const outcomes = await matchReservations(
			{ session, items, units, shipments, stock, site, customer },
			matches,
		);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		this.reader(entity);
		return entity === 'reservation'
			? describeModels(this.session, { '': shipmentModel, 'moves.': moveModel })
			: describeModels(this.session, { '': 'product.product', 'template.': 'product.template' });
	}

	async check(): Promise<void> {
		await this.site();
		await this.session.call(`model.${shipmentModel}.search_count`, [[]]);
	}

	private reader(entity: EntityName): Items | Stock | Reservations {
		if (entity === 'item') return this.items;
		if (entity === 'stockLevel') return this.stock;
		if (entity === 'reservation') return this.reservations;
		throw this.unsupported(entity);
	}

	private unsupported(what: string): ValidationError {
		return new ValidationError(`${this.system} is a Tryton used as WMS and has no ${what}.`, {
			system: this.system,
			hint: 'It serves items, stock levels and reservations; for sales orders connect it as ERP.',
		});
	}
}

/** Reads once and remembers, unless it failed. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
	let value: Promise<T> | undefined;
	return () => {
		value ??= read().catch((error: unknown) => {
			value = undefined;
			throw error;
		});
		return value;
	};
}
