import type { Item } from '../../core/model/item';
import type { SalesOrder } from '../../core/model/salesOrder';
import { ValidationError } from '../../core/ports/errors';
import type {
	ActionName,
	Actions,
	Capabilities,
	ChangeCursor,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	SystemConnector,
} from '../../core/ports/systemConnector';
import { describeModels } from './fieldDescriptions';
import { Items } from './items';
import type { TrytonOptions } from './options';
import { SalesOrders } from './salesOrders';
import { TrytonSession } from './session';
import { UnitCatalogue } from './unitCatalogue';

/** Tryton's sales and products. It never tells of a change by itself: `changes` looks for them. */
export class TrytonErp implements SystemConnector {
	readonly system: string;
	private readonly session: TrytonSession;
	private readonly items: Items;
	private readonly salesOrders: SalesOrders;

	constructor(options: TrytonOptions) {
		this.system = options.system;
		this.session = new TrytonSession(options);
		const units = new UnitCatalogue(this.session, options.units);
		this.items = new Items(this.session, units, options.overlapSeconds);
		this.salesOrders = new SalesOrders(this.session, this.items, units, options.overlapSeconds);
	}

	capabilities(): Capabilities {
		return {
			entities: {
				salesOrder: { read: true, changes: true, actions: [] },
				item: { read: true, changes: true, actions: [] },
			},
			bulkSize: 100,
			pushesChanges: false,
			optimisticLocking: false,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>>;
	async get(entity: EntityName, keys: string[]): Promise<Map<string, SalesOrder> | Map<string, Item>> {
		return this.reader(entity).get(keys);
	}

	list<E extends EntityName>(entity: E, query?: ListQuery): AsyncIterable<Array<Entities[E]>>;
	list(entity: EntityName, query?: ListQuery): AsyncIterable<SalesOrder[]> | AsyncIterable<Item[]> {
		return this.reader(entity).list(query);
	}

	changes<E extends EntityName>(entity: E, cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>>;
	changes(
		entity: EntityName,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<SalesOrder>> | AsyncIterable<ChangePage<Item>> {
		return this.reader(entity).changes(cursor);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(entity: E, action: A): Promise<never> {
		throw this.unsupported(`the action "${String(action)}" on ${entity}`);
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		this.reader(entity);
		return entity === 'salesOrder'
			? describeModels(this.session, { '': 'sale.sale', 'lines.': 'sale.line' })
			: describeModels(this.session, { '': 'product.product', 'template.': 'product.template' });
	}

	async check(): Promise<void> {
		await this.session.company();
		await this.session.call('model.sale.sale.search_count', [[]]);
	}

	private reader(entity: EntityName): SalesOrders | Items {
		if (entity === 'salesOrder') return this.salesOrders;
		if (entity === 'item') return this.items;
		throw this.unsupported(entity);
	}

	private unsupported(what: string): ValidationError {
		return new ValidationError(`${this.system} is a Tryton used as ERP and has no ${what}.`, {
			system: this.system,
			hint: 'It serves sales orders and items; for reservations connect it as WMS.',
		});
	}
}
