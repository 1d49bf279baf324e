import { z } from 'zod/v4';

import type { NativeFields } from '../../core/model/native';
import { problems } from '../../core/model/problems';
import {
	BridgeError,
	ConflictError,
	naming,
	NotFoundError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import { checkNative, nativeFieldsOf } from '../../core/ports/nativeFields';
import type {
	ActRequest,
	Change,
	ChangeCursor,
	ChangePage,
	CreateRequest,
	Drafts,
	Entities,
	EntityCapabilities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	ReadOptions,
	UpdateRequest,
	UpsertRequest,
	WritableEntity,
} from '../../core/ports/systemConnector';
import { walkChanges } from './changeFeed';
import { chunksOf, type SandboxService } from './service';
import { withLineIdentifiers } from './lineIdentity';

/** Records that the service returns in one call. */
const largestPage = 1_000;
/** Calls at a time, since the service writes one record a call. */
const singleCalls = 8;

/** What a record of the entity is made from; none where it is only read. */
export type DraftOf<E extends EntityName> = E extends WritableEntity ? Drafts[E] : never;

/** What a service of the sandbox says of a record whatever its kind. */
export interface OwnRecord {
	version: number;
	changedAt: string;
}

/** How one entity looks in its service, in the service's own words. */
export interface SandboxEntityKind<E extends EntityName, Own extends OwnRecord = OwnRecord> {
	entity: E;
	/** as people say it */
	name: string;
	/** such as `/api/orders` */
	path: string;
	/** property of a page that holds its records, and of a search that holds the keys */
	page: string;
	keys: string;
	/** fields of the service's description */
	described: [string, string[]];
	/** the own fields that canonical ones become when a record is written; what is not among them travels as `native` */
	covers: Record<string, string>;
	Own: z.ZodType<Own>;
	Canonical: z.ZodType<Entities[E]>;
	keyOf(own: Own): string;
	canonical(own: Own): object;
	/**
	 * The draft, or the part of it that changes, in the service's own words; only what is given. Absent where records are only
	 * read.
	 */
	own?(draft: Partial<DraftOf<E>>): object;
	/** the code that the draft chooses; absent where the service numbers its records */
	chosenKey?(draft: DraftOf<E>): string;
	/** the actions, and the state to which each leads, or how the record shows that it took effect */
	actions?: Record<string, string | ((record: object, input: object) => boolean)>;
}

/** One entity of a sandbox service in canonical terms. */
export class SandboxEntityService<E extends EntityName, Own extends OwnRecord = OwnRecord> {
	private readonly Page: z.ZodType<Own[]>;

	constructor(
		private readonly service: SandboxService,
		private readonly kind: SandboxEntityKind<E, Own>,
	) {
		this.Page = z
			.object({ [kind.page]: z.array(kind.Own) })
			.transform((page) => page[kind.page] as unknown as Own[]);
	}

	capabilities(): EntityCapabilities {
		return {
			read: true,
			changes: true,
			actions: Object.keys(this.kind.actions ?? {}),
			...(this.kind.own === undefined ? {} : { writes: ['create', 'update', 'upsert'], native: 'described' }),
		};
	}

	async get(keys: string[], { native = false }: ReadOptions = {}): Promise<Map<string, Entities[E]>> {
		const found = new Map<string, Entities[E]>();
		const names = native ? await this.nativeNames() : [];
		for (const chunk of chunksOf([...new Set(keys)], largestPage)) {
			for (const own of await this.search({ [this.kind.keys]: chunk })) {
				found.set(this.kind.keyOf(own), this.expressed(own, names));
			}
		}
		return found;
	}

	async *list(query: ListQuery): AsyncGenerator<Array<Entities[E]>> {
		const names = query.native === true ? await this.nativeNames() : [];
		if (query.gtins !== undefined) {
			for (const gtins of chunksOf(query.gtins, largestPage)) {
				const found = await this.search({ gtins });
				if (found.length > 0) yield found.map((own) => this.expressed(own, names));
			}
			return;
		}
		const { search, state, changedSince } = query;
		const limit = Math.min(query.pageSize ?? 200, largestPage);
		for (let after = ''; ; ) {
			const page = await this.service.call(
				this.Page,
				{
					method: 'GET',
					path: this.kind.path,
					query: {
						after,
						limit,
						...(search === undefined ? {} : { search }),
						...(state === undefined ? {} : { status: state }),
						...(changedSince === undefined ? {} : { changedSince }),
					},
				},
				{ entity: this.kind.entity },
			);
			const last = page.at(-1);
			if (last) yield page.map((own) => this.expressed(own, names));
			if (!last || page.length < limit) return;
			after = this.kind.keyOf(last);
		}
	}

	changes(cursor?: ChangeCursor): AsyncIterable<ChangePage<Entities[E]>> {
		return walkChanges<Entities[E]>(
			cursor,
			500,
			async (after, limit) => {
				const page = await this.service.call(
					this.Page,
					{ method: 'GET', path: `${this.kind.path}/changes`, query: { ...after, limit } },
					{ entity: this.kind.entity },
				);
				return page.map((own) => this.changeOf(own));
			},
			this.service.system,
		);
	}

	async create(requests: Array<CreateRequest<DraftOf<E>>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey, draft }) => this.kind.chosenKey?.(draft) ?? idempotencyKey,
			async ({ idempotencyKey, draft }) => await this.make(idempotencyKey, draft),
		);
	}

	async update(requests: Array<UpdateRequest<DraftOf<E>>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ key }) => key,
			async ({ key, expectedVersion, changes }) => await this.alter(key, changes, expectedVersion),
		);
	}

	async upsert(requests: Array<UpsertRequest<DraftOf<E>>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey, draft }) => this.kind.chosenKey?.(draft) ?? idempotencyKey,
			async ({ idempotencyKey, draft, expectedVersion }) => {
				const chosen = this.kind.chosenKey?.(draft);
				if (chosen === undefined) {
					const own = await this.make(idempotencyKey, draft);
					const whole = withLineIdentifiers(draft, this.kind.canonical(own));
					return await this.alter(this.kind.keyOf(own), whole, expectedVersion);
				}
				try {
					return await this.alter(chosen, draft, expectedVersion);
				} catch (error) {
					if (!(error instanceof NotFoundError) || expectedVersion !== undefined) throw error;
				}
				try {
					return await this.make(idempotencyKey, draft);
				} catch (error) {
					if (!(error instanceof ConflictError)) throw error;
					return await this.alter(chosen, draft, undefined);
				}
			},
		);
	}

	async act(action: string, requests: Array<ActRequest<object>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ key }) => key,
			async ({ key, expectedVersion, input }) => {
				const { entity, name, path } = this.kind;
				const own = await this.service.call(
					this.kind.Own,
					{
						method: 'POST',
						path: `${path}/${encodeURIComponent(key)}/${action}`,
						headers: ifMatch(expectedVersion),
						...(Object.keys(input).length === 0 ? {} : { body: input }),
					},
					{ entity, key },
				);
				const shown = this.kind.canonical(own) as { state?: string };
				const effect = this.kind.actions?.[action];
				if (typeof effect === 'function' ? effect(shown, input) : shown.state === effect) return own;
				const { system } = this.service;
				const said = typeof effect === 'function' ? 'the record as it was' : `state ${String(shown.state)}`;
				throw new ConflictError(`${system} answered ${action} of ${name} "${key}" with ${said}.`, {
					system,
					entity,
					key,
					hint: `See in ${system} why it did not take effect.`,
				});
			},
		);
	}

	async describe(): Promise<FieldDescription[]> {
		const fields = await this.service.fields(...this.kind.described);
		return fields.map(({ write, ...field }) => {
			const as = this.kind.covers[field.name];
			if (write === undefined) return field;
			return { ...field, write: { ...write, ...(as === undefined ? {} : { as }) } };
		});
	}

	private async nativeNames(): Promise<string[]> {
		return nativeFieldsOf(await this.describe()).map(({ name }) => name);
	}

	/** The draft in the service's own words, with the fields that only it knows. */
	private async bodyOf(draft: Partial<DraftOf<E>>, key: string): Promise<object> {
		const { native } = draft as { native?: NativeFields };
		const own = this.kind.own?.(draft) ?? {};
		if (native === undefined) return own;
		const { system } = this.service;
		const { entity } = this.kind;
		return {
			...own,
			...checkNative(native, await this.describe(), { system, entity, key }),
		};
	}

	/** An answer that was lost is asked for again under the same key, which makes no second record. */
	private async make(idempotencyKey: string, draft: DraftOf<E>): Promise<Own> {
		const key = this.kind.chosenKey?.(draft) ?? idempotencyKey;
		const body = await this.bodyOf(draft, key);
		const send = async (): Promise<Own> =>
			await this.service.call(
				this.kind.Own,
				{
					method: 'POST',
					path: this.kind.path,
					headers: { 'idempotency-key': encodeURIComponent(idempotencyKey) },
					body,
				},
				{ entity: this.kind.entity, key },
			);
		try {
			return await send();
		} catch (error) {
			if (error instanceof UnavailableError) return await send();
			throw error;
		}
	}

	private async alter(
		key: string,
		changes: Partial<DraftOf<E>>,
		expectedVersion: string | undefined,
	): Promise<Own> {
		return await this.service.call(
			this.kind.Own,
			{
				method: 'PATCH',
				path: `${this.kind.path}/${encodeURIComponent(key)}`,
				headers: ifMatch(expectedVersion),
				body: await this.bodyOf(changes, key),
			},
			{ entity: this.kind.entity, key },
		);
	}

	private async each<R extends object>(
		requests: R[],
		keyOf: (request: R) => string,
		work: (request: R) => Promise<Own>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const outcomes: Array<Outcome<Entities[E]>> = [];
		for (const chunk of chunksOf(requests, singleCalls)) {
			outcomes.push(
				...(await Promise.all(
					chunk.map(async (request): Promise<Outcome<Entities[E]>> => {
						try {
							const own = await work(request);
							return { key: this.kind.keyOf(own), value: this.expressed(own, nativeNamesOf(request)) };
						} catch (error) {
							if (error instanceof BridgeError) {
								const key = keyOf(request);
								return { key, error: naming(error, { entity: this.kind.entity, key }) };
							}
							throw error;
						}
					}),
				)),
			);
		}
		return outcomes;
	}

	private async search(body: object): Promise<Own[]> {
		return await this.service.call(
			this.Page,
			{ method: 'POST', path: `${this.kind.path}/search`, body },
			{ entity: this.kind.entity },
		);
	}

	private changeOf(own: Own): Change<Entities[E]> & { version: number } {
		const change = { key: this.kind.keyOf(own), changedAt: own.changedAt, version: own.version };
		const record = this.canonical(own);
		return record instanceof BridgeError ? { ...change, problem: record } : { ...change, record };
	}

	/** With these fields of the service's own, those that the record has. */
	private expressed(own: Own, nativeNames: string[]): Entities[E] {
		const record = this.canonical(own);
		if (record instanceof BridgeError) throw record;
		const fields = own as unknown as Record<string, NativeFields[string] | undefined>;
		const native = nativeNames.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]));
		return native.length === 0 ? record : { ...record, native: Object.fromEntries(native) as NativeFields };
	}

	private canonical(own: Own): Entities[E] | BridgeError {
		const parsed = this.kind.Canonical.safeParse({
			...this.kind.canonical(own),
			revision: String(own.version),
		});
		// JSON has no `undefined`: without them, a record is equal to what an event carries.
		if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as Entities[E];
		const { entity, name } = this.kind;
		const key = this.kind.keyOf(own);
		return new ValidationError(
			`The ${name} "${key}" of ${this.service.system} cannot be read: ${problems(parsed.error)}`,
			{ system: this.service.system, entity, key, hint: `Correct the ${name} in ${this.service.system}.` },
		);
	}
}

function ifMatch(expectedVersion: string | undefined): Record<string, string> {
	return expectedVersion === undefined ? {} : { 'if-match': `"${expectedVersion}"` };
}

/** What was written is told with the answer. */
function nativeNamesOf(request: object): string[] {
	const { draft, changes } = request as Partial<Record<'draft' | 'changes', { native?: NativeFields }>>;
	return Object.keys({ ...draft?.native, ...changes?.native });
}

/** Without what is absent, so that a change names only what changes. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
