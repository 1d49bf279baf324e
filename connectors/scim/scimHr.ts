import { personMatches } from '../../core/model/personMatches';
import type { Employee, EmployeeDraft, EmployeeMove, EmploymentDay } from '../../core/model/employee';
import { BridgeError, ConflictError, naming, NotFoundError, ValidationError } from '../../core/ports/errors';
import type {
	ActionName,
	Actions,
	ActRequest,
	Capabilities,
	ChangePage,
	CreateRequest,
	Drafts,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	SystemConnector,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
} from '../../core/ports/systemConnector';
import { filterText, ScimService, type ScimOptions } from './service';
import {
	coreUser,
	employeeOf,
	enterpriseUser,
	fieldsWithoutPlace,
	newUser,
	operationsOf,
	scimPaths,
	type ScimField,
	type ScimUser,
	type Writable,
} from './user';

/** Calls at a time. */
const calls = 8;

/**
 * A SCIM 2.0 directory as HR system: its users as employees. It tells nothing of changes in a way that all servers know, so
 * everyone is read and compared. Someone who leaves has an inactive account, from the moment on.
 */
export class ScimHr implements SystemConnector {
	readonly system: string;
	private readonly service: ScimService;
	private readonly now: () => number;

	constructor(options: ScimOptions & { now?: () => number }) {
		this.system = options.system;
		this.service = new ScimService(options);
		this.now = options.now ?? Date.now;
	}

	capabilities(): Capabilities {
		return {
			entities: {
				employee: {
					read: true,
					changes: false,
					actions: ['move', 'terminate', 'rehire'],
					writes: ['create', 'update', 'upsert'],
				},
			},
			bulkSize: 1,
			pushesChanges: false,
			optimisticLocking: false,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		this.refuseOthers(entity);
		const found = new Map<string, Employee>();
		await inParallel([...new Set(keys)], async (key) => {
			const user = await this.service.user(key);
			if (user !== undefined) found.set(user.id, employeeOf(user));
		});
		return found as Map<string, Entities[E]>;
	}

	/** Everyone is read before the first page is given, since positions move when users come and go. */
	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		this.refuseOthers(entity);
		const { search, state, changedSince, pageSize = 200 } = query;
		const users = await this.service.users();
		const people = users
			.filter(
				({ meta }) =>
					changedSince === undefined || Date.parse(meta?.lastModified ?? '') >= Date.parse(changedSince),
			)
			.map(employeeOf)
			.filter((person) => personMatches(person, { search, state }));
		for (let at = 0; at < people.length; at += pageSize)
			yield people.slice(at, at + pageSize) as Array<Entities[E]>;
	}

