import {
	BridgeError,
	ConflictError,
	NotFoundError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import { problems } from '../../core/model/problems';
import type { HttpTransport } from '../../core/ports/httpTransport';
import type {
	ActionName,
	Actions,
	ActRequest,
	Capabilities,
	Change,
	ChangeCursor,
	ChangePage,
	Entities,
	EntityName,
	FieldDescription,
	ListQuery,
	Outcome,
	SystemConnector,
} from '../../core/ports/systemConnector';
import { RestCalls, textOf, type Query } from './calls';
import { schemas, keyFieldOf, listFields } from './canonical';
import { earlier, newsAfter, readCursor, type DatedRecord } from './changeWalk';
import { readDescription, type Action, type Entity, type RestDescription } from './description';
import { readPages } from './pages';

export interface RestSystemOptions {
	/** text or object; see RestDescription */
	description: unknown;
	/** sends requests with the credential */
	transport: HttpTransport;
}

/** Reads of a list that changes while it is read, before giving up for now. */
const mostWalks = 6;

/** Calls at a time for single records. */
const parallelCalls = 4;

const never = new Date(0).toISOString();

/** Any system with a JSON API, as a description says. */
export class RestSystem implements SystemConnector {
	readonly system: string;
	readonly description: RestDescription;
	readonly calls: RestCalls;

	constructor({ description, transport }: RestSystemOptions) {
		this.description = readDescription(description);
		this.system = this.description.system;
		this.calls = new RestCalls(this.description, transport);
	}

	capabilities(): Capabilities {
		const entities = Object.entries(this.description.entities).map(([name, { changes, actions }]) => [
			name,
			{ read: true, changes: changes !== undefined, actions: Object.keys(actions) },
		]);
		return {
			entities: Object.fromEntries(entities) as Capabilities['entities'],
			bulkSize: 1,
			pushesChanges: false,
			optimisticLocking: false,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		const found = new Map<string, Entities[E]>();
		for (const [key, native] of await this.natives(entity, keys))
			found.set(key, await this.canonical(entity, key, native));
		return found;
	}

	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		const described = this.described(entity);
		const { changedSince, search, state, gtins, pageSize } = query;
		if (changedSince !== undefined && described.changes === undefined)
			throw this.unserved(entity, 'says no change field, so that nothing can be asked by time');
		const { searchParameter } = described.list;
		const filter: Query = {
			...(changedSince === undefined ? {} : this.sinceFilter(described, changedSince)),
			...(search === undefined || searchParameter === undefined ? {} : { [searchParameter]: search }),
		};
		const given = new Set<string>();
		for await (const { records } of readPages(this.calls, entity, described, filter, pageSize)) {
			const page: Array<Entities[E]> = [];
			for (const native of records) {
				const id = await this.idOf(entity, native);
				if (given.has(id)) continue;
				given.add(id);
				if (changedSince !== undefined && (await this.changedAt(entity, id, native)) < utc(changedSince))
					continue;
				const record = await this.canonical(entity, id, native);
				const fields = record as { state?: string; gtin?: string };
				if (state !== undefined && fields.state !== state) continue;
				if (gtins !== undefined && !gtins.includes(fields.gtin ?? '')) continue;
				if (search !== undefined && searchParameter === undefined && !mentions(record, search)) continue;
				page.push(record);
			}
			if (page.length > 0) yield page;
		}
	}

	async *changes<E extends EntityName>(
		entity: E,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Entities[E]>> {
		const described = this.described(entity);
		if (described.changes === undefined)
			throw this.unserved(entity, 'says no change field: add "changes" to it');
		const start = readCursor(cursor, this.system);
		const overlapMs = described.changes.overlapSeconds * 1_000;
		const filter =
			start === undefined ? {} : this.sinceFilter(described, earlier(start.changedAt, overlapMs));
		const problemsById = new Map<string, BridgeError>();
		const records = await this.steadyList(entity, described, filter, problemsById);
		for (const { news, cursor: next } of newsAfter(start, records, overlapMs)) {
			const changes: Array<Change<Entities[E]>> = [];
			for (const { id, changedAt, native } of news) {
				const change = { key: id, changedAt };
				const problem = problemsById.get(id);
				if (problem !== undefined) {
					changes.push({ ...change, problem });
					continue;
				}
				try {
					changes.push({ ...change, record: await this.canonical(entity, id, native) });
				} catch (error) {
					if (!(error instanceof BridgeError)) throw error;
					changes.push({ ...change, problem: error });
				}
			}
			yield { changes, cursor: next };
		}
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		type Value = E extends EntityName ? Entities[E] : never;
		const described = this.described(entity).actions[String(action)];
		if (described === undefined) throw this.unserved(entity, `has no action "${String(action)}"`);
		const path = `entities.${entity}.actions.${String(action)}`;
		const outcomes: Array<Outcome<Value>> = [];
		for (const request of requests) {
			const { key } = request;
			try {
				outcomes.push({ key, value: (await this.actOnce(entity, described, path, request)) as Value });
			} catch (error) {
				if (!(error instanceof BridgeError)) throw error;
				outcomes.push({ key, error });
			}
		}
		return outcomes;
	}

	/** Read off the first page: a field is required when every record there has it. */
	async describe(entity: EntityName): Promise<FieldDescription[]> {
		const described = this.described(entity);
		for await (const { records } of readPages(this.calls, entity, described, {})) {
			const fields = new Map<string, { types: Set<string>; count: number }>();
			for (const record of records) {
				for (const [name, value] of Object.entries((record ?? {}) as object)) {
					const field = fields.get(name) ?? { types: new Set(), count: 0 };
					field.types.add(typeOf(value));
					field.count += 1;
					fields.set(name, field);
				}
			}
			return [...fields].map(([name, { types, count }]) => ({
				name,
				type: [...types].sort().join(' | '),
				required: count === records.length,
			}));
		}
		return [];
	}

	async check(): Promise<void> {
		const [entity] = Object.keys(this.description.entities) as EntityName[];
		if (entity === undefined) return;
		for await (const _page of readPages(this.calls, entity, this.described(entity), {}, 1)) return;
	}

	/** What the description says of the entity. */
	described(entity: EntityName): Entity {
		const described = this.description.entities[entity];
		if (described !== undefined) return described;
		throw new ValidationError(`The description of ${this.system} says nothing of ${entity}.`, {
			system: this.system,
			entity,
			hint: `It describes ${Object.keys(this.description.entities).join(', ')}.`,
		});
	}

	/** The query that leaves out what changed before the instant, as far as the system can. */
	sinceFilter({ changes }: Entity, instant: string): Query {
		if (changes?.parameter === undefined) return {};
		const milliseconds = Date.parse(instant);
		switch (changes.format) {
			case 'iso':
				return { [changes.parameter]: new Date(milliseconds).toISOString() };
			case 'seconds':
				return { [changes.parameter]: Math.floor(milliseconds / 1_000) };
			case 'milliseconds':
				return { [changes.parameter]: milliseconds };
		}
	}

	async idOf(entity: EntityName, native: unknown): Promise<string> {
		const path = `entities.${entity}.id`;
		const id = await this.calls.value(this.described(entity).id, path, native, {}, { entity });
		if ((typeof id === 'string' && id.trim() !== '') || typeof id === 'number') return String(id);
		throw this.calls.wrong(
			path,
			`gives ${id === undefined ? 'nothing' : JSON.stringify(id).slice(0, 80)} for a record; it must give text or a number`,
			{ entity },
		);
	}

	/** When the record last changed, in UTC with milliseconds. */
	async changedAt(entity: EntityName, key: string, native: unknown): Promise<string> {
		const { changes } = this.described(entity);
		const path = `entities.${entity}.changes.field`;
		const about = { entity, key };
		const value = await this.calls.value(changes?.field ?? '', path, native, {}, about);
		const time = instantOf(value, changes?.format ?? 'iso');
		if (time !== undefined) return time;
		throw this.calls.wrong(
			path,
			`gives ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)} for ${entity} "${key}", which is no time in the format "${changes?.format ?? 'iso'}"`,
			about,
		);
	}

	/** The system's record in canonical form; a record that cannot be expressed is refused with each wrong field. */
	async canonical<E extends EntityName>(entity: E, key: string, native: unknown): Promise<Entities[E]> {
		const about = { entity, key };
		const path = `entities.${entity}.mapping`;
		const mapped = await this.calls.value(this.described(entity).mapping, path, native, {}, about);
		if (typeof mapped !== 'object' || mapped === null || Array.isArray(mapped)) {
			throw this.calls.wrong(path, `gives no record for ${entity} "${key}"`, about);
		}
		const record = { [keyFieldOf(entity)]: key, ...mapped } as Record<string, unknown>;
		for (const field of listFields) {
			if (typeof record[field] === 'object' && record[field] !== null && !Array.isArray(record[field]))
				record[field] = [record[field]];
		}
		if (record[keyFieldOf(entity)] !== key) {
			throw this.calls.wrong(
				`${path}.${keyFieldOf(entity)}`,
				`gives ${JSON.stringify(record[keyFieldOf(entity)])} for the record whose id is "${key}"; they must be equal`,
				about,
			);
		}
		const parsed = schemas[entity].safeParse(record);
		if (parsed.success) return parsed.data;
		throw new ValidationError(
			`${entity} "${key}" of ${this.system} cannot be read: ${problems(parsed.error)}`,
			{ system: this.system, ...about, hint: `Correct the record, or ${path} of the description.` },
		);
	}

	/** The system's own records by key. */
	private async natives(entity: EntityName, keys: string[]): Promise<Map<string, unknown>> {
		const { get } = this.described(entity);
		const wanted = [...new Set(keys)];
		const found = new Map<string, unknown>();
		if (get === undefined) {
			const missing = new Set(wanted);
			for await (const { records } of readPages(this.calls, entity, this.described(entity), {})) {
				for (const native of records) {
					const id = await this.idOf(entity, native);
					if (missing.delete(id)) found.set(id, native);
				}
				if (missing.size === 0) break;
			}
			return found;
		}
		for (let index = 0; index < wanted.length; index += parallelCalls) {
			await Promise.all(
				wanted.slice(index, index + parallelCalls).map(async (key) => {
					const native = await this.native(entity, get, key);
					if (native !== undefined) found.set(key, native);
				}),
			);
		}
		return found;
	}

	private async native(
		entity: EntityName,
		{ path, query, record }: NonNullable<Entity['get']>,
		key: string,
	): Promise<unknown> {
		const about = { entity, key };
		try {
			const { body } = await this.calls.call({ method: 'GET', address: withId(path, key), query }, about);
			const native = await this.calls.value(record, `entities.${entity}.get.record`, body, {}, about);
			if (native === undefined || native === null) return undefined;
			const id = await this.idOf(entity, native);
			if (id === key) return native;
			throw this.calls.wrong(`entities.${entity}.get`, `answers with "${id}" when asked for "${key}"`, about);
		} catch (error) {
			if (error instanceof NotFoundError) return undefined;
			throw error;
		}
	}

	/**
	 * The whole list, read until a walk brings nothing new where records may move from one page to another while it is
	 * read: what slips past one walk is in the next.
	 */
	private async steadyList(
		entity: EntityName,
		described: Entity,
		filter: Query,
		broken: Map<string, BridgeError>,
	): Promise<DatedRecord[]> {
		const found = new Map<string, DatedRecord>();
		for (let walk = 0; walk < mostWalks; walk += 1) {
			let pages = 0;
			let news = 0;
			for await (const { records } of readPages(this.calls, entity, described, filter)) {
				if (records.length > 0) pages += 1;
				for (const native of records) {
					const id = await this.idOf(entity, native);
					const known = found.get(id);
					if (known !== undefined && JSON.stringify(known.native) === JSON.stringify(native)) continue;
					news += 1;
					broken.delete(id);
					let changedAt = never;
					try {
						changedAt = await this.changedAt(entity, id, native);
					} catch (error) {
						if (!(error instanceof BridgeError)) throw error;
						broken.set(id, error);
					}
					// A walk may read an older page after a newer one.
					if (known === undefined || changedAt >= known.changedAt) found.set(id, { id, changedAt, native });
				}
			}
			const stable = pages < 2 || (walk > 0 && news === 0);
			if (stable || !movesBetweenPages(described)) return [...found.values()];
		}
		throw new UnavailableError(
			`The list of ${entity} of ${this.system} changed during each of ${mostWalks} readings.`,
			{
				system: this.system,
				entity,
				hint: 'Nothing was lost; it is tried again. Let the description filter by time, sort by id, or read larger pages.',
			},
		);
	}

	private async actOnce(
		entity: EntityName,
		action: Action,
		path: string,
		{ key, input, expectedVersion, idempotencyKey }: ActRequest<unknown>,
	): Promise<unknown> {
		const about = { entity, key };
		const read = async () => (await this.natives(entity, [key])).get(key);
		const isDone = async (native: unknown) =>
			native !== undefined &&
			(await this.calls.value(action.done, `${path}.done`, native, { input, key }, about)) === true;
		const record = await read();
		if (record === undefined && action.path.includes('{id}')) {
			throw new NotFoundError(`${this.system} has no ${entity} "${key}".`, {
				system: this.system,
				...about,
				hint: 'Give its key, not its number.',
			});
		}
		if (await isDone(record)) return await this.canonical(entity, key, record);
		if (expectedVersion !== undefined && record !== undefined) {
			const { revision } = (await this.canonical(entity, key, record)) as { revision?: string };
			if (revision !== expectedVersion) {
				throw new ConflictError(
					`${entity} "${key}" of ${this.system} is at revision ${revision ?? 'unknown'}, not ${expectedVersion}.`,
					{ system: this.system, ...about, hint: 'Read the record again and repeat the action.' },
				);
			}
		}
		const body =
			action.body === undefined
				? undefined
				: await this.calls.value(
						action.body,
						`${path}.body`,
						{ key, input, record: record ?? null },
						{},
						about,
					);
		let failure: unknown;
		try {
			await this.calls.call(
				{
					method: action.method,
					address: withId(action.path, key),
					...(body === undefined ? {} : { body }),
					...(action.idempotencyHeader === undefined
						? {}
						: { headers: { [action.idempotencyHeader]: idempotencyKey } }),
				},
				about,
			);
		} catch (error) {
			// The system may have done it before the connection was cut.
			if (!(error instanceof UnavailableError)) throw error;
			failure = error;
		}
		const after = await read();
		if (await isDone(after)) return await this.canonical(entity, key, after);
		if (failure !== undefined) throw failure as Error;
		throw new ConflictError(
			`${this.system} answered that it did ${path.split('.').at(-1)} on ${entity} "${key}", but the record does not show it.`,
			{
				system: this.system,
				...about,
				hint: `See in ${this.system} why it did not take effect, or correct ${path}.done.`,
			},
		);
	}

	private unserved(entity: string, why: string): ValidationError {
		return new ValidationError(`The description of ${this.system} for ${entity} ${why}.`, {
			system: this.system,
			entity,
			hint: 'Complete the description.',
		});
	}
}

/** A cursor stands at a record; the others count. */
function movesBetweenPages({ list: { paging } }: Entity): boolean {
	return paging.style === 'page' || paging.style === 'offset' || paging.style === 'link';
}

function withId(path: string, key: string): string {
	return path.replaceAll('{id}', encodeURIComponent(key));
}

function mentions(record: unknown, text: string): boolean {
	if (typeof record === 'string') return record.toLowerCase().includes(text.toLowerCase());
	return (
		typeof record === 'object' &&
		record !== null &&
		Object.values(record).some((value) => mentions(value, text))
	);
}

function utc(text: string): string {
	return new Date(text).toISOString();
}

/** An ISO time without an offset is taken as UTC. */
function instantOf(value: unknown, format: 'iso' | 'seconds' | 'milliseconds'): string | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	let time: number;
	if (format === 'iso') {
		if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
		time = Date.parse(/T|\s\d/.test(value) && !/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? `${value}Z` : value);
	} else {
		time = Number(textOf(value)) * (format === 'seconds' ? 1_000 : 1);
	}
	return Number.isNaN(time) || Math.abs(time) > 8.64e15 ? undefined : new Date(time).toISOString();
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}
