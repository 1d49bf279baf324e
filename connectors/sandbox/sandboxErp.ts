import { ValidationError } from '../../core/ports/errors';
import type {
	ActRequest,
	Actions,
	ActionName,
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
	ReadOptions,
	SystemConnector,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
} from '../../core/ports/systemConnector';
import { deliveries } from './erp/deliveries';
import { ErpEntityService, type ErpEntity } from './erp/entity';
import { invoices } from './erp/invoices';
import { items } from './erp/items';
import { partners } from './erp/partners';
import { purchaseOrders } from './erp/purchaseOrders';
import { salesOrders } from './erp/salesOrders';
import { SandboxService, type SandboxOptions } from './service';

/**
 * The sandbox's ERP: sales orders, purchase orders, items, partners, deliveries and invoices. It pushes changes over
 * MQTT by itself.
 */
export class SandboxErp implements SystemConnector {
	readonly system: string;
	private readonly service: SandboxService;
	private readonly entities: { [E in ErpEntity]: ErpEntityService<E> };

	constructor(options: SandboxOptions) {
		this.system = options.system ?? 'sandbox-erp';
		const service = new SandboxService(this.system, options);
		this.service = service;
		this.entities = {
			salesOrder: new ErpEntityService(service, salesOrders) as unknown as ErpEntityService<'salesOrder'>,
			purchaseOrder: new ErpEntityService(
				service,
				purchaseOrders,
			) as unknown as ErpEntityService<'purchaseOrder'>,
			item: new ErpEntityService(service, items) as unknown as ErpEntityService<'item'>,
			partner: new ErpEntityService(service, partners) as unknown as ErpEntityService<'partner'>,
			delivery: new ErpEntityService(service, deliveries) as unknown as ErpEntityService<'delivery'>,
			invoice: new ErpEntityService(service, invoices) as unknown as ErpEntityService<'invoice'>,
		};
	}

	capabilities(): Capabilities {
		return {
			entities: Object.fromEntries(
				Object.entries(this.entities).map(([entity, service]) => [entity, service.capabilities()]),
			),
			bulkSize: 1,
			pushesChanges: true,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(
		entity: E,
		keys: string[],
		options?: ReadOptions,
	): Promise<Map<string, Entities[E]>> {
		return (await this.served(entity).get(keys, options)) as Map<string, Entities[E]>;
	}

	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		yield* this.served(entity).list(query) as AsyncIterable<Array<Entities[E]>>;
	}

	async *changes<E extends EntityName>(
		entity: E,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Entities[E]>> {
		yield* this.served(entity, 'changes of ').changes(cursor) as AsyncIterable<ChangePage<Entities[E]>>;
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.served(entity, 'making of ') as unknown as Writer<E>;
		return await service.create(requests);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.served(entity, 'changing of ') as unknown as Writer<E>;
		return await service.update(requests);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.served(entity, 'making of ') as unknown as Writer<E>;
		return await service.upsert(requests);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		const service = this.served(entity, `${String(action)} on `);
		if (!service.capabilities().actions.includes(String(action))) {
			throw this.unserved(entity, `${String(action)} on `);
		}
		const outcomes = await service.act(
			action as 'confirm' | 'cancel',
			requests as Array<ActRequest<NoInput>>,
		);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		return await this.served(entity).describe();
	}

	async check(): Promise<void> {
		await this.service.description();
	}

	private served(entity: EntityName, what = ''): ErpEntityService<ErpEntity> {
		if (!Object.hasOwn(this.entities, entity)) throw this.unserved(entity, what);
		return this.entities[entity as ErpEntity] as unknown as ErpEntityService<ErpEntity>;
	}

	private unserved(entity: string, what = ''): ValidationError {
		return new ValidationError(`${this.system} does not serve ${what}${entity}.`, {
			system: this.system,
			entity,
			hint: 'It serves sales orders, purchase orders, items, partners, deliveries and invoices.',
		});
	}
}

/** The writing side of one entity's service. */
interface Writer<E extends WritableEntity> {
	create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
	update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
	upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
}