	// eslint-disable-next-line require-yield -- it refuses, as the port says, at the first step
	async *changes<E extends EntityName>(entity: E): AsyncIterable<ChangePage<Entities[E]>> {
		throw this.unserved(`changes of ${entity}`, 'Read everyone and compare, as the HR Trigger does.');
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		this.refuseOthers(entity);
		return await this.each<E, CreateRequest<EmployeeDraft>>(
			requests as Array<CreateRequest<EmployeeDraft>>,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft }) =>
				(await this.madeUnder(idempotencyKey)) ?? (await this.make(idempotencyKey, draft)),
		);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		this.refuseOthers(entity);
		return await this.each<E, UpdateRequest<EmployeeDraft>>(
			requests as Array<UpdateRequest<EmployeeDraft>>,
			({ key }) => key,
			async ({ key, changes, expectedVersion }) => await this.alter(key, changes, expectedVersion),
		);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		this.refuseOthers(entity);
		return await this.each<E, UpsertRequest<EmployeeDraft>>(
			requests as Array<UpsertRequest<EmployeeDraft>>,
			({ draft }) => draft.number,
			async ({ idempotencyKey, draft, expectedVersion }) => {
				this.refuseVersion(draft.number, expectedVersion);
				const user =
					(await this.numbered(draft.number)) ??
					(await this.madeUnder(idempotencyKey)) ??
					(await this.make(idempotencyKey, draft));
				return await this.alter(user.id, draft, undefined);
			},
		);
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		this.refuseOthers(entity as EntityName, `${String(action)} on `);
		if (!this.capabilities().entities.employee?.actions.includes(String(action)))
			throw this.unserved(`${String(action)} on employee`, 'It knows active and inactive accounts only.');
		const outcomes = await this.each<'employee', ActRequest<Actions[E][A]>>(
			requests,
			({ key }) => key,
			async ({ key, input, expectedVersion }) => {
				const { on, ...changes } = input as EmployeeMove & EmploymentDay;
				this.refuseOtherDay(key, on);
				if (action === 'move') return await this.alter(key, changes, expectedVersion);
				this.refuseVersion(key, expectedVersion);
				const active = action === 'rehire';
				const before = await this.expect(key);
				if ((before.active !== false) === active) return before;
				await this.service.patch(key, [{ op: 'replace', path: 'active', value: active }]);
				const after = await this.expect(key);
				if ((after.active !== false) === active) return after;
				throw this.ignored(key, 'active');
			},
		);
		return outcomes as Array<Outcome<E extends EntityName ? Entities[E] : never>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		this.refuseOthers(entity);
		const as = new Map(
			Object.entries(scimPaths).map(([field, path]) => [path.replace(`${enterpriseUser}:`, ''), field]),
		);
		const attributes = await this.service.attributes();
		return attributes
			.filter(({ schema }) => schema === coreUser || schema === enterpriseUser)
			.map(({ schema, name, type, required }) => {
				const field = as.get(name);
				return {
					name: schema === enterpriseUser ? `${schema}:${name}` : name,
					type,
					required,
					...(field === undefined ? {} : { write: { required, as: field } }),
				};
			});
	}

	async check(): Promise<void> {
		await this.service.check();
	}

	/** An answer that was lost, or somebody who made the same at the same moment: looked for before it is an error. */
	private async make(idempotencyKey: string, draft: EmployeeDraft): Promise<ScimUser> {
		this.refuseWithoutPlace(draft.number, draft);
		if (draft.login === undefined)
			throw new ValidationError(
				`Employee "${draft.number}" has no login, without which ${this.system} has no user.`,
				{
					system: this.system,
					entity: 'employee',
					key: draft.number,
					hint: 'Give "login", the name with which the person signs in.',
				},
			);
		try {
			return await this.service.create(newUser(draft, idempotencyKey), draft.number);
		} catch (error) {
			if (!(error instanceof BridgeError) || !(error.retryable || error instanceof ConflictError))
				throw error;
			const made = await this.madeUnder(idempotencyKey).catch(() => undefined);
			if (made === undefined) throw error;
			return made;
		}
	}

	private async madeUnder(idempotencyKey: string): Promise<ScimUser | undefined> {
		const users = await this.service.users(`externalId eq ${filterText(idempotencyKey)}`);
		// A server that ignores a filter answers with everyone.
		return users.find(({ externalId }) => externalId === idempotencyKey);
	}

	/** By a filter, and by reading everyone where it finds nobody: not all servers can filter by what an extension has. */
	private async numbered(number: string): Promise<ScimUser | undefined> {
		const those = (users: ScimUser[]) =>
			users.filter((user) => user[enterpriseUser]?.employeeNumber === number);
		const filter = `${scimPaths.number} eq ${filterText(number)}`;
		const filtered = await this.service.users(filter).catch((error: unknown): ScimUser[] => {
			if (error instanceof ValidationError) return [];
			throw error;
		});
		const found = those(filtered);
		const [user, other] = found.length > 0 ? found : those(await this.service.users());
		if (other === undefined) return user;
		throw new ConflictError(`${this.system} has several users with employee number "${number}".`, {
			system: this.system,
			entity: 'employee',
			key: number,
			hint: `Leave the number to one of them in ${this.system}.`,
		});
	}

	private async alter(
		key: string,
		changes: Writable,
		expectedVersion: string | undefined,
	): Promise<ScimUser> {
		this.refuseVersion(key, expectedVersion);
		this.refuseWithoutPlace(key, changes);
		const differing = differences(await this.expect(key), changes);
		if (differing.length === 0) return await this.expect(key);
		await this.service.patch(
			key,
			operationsOf(Object.fromEntries(differing.map((field) => [field, changes[field]]))),
		);
		const after = await this.expect(key);
		const [ignored] = differences(after, changes);
		if (ignored === undefined) return after;
		throw this.ignored(key, ignored);
	}

	private async expect(key: string): Promise<ScimUser> {
		const user = await this.service.user(key);
		if (user !== undefined) return user;
		throw new NotFoundError(`${this.system} has no user "${key}".`, {
			system: this.system,
			entity: 'employee',
			key,
			hint: 'Pick the person from the list, or give the id of the user.',
		});
	}

	private refuseWithoutPlace(key: string, given: Writable): void {
		const without = fieldsWithoutPlace(given);
		if (without.length === 0) return;
		throw new ValidationError(
			`${this.system} speaks SCIM, which has no place for ${without.join(', ')}; nothing was written.`,
			{ system: this.system, entity: 'employee', key, hint: `Leave ${without.join(', ')} out.` },
		);
	}

	private refuseVersion(key: string, expectedVersion: string | undefined): void {
		if (expectedVersion === undefined) return;
		throw new ValidationError(`${this.system} keeps no revisions of users; nothing was written.`, {
			system: this.system,
			entity: 'employee',
			key,
			hint: 'Leave the expected revision empty.',
		});
	}

	private refuseOtherDay(key: string, day: string | undefined): void {
		const today = new Date(this.now()).toISOString().slice(0, 10);
		if (day === undefined || day === today) return;
		throw new ValidationError(
			`${this.system} changes users at once and not from ${day} on; nothing was written.`,
			{
				system: this.system,
				entity: 'employee',
				key,
				hint: 'Leave the day empty and do it on the day itself.',
			},
		);
	}

	private ignored(key: string, field: string): ConflictError {
		return new ConflictError(`${this.system} answered "ok" and left ${field} of user "${key}" as it was.`, {
			system: this.system,
			entity: 'employee',
			key,
			hint: `See in ${this.system} whether ${field} is kept elsewhere.`,
		});
	}

	private async each<E extends EntityName, R extends object>(
		requests: R[],
		keyOf: (request: R) => string,
		work: (request: R) => Promise<ScimUser>,
	): Promise<Array<Outcome<Entities[E]>>> {
		return await inParallel(requests, async (request): Promise<Outcome<Entities[E]>> => {
			try {
				const user = await work(request);
				return { key: user.id, value: employeeOf(user) as Entities[E] };
			} catch (error) {
				if (!(error instanceof BridgeError)) throw error;
				const key = keyOf(request);
				return { key, error: naming(error, { entity: 'employee', key }) };
			}
		});
	}

	private refuseOthers(entity: EntityName, what = ''): void {
		if (entity !== 'employee')
			throw this.unserved(`${what}${entity}`, 'It serves employees; SCIM has no posts and departments.');
	}

	private unserved(what: string, hint: string): ValidationError {
		return new ValidationError(`${this.system} is a SCIM directory and does not serve ${what}.`, {
			system: this.system,
			hint,
		});
	}
}

/** The fields that the user does not show as they shall be. */
function differences(user: ScimUser, changes: Writable): ScimField[] {
	const shown = employeeOf(user);
	return (Object.keys(scimPaths) as ScimField[]).filter(
		(field) => changes[field] !== undefined && shown[field] !== changes[field],
	);
}

/** In the order of what is given, so many at a time. */
async function inParallel<T, R>(given: T[], work: (one: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	for (let at = 0; at < given.length; at += calls)
		results.push(...(await Promise.all(given.slice(at, at + calls).map(work))));
	return results;
}
