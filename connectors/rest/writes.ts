import {
	BridgeError,
	ConflictError,
	NotFoundError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
	WriteName,
} from '../../core/ports/systemConnector';
import { withId } from './calls';
import { ownCode } from './canonical';
import { missingField, withLineIdentifiers } from './comparison';
import type { Create, Entity, Update } from './description';
import { oneAtATime } from './oneAtATime';
import { readPages } from './pages';
import type { RestSystem } from './restSystem';

/** Writes at a time; each is several calls. */
const parallelWrites = 4;

/** A record that changes between our look and our change is changed anew; this often. */
export const conflictRetries = 3;

/** What the description lets one write of an entity. An update-or-create needs both, and a way to find the record. */
export function writesOf({ create, update }: Entity): WriteName[] {
	const findable =
		create !== undefined &&
		(create.idempotency === undefined || create.idempotency.asId || create.idempotency.field !== undefined);
	return [
		...(create === undefined ? [] : (['create'] as const)),
		...(update === undefined ? [] : (['update'] as const)),
		...(findable && update !== undefined ? (['upsert'] as const) : []),
	];
}

/** Makes and changes the records of one entity, each once for a key, and reads back what the system then holds. */
export class RestWrites<E extends WritableEntity> {
	private readonly described: Entity;
	private readonly path: string;

	constructor(
		private readonly system: RestSystem,
		private readonly entity: E,
	) {
		this.described = system.described(entity);
		this.path = `entities.${entity}`;
	}

