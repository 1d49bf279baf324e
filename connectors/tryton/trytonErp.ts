import type { Item } from '../../core/model/item';
import type { Partner } from '../../core/model/partner';
import type { SalesOrder } from '../../core/model/salesOrder';
import { ValidationError } from '../../core/ports/errors';
import type {
	ActionName,
	ActRequest,
	Actions,
	Capabilities,
	ChangeCursor,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	NoInput,
	Outcome,
	SystemConnector,
} from '../../core/ports/systemConnector';
import { describeModels } from './fieldDescriptions';
import { Items } from './items';
import { named, namedPages } from './naming';
import type { TrytonOptions } from './options';
import { Partners } from './partners';
import { actOnSales, type SaleAction } from './saleActions';
import { SalesOrders } from './salesOrders';
import { TrytonSession } from './session';
import { UnitCatalogue } from './unitCatalogue';

/** Tryton's sales, products and parties. It never tells of a change by itself: `changes` looks for them. */
export class TrytonErp implements SystemConnector {
	readonly system: string;
	private readonly session: TrytonSession;
	private readonly items: Items;
	private readonly partners: Partners;
	private readonly salesOrders: SalesOrders;

	constructor(options: TrytonOptions) {
		this.system = options.system;
		this.session = new TrytonSession(options);
		const units = new UnitCatalogue(this.session, options.units);
		this.items = new Items(this.session, units, options.overlapSeconds);
		this.partners = new Partners(this.session, options.overlapSeconds);
		this.salesOrders = new SalesOrders(this.session, this.items, units, options.overlapSeconds);
	}

	capabilities(): Capabilities {
		return {
			entities: {
				salesOrder: { read: true, changes: true, actions: ['confirm', 'cancel'] },
				item: { read: true, changes: true, actions: [] },
				partner: { read: true, changes: true, actions: [] },
			},
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: false,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>>;
	async get(
		entity: EntityName,
		keys: string[],
	): Promise<Map<string, SalesOrder> | Map<string, Item> | Map<string, Partner>> {
		return named<Map<string, never>>(
			entity,
			() => this.reader(entity).get(keys) as Promise<Map<string, never>>,
		);
	}

	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>>;
	list(
		entity: EntityName,
		query?: ListQuery,
	): AsyncIterable<SalesOrder[]> | AsyncIterable<Item[]> | AsyncIterable<Partner[]> {
		return namedPages(entity, this.reader(entity).list(query) as AsyncIterable<never>);
	}

	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>>;
	changes(
		entity: EntityName,
		cursor?: ChangeCursor,
	):
		| AsyncIterable<ChangePage<SalesOrder>>
		| AsyncIterable<ChangePage<Item>>
		| AsyncIterable<ChangePage<Partner>> {
		return namedPages(entity, this.reader(entity).changes(cursor) as AsyncIterable<never>);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		const served = this.capabilities().entities[entity]?.actions.includes(String(action));
		if (!served) throw this.unsupported(`the action "${String(action)}" on ${entity}`);
		const outcomes = await actOnSales(
			this.session,
			this.salesOrders,
			action as SaleAction,
			requests as Array<ActRequest<NoInput>>,
		);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		this.reader(entity);
		if (entity === 'partner') return describeModels(this.session, { '': 'party.party' });
		return entity === 'salesOrder'
			? describeModels(this.session, { '': 'sale.sale', 'lines.': 'sale.line' })
			: describeModels(this.session, { '': 'product.product', 'template.': 'product.template' });
	}

	async check(): Promise<void> {
		await this.session.company();
		await this.session.call('model.sale.sale.search_count', [[]]);
	}

	private reader(entity: EntityName): SalesOrders | Items | Partners {
		if (entity === 'salesOrder') return this.salesOrders;
		if (entity === 'item') return this.items;
		if (entity === 'partner') return this.partners;
		throw this.unsupported(entity);
	}

	private unsupported(what: string): ValidationError {
		return new ValidationError(`${this.system} is a Tryton used as ERP and has no ${what}.`, {
			system: this.system,
			hint: 'It serves sales orders, items and partners; for reservations connect it as WMS.',
		});
	}
}
