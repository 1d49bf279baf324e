import { ValidationError } from '../../core/ports/errors';
import type {
	ActionName,
	ActRequest,
	Actions,
	Capabilities,
	ChangeCursor,
	ChangePage,
	CreateRequest,
	Drafts,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	NoInput,
	Outcome,
	SystemConnector,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
	WriteName,
} from '../../core/ports/systemConnector';
import { Deliveries } from './deliveries';
import { describeModels } from './fieldDescriptions';
import { Invoices } from './invoices';
import { Items } from './items';
import { named, namedPages } from './naming';
import type { TrytonOptions } from './options';
import { actOnOrders, type OrderAction } from './orderActions';
import { purchases, sales, type OrderEntity, type OrderKind } from './orderKinds';
import { Orders } from './orders';
import { OrderWrites } from './orderWrites';
import { Partners } from './partners';
import { TrytonSession } from './session';
import { moveModel, shipmentModel } from './shipments';
import { UnitCatalogue } from './unitCatalogue';

type ErpEntity = 'salesOrder' | 'purchaseOrder' | 'item' | 'partner' | 'delivery' | 'invoice';
type Writes<E extends WritableEntity> = Required<Pick<EntityService<E>, WriteName>>;

/** What serves one entity; what is absent it cannot do. */
interface EntityService<E extends EntityName = EntityName, D = Drafts[E & WritableEntity]> {
	get(keys: string[]): Promise<Map<string, Entities[E]>>;
	list(query?: ListQuery): AsyncIterable<Array<Entities[E]>>;
	changes(cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>>;
	create?(requests: Array<CreateRequest<D>>): Promise<Array<Outcome<Entities[E]>>>;
	update?(requests: Array<UpdateRequest<D>>): Promise<Array<Outcome<Entities[E]>>>;
	upsert?(requests: Array<UpsertRequest<D>>): Promise<Array<Outcome<Entities[E]>>>;
	actions: string[];
	act?(action: string, requests: Array<ActRequest<NoInput>>): Promise<Array<Outcome<Entities[E]>>>;
	/** Tryton's models behind it, each by the prefix of its fields */
	models: Record<string, string>;
}

/** Tryton's sales, purchases, products, parties, customer shipments and invoices. It never tells of a change by itself: `changes` looks for them. */
export class TrytonErp implements SystemConnector {
	readonly system: string;
	private readonly session: TrytonSession;
	private readonly services: { [E in ErpEntity]: EntityService<E> };

	constructor(options: TrytonOptions) {
		const { system, overlapSeconds } = options;
		this.system = system;
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
		this.session = session;
		this.services = {
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
	}

	capabilities(): Capabilities {
		const writes: WriteName[] = ['create', 'update', 'upsert'];
		return {
			entities: Object.fromEntries(
				Object.entries(this.services).map(([entity, service]: [string, EntityService]) => {
					const served = writes.filter((write) => service[write] !== undefined);
					return [
						entity,
						{
							read: true,
							changes: true,
							actions: service.actions,
							...(served.length === 0 ? {} : { writes: served }),
						},
					];
				}),
			),
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		return await named(entity, async () => await this.service(entity).get(keys));
	}

	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>> {
		return namedPages(entity, this.service(entity).list(query));
	}

	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>> {
		return namedPages(entity, this.service(entity).changes(cursor));
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.service(entity);
		if (service.create === undefined) throw this.unsupported(`making of ${entity}`);
		return await service.create(requests);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.service(entity);
		if (service.update === undefined) throw this.unsupported(`changing of ${entity}`);
		return await service.update(requests);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.service(entity);
		if (service.upsert === undefined) throw this.unsupported(`making of ${entity}`);
		return await service.upsert(requests);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		const { actions, act } = this.service(entity as EntityName);
		if (act === undefined || !actions.includes(String(action))) {
			throw this.unsupported(`the action "${String(action)}" on ${entity}`);
		}
		const outcomes = await act(String(action), requests as Array<ActRequest<NoInput>>);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		return await named(entity, async () => await describeModels(this.session, this.service(entity).models));
	}

	async check(): Promise<void> {
		await this.session.company();
		await this.session.call('model.sale.sale.search_count', [[]]);
	}

	private service<E extends EntityName>(entity: E): EntityService<E> {
		if (!Object.hasOwn(this.services, entity)) throw this.unsupported(entity);
		return this.services[entity as unknown as ErpEntity] as unknown as EntityService<E>;
	}

	private unsupported(what: string): ValidationError {
		return new ValidationError(`${this.system} is a Tryton used as ERP and has no ${what}.`, {
			system: this.system,
			hint: 'It serves sales orders, purchase orders, items, partners, deliveries and invoices; for reservations connect it as WMS.',
		});
	}
}

type Reading<E extends EntityName> = Pick<EntityService<E>, 'get' | 'list' | 'changes'>;

function reading<E extends EntityName>(reader: Reading<E>): Reading<E> {
	return {
		get: (keys) => reader.get(keys),
		list: (query) => reader.list(query),
		changes: (cursor) => reader.changes(cursor),
	};
}

function writing<E extends WritableEntity>(writes: Writes<E>): Writes<E> {
	return {
		create: (requests) => writes.create(requests),
		update: (requests) => writes.update(requests),
		upsert: (requests) => writes.upsert(requests),
	};
}
