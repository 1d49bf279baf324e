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
import { RestCalls, textOf, withId, type Query } from './calls';
import { schemas, keyFieldOf, listFields } from './canonical';
import { earlier, newsAfter, notAfter, readCursor, type Cursor, type DatedRecord } from './changeWalk';
import { readDescription, type Action, type Entity, type RestDescription } from './description';
import { mappingOf, mappingPath, pruned } from './mapping';
import { oneAtATime } from './oneAtATime';
import { readPages } from './pages';
import { conflictRetries, RestWrites, writesOf } from './writes';

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

/** Most records of an entity whose deletion is noticed by comparing: their identifiers are kept with the position. */
const mostCompared = 20_000;

/** A record as the system gave it, with the headers of the answer where it was read by itself. */
export interface ReadRecord {
	native: unknown;
	headers: Record<string, string>;
}

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
		const described = Object.values(this.description.entities);
		const changing = described.flatMap(({ actions, update }) => [
			...Object.values(actions),
			...(update === undefined ? [] : [update]),
		]);
		const entities = Object.entries(this.description.entities).map(([name, entity]) => {
			const writes = writesOf(entity);
			return [
				name,
				{
					read: true,
					changes: entity.changes !== undefined,
					actions: Object.keys(entity.actions),
					...(writes.length === 0 ? {} : { writes }),
				},
			];
		});
		return {
			entities: Object.fromEntries(entities) as Capabilities['entities'],
			bulkSize: 1,
			pushesChanges: false,
			optimisticLocking: changing.length > 0 && changing.every(({ version }) => version !== undefined),
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		const found = new Map<string, Entities[E]>();
		for (const [key, { native }] of await this.natives(entity, keys))
			found.set(key, await this.canonical(entity, key, native));
		return found;
	}

	/** One record as the system has it; undefined when it is not there or deleted. */
	async read(entity: EntityName, key: string): Promise<ReadRecord | undefined> {
		return (await this.natives(entity, [key])).get(key);
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
		// Records may move from one page to another while they are read: what slips past one walk is in the next.
		for (let walk = 0; walk < mostWalks; walk += 1) {
			let pages = 0;
			const before = given.size;
			for await (const { records } of readPages(this.calls, entity, described, filter, pageSize)) {
				if (records.length > 0) pages += 1;
				const page: Array<Entities[E]> = [];
				for (const native of records) {
					const id = await this.idOf(entity, native);
					if (given.has(id)) continue;
					given.add(id);
					if (await this.isDeleted(entity, id, native)) continue;
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
			if (pages < 2 || given.size === before || !movesBetweenPages(described)) return;
		}
	}

	async *changes<E extends EntityName>(
		entity: E,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Entities[E]>> {
		const described = this.described(entity);
		if (described.changes === undefined)
			throw this.unserved(entity, 'says no change field: add "changes" to it');
		const now = Date.now();
		const start = notAfter(readCursor(cursor, this.system), now);
		const overlapMs = described.changes.overlapSeconds * 1_000;
		const filter =
			start === undefined ? {} : this.sinceFilter(described, earlier(start.changedAt, overlapMs));
		const problemsById = new Map<string, BridgeError>();
		const records = await this.steadyList(entity, described, filter, problemsById);
		const { deleted } = described.changes;
		const compares = deleted?.style === 'compare';
		const known = new Set(start?.known);
		const positionOf = (position: Cursor): ChangeCursor =>
			JSON.stringify({
				...position,
				...(compares
					? { known: [...known], comparedAt: position.comparedAt ?? start?.comparedAt ?? now }
					: {}),
			});
		let position = start;
		for (const { news, cursor: next } of newsAfter(start, records, overlapMs, now)) {
			const changes: Array<Change<Entities[E]>> = [];
			for (const record of news) {
				const change = await this.changeOf(entity, record, problemsById.get(record.id));
				changes.push(change);
				if (change.record !== undefined || change.problem !== undefined) known.add(record.id);
			}
			position = next;
			yield { changes, cursor: positionOf(position) };
		}
		if (!compares || start === undefined || position === undefined) return;
		const whole = Object.keys(filter).length === 0;
		const due = now - (start.comparedAt ?? 0) >= deleted.everySeconds * 1_000;
		if (!whole && !due) return;
		const present = whole ? records.map(({ id }) => id) : await this.identifiers(entity);
		const gone = await this.gone(entity, start.known ?? [], new Set(present));
		// In the list again, or for the first time with an old date.
		const unseen = start.known === undefined ? [] : present.filter((id) => !known.has(id));
		const back: Array<Change<Entities[E]>> = [];
		for (const [id, { native }] of await this.natives(entity, unseen)) {
			back.push(await this.datedChange(entity, id, native, now));
		}
		known.clear();
		for (const id of present) known.add(id);
		this.refuseTooMany(entity, known.size);
		if (gone.length === 0 && back.length === 0 && !due) return;
		const changedAt = new Date(now).toISOString();
		yield {
			changes: [...gone.map((key) => ({ key, changedAt })), ...back],
			cursor: positionOf({ ...position, comparedAt: now }),
		};
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
				const value = await oneAtATime(
					JSON.stringify([this.description.baseUrl, entity, key]),
					async () => await this.actOnce(entity, described, path, request),
				);
				outcomes.push({ key, value: value as Value });
			} catch (error) {
				if (!(error instanceof BridgeError)) throw error;
				outcomes.push({ key, error });
			}
		}
		return outcomes;
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		return await new RestWrites(this, entity).create(requests);
	}

	async update<E extends WritableEntity>(
		entity: E,
		requests: Array<UpdateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		return await new RestWrites(this, entity).update(requests);
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		return await new RestWrites(this, entity).upsert(requests);
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
		const described = this.described(entity);
		const path = mappingPath(entity, described);
		const given = await this.calls.value(mappingOf(described), path, native, {}, about);
		const mapped = described.fields === undefined ? given : pruned(given);
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

	/** The key of a canonical record. */
	keyOf(entity: EntityName, record: object): string {
		return String((record as Record<string, unknown>)[keyFieldOf(entity)]);
	}

	/** Refuses to change a record that is no longer at the revision that the caller knows. */
	refuseOutdated(entity: EntityName, key: string, record: object, expectedVersion?: string): void {
		if (expectedVersion === undefined) return;
		const { revision } = record as { revision?: string };
		if (revision === expectedVersion) return;
		throw new ConflictError(
			`${entity} "${key}" of ${this.system} is at revision ${revision ?? 'unknown'}, not ${expectedVersion}.`,
			{
				system: this.system,
				entity,
				key,
				hint:
					revision === undefined
						? 'Let the mapping of the description give a revision, or leave the expected one empty.'
						: 'Read the record again and repeat the change on what it now is.',
			},
		);
	}

	/** What the system shall compare before it changes the record that was read. */
	async guardOf(
		entity: EntityName,
		key: string,
		guard: Action['version'],
		{ native, headers }: ReadRecord,
		path: string,
	): Promise<{ version?: string | number; headers: Record<string, string> }> {
		if (guard === undefined) return { headers: {} };
		const about = { entity, key };
		const value = await this.calls.value(guard.value, `${path}.version.value`, native, { headers }, about);
		if (typeof value !== 'string' && typeof value !== 'number') {
			throw this.calls.wrong(
				`${path}.version.value`,
				`gives ${value === undefined ? 'nothing' : 'neither text nor a number'} for ${entity} "${key}"`,
				about,
			);
		}
		return { version: value, headers: guard.header === undefined ? {} : { [guard.header]: String(value) } };
	}

	/** One change of the system's record, or why it cannot be expressed. */
	private async changeOf<E extends EntityName>(
		entity: E,
		{ id: key, changedAt, native }: DatedRecord,
		problem: BridgeError | undefined,
	): Promise<Change<Entities[E]>> {
		const change = { key, changedAt };
		if (problem !== undefined) return { ...change, problem };
		try {
			if (await this.isDeleted(entity, key, native)) return change;
			return { ...change, record: await this.canonical(entity, key, native) };
		} catch (error) {
			if (!(error instanceof BridgeError)) throw error;
			return { ...change, problem: error };
		}
	}

	/** The same for a record whose time was not read yet; our own stands in for one that cannot be read. */
	private async datedChange<E extends EntityName>(
		entity: E,
		id: string,
		native: unknown,
		now: number,
	): Promise<Change<Entities[E]>> {
		try {
			const changedAt = await this.changedAt(entity, id, native);
			return await this.changeOf(entity, { id, changedAt, native }, undefined);
		} catch (error) {
			if (!(error instanceof BridgeError)) throw error;
			return { key: id, changedAt: new Date(now).toISOString(), problem: error };
		}
	}

	/** Whether the record is there only to say that it is deleted. */
	private async isDeleted(entity: EntityName, key: string, native: unknown): Promise<boolean> {
		const deleted = this.described(entity).changes?.deleted;
		if (deleted?.style !== 'flag') return false;
		const path = `entities.${entity}.changes.deleted.field`;
		return (await this.calls.value(deleted.field, path, native, {}, { entity, key })) === true;
	}

	/** The identifiers of all records in the list. */
	private async identifiers(entity: EntityName): Promise<string[]> {
		const ids = new Set<string>();
		for await (const { records } of readPages(this.calls, entity, this.described(entity), {})) {
			for (const native of records) ids.add(await this.idOf(entity, native));
			this.refuseTooMany(entity, ids.size);
		}
		return [...ids];
	}

	/** Those that were in the list, are in it no more, and cannot be read either: a list may slip while it is read. */
	private async gone(entity: EntityName, before: string[], present: Set<string>): Promise<string[]> {
		const missing = before.filter((id) => !present.has(id));
		if (missing.length === 0) return [];
		const still = await this.natives(entity, missing);
		for (const id of still.keys()) present.add(id);
		return missing.filter((id) => !still.has(id));
	}

	private refuseTooMany(entity: EntityName, count: number): void {
		if (count <= mostCompared) return;
		throw new ValidationError(
			`${this.system} has more than ${mostCompared} records of ${entity}: too many to notice deletions by comparing.`,
			{
				system: this.system,
				entity,
				hint: `Let entities.${entity}.list.query leave out what is closed, or use deleted with style "flag".`,
			},
		);
	}

	/** The system's own records by key; without those that are deleted. */
	private async natives(entity: EntityName, keys: string[]): Promise<Map<string, ReadRecord>> {
		const { get } = this.described(entity);
		const wanted = [...new Set(keys)];
		const found = new Map<string, ReadRecord>();
		if (get === undefined) {
			const missing = new Set(wanted);
			for await (const { records } of readPages(this.calls, entity, this.described(entity), {})) {
				for (const native of records) {
					const id = await this.idOf(entity, native);
					if (missing.delete(id) && !(await this.isDeleted(entity, id, native)))
						found.set(id, { native, headers: {} });
				}
				if (missing.size === 0) break;
			}
			return found;
		}
		for (let index = 0; index < wanted.length; index += parallelCalls) {
			await Promise.all(
				wanted.slice(index, index + parallelCalls).map(async (key) => {
					const record = await this.native(entity, get, key);
					if (record !== undefined) found.set(key, record);
				}),
			);
		}
		return found;
	}

	private async native(
		entity: EntityName,
		{ path, query, record }: NonNullable<Entity['get']>,
		key: string,
	): Promise<ReadRecord | undefined> {
		const about = { entity, key };
		try {
			const answer = await this.calls.call({ method: 'GET', address: withId(path, key), query }, about);
			const { body, headers } = answer;
			const native = await this.calls.value(record, `entities.${entity}.get.record`, body, {}, about);
			if (native === undefined || native === null) return undefined;
			const id = await this.idOf(entity, native);
			if (id === key) return (await this.isDeleted(entity, key, native)) ? undefined : { native, headers };
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
		request: ActRequest<unknown>,
		attempt = 0,
	): Promise<unknown> {
		const { key, input, expectedVersion, idempotencyKey } = request;
		const about = { entity, key };
		const isDone = async (found: ReadRecord | undefined) =>
			found !== undefined &&
			(await this.calls.value(action.done, `${path}.done`, found.native, { input, key }, about)) === true;
		const before = await this.read(entity, key);
		const absent = before === undefined ? action.whenAbsent : undefined;
		const way = absent ?? action;
		if (before === undefined && way.path.includes('{id}') && absent === undefined) {
			throw new NotFoundError(`${this.system} has no ${entity} "${key}".`, {
				system: this.system,
				...about,
				hint: 'Give its key, not its number.',
			});
		}
		if (before !== undefined && (await isDone(before)))
			return await this.canonical(entity, key, before.native);
		const guard =
			before === undefined ? { headers: {} } : await this.guardOf(entity, key, action.version, before, path);
		if (expectedVersion !== undefined && before !== undefined) {
			const record = await this.canonical(entity, key, before.native);
			this.refuseOutdated(entity, key, record, expectedVersion);
		}
		const sent = { key, input, record: before?.native ?? null, version: guard.version ?? null };
		const bodyPath = `${path}${absent === undefined ? '' : '.whenAbsent'}.body`;
		const body =
			way.body === undefined ? undefined : await this.calls.value(way.body, bodyPath, sent, {}, about);
		let failure: unknown;
		try {
			await this.calls.call(
				{
					method: way.method,
					address: withId(way.path, key),
					...(body === undefined ? {} : { body }),
					headers: {
						...guard.headers,
						...(action.idempotencyHeader === undefined ? {} : { [action.idempotencyHeader]: idempotencyKey }),
					},
				},
				about,
			);
		} catch (error) {
			const outrun = error instanceof ConflictError && expectedVersion === undefined;
			if (outrun && guard.version !== undefined && attempt < conflictRetries)
				return await this.actOnce(entity, action, path, request, attempt + 1);
			// The system may have done it before the connection was cut.
			if (!(error instanceof UnavailableError)) throw error;
			failure = error;
		}
		const after = await this.read(entity, key);
		if (after !== undefined && (await isDone(after))) return await this.canonical(entity, key, after.native);
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
