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
	Outcome,
	ReadOptions,
	SystemConnector,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
	WriteName,
} from '../../core/ports/systemConnector';
import type { SandboxEntityService } from './entityService';
import { SandboxService, type SandboxOptions } from './service';

type AnyService = SandboxEntityService<WritableEntity>;

/** A service of the sandbox as a connected system: each of its entities is served by one of `entitiesOf`. */
export class SandboxSystem implements SystemConnector {
	readonly system: string;
	private readonly service: SandboxService;
	private readonly entities: Record<string, AnyService>;

	constructor(
		system: string,
		options: SandboxOptions,
		entitiesOf: (service: SandboxService) => Record<string, unknown>,
		/** in a sentence */
		private readonly serves: string,
	) {
		this.system = options.system ?? system;
		this.service = new SandboxService(this.system, options);
		this.entities = entitiesOf(this.service) as Record<string, AnyService>;
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
		const service = this.writable(entity, 'making of ', 'create') as unknown as Writer<E>;
		return await service.create(requests);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.writable(entity, 'changing of ', 'update') as unknown as Writer<E>;
		return await service.update(requests);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.writable(entity, 'making of ', 'upsert') as unknown as Writer<E>;
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
		const outcomes = await service.act(String(action), requests as Array<ActRequest<object>>);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		return await this.served(entity).describe();
	}

	async check(): Promise<void> {
		await this.service.description();
	}

	private served(entity: EntityName, what = ''): AnyService {
		const service = Object.hasOwn(this.entities, entity) ? this.entities[entity] : undefined;
		if (service === undefined) throw this.unserved(entity, what);
		return service;
	}

	private writable(entity: EntityName, what: string, write: WriteName): AnyService {
		const service = this.served(entity, what);
		if (!service.capabilities().writes?.includes(write)) throw this.unserved(entity, what);
		return service;
	}

	private unserved(entity: string, what = ''): ValidationError {
		return new ValidationError(`${this.system} does not serve ${what}${entity}.`, {
			system: this.system,
			entity,
			hint: this.serves,
		});
	}
}

/** The writing side of one entity's service. */
interface Writer<E extends WritableEntity> {
	create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
	update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
	upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>>;
}
