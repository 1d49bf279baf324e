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
import { describeModels } from './fieldDescriptions';
import { named, namedPages } from './naming';
import { namedOutcomes } from './outcomes';
import type { TrytonSession } from './session';

/** What serves one entity; what is absent it cannot do. */
export interface EntityService<E extends EntityName = EntityName, D = Drafts[E & WritableEntity]> {
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
	/** where what it cannot do is done */
	hint?: string;
}

export type Services = { [E in EntityName]?: EntityService<E> };

export interface Served {
	session: TrytonSession;
	services: Services;
	/** as what Tryton is used */
	as: string;
	/** what can be asked of it, and where the rest is */
	hint: string;
}

export type Writes<E extends WritableEntity> = Required<Pick<EntityService<E>, WriteName>>;

/** A connector as the sum of what serves its entities. */
export abstract class ServedEntities implements SystemConnector {
	readonly system: string;
	protected readonly session: TrytonSession;
	private readonly services: Services;

	protected constructor(private readonly served: Served) {
		this.session = served.session;
		this.services = served.services;
		this.system = served.session.system;
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
		if (service.create === undefined) throw this.unsupported(`making of ${entity}`, service.hint);
		return await service.create(requests);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.service(entity);
		if (service.update === undefined) throw this.unsupported(`changing of ${entity}`, service.hint);
		return await service.update(requests);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const service = this.service(entity);
		if (service.upsert === undefined) throw this.unsupported(`making of ${entity}`, service.hint);
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
		return namedOutcomes(entity, outcomes) as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		return await named(entity, async () => await describeModels(this.session, this.service(entity).models));
	}

	abstract check(): Promise<void>;

	private service<E extends EntityName>(entity: E): EntityService<E> {
		const service = Object.hasOwn(this.services, entity) ? this.services[entity] : undefined;
		if (service === undefined) throw this.unsupported(entity);
		return service as unknown as EntityService<E>;
	}

	private unsupported(what: string, hint = this.served.hint): ValidationError {
		const { as } = this.served;
		return new ValidationError(`${this.system} is a Tryton used as ${as} and has no ${what}.`, {
			system: this.system,
			hint,
		});
	}
}

type Reading<E extends EntityName> = Pick<EntityService<E>, 'get' | 'list' | 'changes'>;

export function reading<E extends EntityName>(reader: Reading<E>): Reading<E> {
	return {
		get: (keys) => reader.get(keys),
		list: (query) => reader.list(query),
		changes: (cursor) => reader.changes(cursor),
	};
}

export function writing<E extends WritableEntity>(writes: Writes<E>): Writes<E> {
	return {
		create: (requests) => writes.create(requests),
		update: (requests) => writes.update(requests),
		upsert: (requests) => writes.upsert(requests),
	};
}