	async create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		const create = this.described.create ?? this.missing('create');
		return await this.each(
			requests,
			(request) => this.nameOf(request),
			async (request) => await this.make(create, request),
		);
	}

	async update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		const update = this.described.update ?? this.missing('update');
		return await this.each(
			requests,
			({ key }) => key,
			async (request) => await this.change(update, request),
		);
	}

	async upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		const create = this.described.create ?? this.missing('create');
		const update = this.described.update ?? this.missing('update');
		return await this.each(
			requests,
			(request) => this.nameOf(request),
			async (request) => {
				const { idempotencyKey, expectedVersion, draft } = request;
				const known = ownCode(this.entity)
					? await this.system.read(this.entity, this.nameOf(request))
					: await this.madeUnder(create, idempotencyKey);
				if (known === undefined && expectedVersion === undefined) return await this.make(create, request);
				if (known === undefined) {
					throw new NotFoundError(
						`${this.system.system} has no ${this.entity} "${this.nameOf(request)}" that could be at revision ${expectedVersion}.`,
						{ ...this.about(this.nameOf(request)), hint: 'Give no revision to make it.' },
					);
				}
				const key = await this.system.idOf(this.entity, known.native);
				return await this.change(update, {
					key,
					idempotencyKey,
					changes: draft as Partial<Drafts[E]>,
					...(expectedVersion === undefined ? {} : { expectedVersion }),
				});
			},
		);
	}

	private async make(create: Create, request: CreateRequest<Drafts[E]>): Promise<Entities[E]> {
		const { idempotencyKey, draft } = request;
		const name = this.nameOf(request);
		const before = await this.existing(create, request);
		if (before !== undefined) return before;
		const body = await this.system.calls.value(
			create.body,
			`${this.path}.create.body`,
			{ draft, idempotencyKey },
			{},
			this.about(name),
		);
		const address = withId(create.path, name).replaceAll(
			'{idempotencyKey}',
			encodeURIComponent(idempotencyKey),
		);
		const header = create.idempotency?.header;
		let answer;
		try {
			answer = await this.system.calls.call(
				{
					method: create.method,
					address,
					body,
					...(header === undefined ? {} : { headers: { [header]: headerText(idempotencyKey) } }),
				},
				this.about(name),
			);
		} catch (error) {
			// It may have been made before the answer was lost, or by another at the same time.
			const unclear =
				error instanceof UnavailableError ||
				error instanceof ConflictError ||
				error instanceof ValidationError;
			const made = unclear ? await this.existing(create, request) : undefined;
			if (made === undefined) throw error;
			return made;
		}
		const key = await this.keyOf(create, request, answer);
		const made =
			key === undefined
				? await this.madeUnder(create, idempotencyKey)
				: await this.system.read(this.entity, key);
		if (made !== undefined) {
			await this.refuseUnkept(create, idempotencyKey, made.native);
			return await this.recordOf(made.native);
		}
		if (typeof answer.body !== 'object') {
			throw new UnavailableError(`${this.system.system} answered with something else than JSON.`, {
				...this.about(name),
				hint: 'It is safe to repeat.',
			});
		}
		throw new ValidationError(
			`${this.system.system} answered that it made ${this.entity} "${name}", but it cannot be found there.`,
			{
				...this.about(name),
				hint: `Look in ${this.system.system} whether it is there, and correct ${this.path}.create.created or .idempotency before you repeat it.`,
			},
		);
	}

	/** The record that was made under the key already, or that has the very code with the very content. */
	private async existing(
		create: Create,
		{ idempotencyKey, draft }: CreateRequest<Drafts[E]>,
	): Promise<Entities[E] | undefined> {
		const made = await this.madeUnder(create, idempotencyKey);
		if (made !== undefined) return await this.recordOf(made.native);
		if (!ownCode(this.entity)) return undefined;
		const { code } = draft as { code: string };
		const taken = await this.system.read(this.entity, code);
		if (taken === undefined) return undefined;
		const record = await this.recordOf(taken.native);
		if (create.idempotency?.field === undefined && missingField(record, draft) === undefined) return record;
		throw new ConflictError(
			`${this.system.system} has the ${this.entity} "${code}" already, and it is another.`,
			{ ...this.about(code), hint: 'Update it, or choose another code.' },
		);
	}

	/** The record that carries the idempotency key, where the system lets one look for it. */
	private async madeUnder(create: Create, key: string): Promise<{ native: unknown } | undefined> {
		const { field, parameter, asId } = create.idempotency ?? {};
		if (asId === true) return await this.system.read(this.entity, key);
		if (field === undefined) return undefined;
		const filter = parameter === undefined ? {} : { [parameter]: key };
		for await (const { records } of readPages(this.system.calls, this.entity, this.described, filter)) {
			for (const native of records) {
				if ((await this.keptKey(field, native)) !== key) continue;
				const id = await this.system.idOf(this.entity, native);
				// The list may be shorter than the record itself, or show what is deleted.
				return await this.system.read(this.entity, id);
			}
		}
		return undefined;
	}

	/** What the answer says of the new record's identifier. */
	private async keyOf(
		create: Create,
		request: CreateRequest<Drafts[E]>,
		{ body, headers }: { body: unknown; headers: Record<string, string> },
	): Promise<string | undefined> {
		if (ownCode(this.entity)) return this.nameOf(request);
		if (create.idempotency?.asId === true) return request.idempotencyKey;
		if (create.created !== undefined) {
			const path = `${this.path}.create.created`;
			const key = await this.system.calls.value(create.created, path, body, { headers }, this.about());
			return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
		}
		if (typeof body !== 'object' || body === null) return undefined;
		try {
			const { record = '$' } = this.described.get ?? {};
			const native = await this.system.calls.value(record, `${this.path}.get.record`, body);
			return await this.system.idOf(this.entity, native);
		} catch (error) {
			// The answer is no record: it is looked for by its idempotency key.
			if (!(error instanceof ValidationError)) throw error;
			return undefined;
		}
	}

	/** A record without the key under which it was made would be made again by a repetition. */
	private async refuseUnkept(create: Create, key: string, native: unknown): Promise<void> {
		const field = create.idempotency?.field;
		if (field === undefined || (await this.keptKey(field, native)) === key) return;
		throw this.system.calls.wrong(
			`${this.path}.create.idempotency.field`,
			`does not show the idempotency key in ${this.entity} "${await this.system.idOf(this.entity, native)}", which was made: a repetition would make another. Let create.body write it there`,
			this.about(key),
		);
	}

	private async keptKey(field: string, native: unknown): Promise<string | undefined> {
		const path = `${this.path}.create.idempotency.field`;
		const value = await this.system.calls.value(field, path, native, {}, this.about());
		return value === undefined || value === null ? undefined : String(value as string | number);
	}

	private async change(
		update: Update,
		{ key, changes: given, expectedVersion, idempotencyKey }: UpdateRequest<Drafts[E]>,
	): Promise<Entities[E]> {
		for (let attempt = 0; ; attempt += 1) {
			const before = await this.system.read(this.entity, key);
			if (before === undefined) {
				throw new NotFoundError(`${this.system.system} has no ${this.entity} "${key}".`, {
					...this.about(key),
					hint: 'Give its key, not its number.',
				});
			}
			const record = await this.recordOf(before.native);
			const changes = withLineIdentifiers(given, record);
			// Also when an earlier try did it and its answer was lost: the revision is then no longer the expected one.
			if (missingField(record, changes) === undefined) return record;
			this.system.refuseOutdated(this.entity, key, record, expectedVersion);
			const guard = await this.system.guardOf(
				this.entity,
				key,
				update.version,
				before,
				`${this.path}.update`,
			);
			const body = await this.system.calls.value(
				update.body,
				`${this.path}.update.body`,
				{
					key,
					draft: { ...record, ...changes },
					changes,
					record: before.native,
					version: guard.version ?? null,
					idempotencyKey: idempotencyKey ?? null,
				},
				{},
				this.about(key),
			);
			let failure: UnavailableError | undefined;
			try {
				await this.system.calls.call(
					{ method: update.method, address: withId(update.path, key), body, headers: guard.headers },
					this.about(key),
				);
			} catch (error) {
				const outrun = error instanceof ConflictError && expectedVersion === undefined;
				if (outrun && guard.version !== undefined && attempt < conflictRetries) continue;
				// The system may have done it before the connection was cut.
				if (!(error instanceof UnavailableError)) throw error;
				failure = error;
			}
			const after = await this.system.read(this.entity, key);
			const now = after === undefined ? undefined : await this.recordOf(after.native);
			const missing = now === undefined ? undefined : missingField(now, changes);
			if (now !== undefined && missing === undefined) return now;
			if (failure !== undefined) throw failure;
			throw new ConflictError(
				now === undefined
					? `${this.system.system} has ${this.entity} "${key}" no more since it was changed.`
					: `${this.system.system} answered that it changed ${this.entity} "${key}", but "${missing}" does not show it.`,
				{
					...this.about(key),
					hint: `See in ${this.system.system} why it did not take effect, or correct ${this.path}.update.body or the mapping.`,
				},
			);
		}
	}

	private async recordOf(native: unknown): Promise<Entities[E]> {
		const key = await this.system.idOf(this.entity, native);
		return await this.system.canonical(this.entity, key, native);
	}

	/** The code that the draft chooses; otherwise the record is known by the idempotency key. */
	private nameOf({ draft, idempotencyKey }: CreateRequest<Drafts[E]>): string {
		return ownCode(this.entity) ? (draft as { code: string }).code : idempotencyKey;
	}

	private about(key?: string) {
		const { system } = this.system;
		return { system, entity: this.entity as string, ...(key === undefined ? {} : { key }) };
	}

	private missing(write: 'create' | 'update'): never {
		throw new ValidationError(
			`The description of ${this.system.system} does not say how to ${write} a ${this.entity}.`,
			{ ...this.about(), hint: `Add ${this.path}.${write} to it.` },
		);
	}

	private async each<R>(
		requests: R[],
		keyOf: (request: R) => string,
		work: (request: R) => Promise<Entities[E]>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const outcomes: Array<Outcome<Entities[E]>> = [];
		const { baseUrl } = this.system.description;
		const one = async (request: R): Promise<Outcome<Entities[E]>> => {
			const name = keyOf(request);
			try {
				const value = await oneAtATime(
					JSON.stringify([baseUrl, this.entity, name]),
					async () => await work(request),
				);
				return { key: this.system.keyOf(this.entity, value), value };
			} catch (error) {
				if (error instanceof BridgeError) return { key: error.subject.key ?? name, error };
				throw error;
			}
		};
		for (let index = 0; index < requests.length; index += parallelWrites)
			outcomes.push(...(await Promise.all(requests.slice(index, index + parallelWrites).map(one))));
		return outcomes;
	}
}

/** Header values are ASCII. */
function headerText(value: string): string {
	return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}
