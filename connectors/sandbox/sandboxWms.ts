import { z } from 'zod/v4';

import type { Item } from '../../core/model/item';
import type { Reservation, StockLevel } from '../../core/model/reservation';
import {
	BridgeError,
	ConflictError,
	naming,
	UnavailableError,
	ValidationError,
	type ErrorSubject,
} from '../../core/ports/errors';
import type {
	ActRequest,
	Actions,
	ActionName,
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
	ReservationMatch,
	SystemConnector,
	UpsertRequest,
	WritableEntity,
} from '../../core/ports/systemConnector';
import { walkChanges } from './changeFeed';
import { SandboxService, chunksOf, type SandboxOptions } from './service';
import { itemOf, upsertItems, WmsItem } from './wmsItems';
import { isDocument, WmsDocuments, type WmsDocument } from './wmsDocuments';

/** Records that the service returns in one call. */
const largestPage = 1_000;

/** Calls at a time to a warehouse without a bulk call. */
const singleCalls = 8;

const WmsItems = z.object({ items: z.array(WmsItem) });

const WmsReservation = z.object({
	order: z.string(),
	sequence: z.number().int().nonnegative(),
	revision: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	lines: z.array(z.object({ sku: z.string(), requested: z.string(), reserved: z.string() })),
});
type WmsReservation = z.infer<typeof WmsReservation>;
const WmsReservations = z.object({ reservations: z.array(WmsReservation) });

const Stock = z.object({
	stock: z.array(
		z.object({ sku: z.string(), onHand: z.string(), reserved: z.string(), available: z.string() }),
	),
});

const MatchResults = z.object({
	results: z.array(
		z.union([
			z.object({ order: z.string(), reservation: WmsReservation }),
			z.object({ order: z.string().nullable(), error: z.object({ code: z.string(), message: z.string() }) }),
		]),
	),
});

type MatchOutcome = Outcome<Reservation>;
type WmsRecord = Item | Reservation | StockLevel | WmsDocument;

/**
 * The sandbox's WMS: items, stock levels, reservations, matched in bulk where the service can, and the documents that
 * change the stock.
 */
export class SandboxWms implements SystemConnector {
	readonly system: string;
	private readonly service: SandboxService;
	private readonly documents: WmsDocuments;
	private bulkSize?: number;
	private bulkQuestion?: Promise<number>;

	constructor(options: SandboxOptions) {
		this.system = options.system ?? 'sandbox-wms';
		this.service = new SandboxService(this.system, options);
		this.documents = new WmsDocuments(this.service);
	}

	capabilities(): Capabilities {
		return {
			entities: {
				item: { read: true, changes: false, actions: [], writes: ['upsert'] },
				reservation: { read: true, changes: true, actions: ['match'] },
				stockLevel: { read: true, changes: true, actions: [] },
				shipment: { read: true, changes: true, actions: ['ship', 'cancel'], writes: ['create'] },
				receipt: { read: true, changes: true, actions: ['receive', 'cancel'], writes: ['create'] },
				movement: { read: true, changes: true, actions: [] },
			},
			bulkSize: this.bulkSize ?? largestPage,
			pushesChanges: true,
			optimisticLocking: true,
		};
	}

	async get<E extends EntityName>(entity: E, keys: string[]): Promise<Map<string, Entities[E]>> {
		const found = new Map<string, WmsRecord>();
		for (const chunk of chunksOf([...new Set(keys)], largestPage)) {
			for (const { key, record } of await this.search(entity, chunk)) found.set(key, record);
		}
		return found as Map<string, Entities[E]>;
	}

	async *list<E extends EntityName>(entity: E, query: ListQuery = {}): AsyncIterable<Array<Entities[E]>> {
		if (entity === 'item' && query.gtins) {
			for (const gtins of chunksOf(query.gtins, largestPage)) {
				const { items } = await this.service.call(
					WmsItems,
					{ method: 'POST', path: '/api/items/search', body: { gtins } },
					{ entity },
				);
				if (items.length > 0) yield items.map(itemOf) as Array<Entities[E]>;
			}
			return;
		}
		const limit = Math.min(query.pageSize ?? 200, largestPage);
		let after = '';
		for (;;) {
			const page = await this.page(entity, after, limit, query);
			const last = page.at(-1);
			if (last) yield page.map(({ record }) => record) as Array<Entities[E]>;
			if (!last || page.length < limit) return;
			after = last.key;
		}
	}

	async *changes<E extends EntityName>(
		entity: E,
		cursor?: ChangeCursor,
	): AsyncIterable<ChangePage<Entities[E]>> {
		const pages = walkChanges<WmsRecord>(
			cursor,
			500,
			async (after, limit) => await this.changed(entity, after, limit),
			this.system,
		);
		yield* pages as AsyncIterable<ChangePage<Entities[E]>>;
	}

	async act<E extends keyof Actions, A extends ActionName<E>>(
		entity: E,
		action: A,
		requests: Array<ActRequest<Actions[E][A]>>,
	): Promise<Array<Outcome<E extends EntityName ? Entities[E] : never>>> {
		type Outcomes = Array<Outcome<E extends EntityName ? Entities[E] : never>>;
		if (!(this.capabilities().entities[entity]?.actions ?? []).includes(String(action)))
			throw this.unserved(entity, `${String(action)} on `);
		if (requests.length === 0) return [];
		if (entity === 'shipment' || entity === 'receipt') {
			const step = action as 'ship' | 'receive' | 'cancel';
			return (await this.documents.act(entity, step, requests)) as Outcomes;
		}
		return (await this.match(requests as Array<ActRequest<ReservationMatch>>)) as Outcomes;
	}

	async create<E extends WritableEntity>(
		entity: E,
		requests: Array<CreateRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		if (entity !== 'shipment' && entity !== 'receipt') throw this.unserved(entity, 'new ');
		const drafts = requests as Array<CreateRequest<Drafts['shipment']>>;
		return (await this.documents.create(entity, drafts)) as Array<Outcome<Entities[E]>>;
	}

	async upsert<E extends WritableEntity>(
		entity: E,
		requests: Array<UpsertRequest<Drafts[E]>>,
	): Promise<Array<Outcome<Entities[E]>>> {
		if (entity !== 'item') throw this.unserved(entity, 'changes to ');
		const drafts = requests as Array<UpsertRequest<Drafts['item']>>;
		return (await upsertItems(this.service, drafts)) as Array<Outcome<Entities[E]>>;
	}

	async describe(entity: EntityName): Promise<FieldDescription[]> {
		if (entity === 'item') return this.service.fields('item');
		if (entity === 'stockLevel') return this.service.fields('stock');
		if (entity === 'reservation') return this.service.fields('reservation', ['reservationLine']);
		if (isDocument(entity)) return this.service.fields(entity);
		throw this.unserved(entity);
	}

	async check(): Promise<void> {
		await this.service.description();
	}

	private async changed(
		entity: EntityName,
		after: { changedAt: string; id: string } | undefined,
		limit: number,
	): Promise<Array<Change<WmsRecord> & { version: number }>> {
		if (isDocument(entity)) return await this.documents.changes(entity, after, limit);
		if (entity === 'stockLevel') return await this.documents.stockChanges(after, limit);
		if (entity !== 'reservation') throw this.unserved(entity, 'changes of ');
		const { reservations } = await this.service.call(
			WmsReservations,
			{ method: 'GET', path: '/api/reservations/changes', query: { ...after, limit } },
			{ entity },
		);
		return reservations.map((reservation) => ({
			key: reservation.order,
			changedAt: reservation.changedAt,
			version: reservation.revision,
			record: reservationOf(reservation),
		}));
	}

	private async match(requests: Array<ActRequest<ReservationMatch>>): Promise<MatchOutcome[]> {
		let size: number;
		try {
			size = await this.askBulkSize();
		} catch (error) {
			return failAll(requests, error);
		}
		if (size === 1) return this.matchSingly(requests);
		const outcomes: MatchOutcome[] = [];
		for (const chunk of chunksOf(requests, size)) outcomes.push(...(await this.matchInBulk(chunk)));
		return outcomes;
	}

	/** The service says once whether it has a bulk call; a failed question is asked again. */
	private async askBulkSize(): Promise<number> {
		if (this.bulkSize !== undefined) return this.bulkSize;
		this.bulkQuestion ??= this.service
			.description({ entity: 'reservation' })
			.then(({ capabilities }) => (capabilities.bulk ? capabilities.bulkSize : 1))
			.finally(() => {
				this.bulkQuestion = undefined;
			});
		this.bulkSize = await this.bulkQuestion;
		return this.bulkSize;
	}

	private async matchInBulk(chunk: Array<ActRequest<ReservationMatch>>): Promise<MatchOutcome[]> {
		try {
			const { results } = await this.service.call(
				MatchResults,
				{
					method: 'POST',
					path: '/api/reservations/match',
					body: chunk.map((request) => ({ order: request.key, ...matchBody(request) })),
				},
				{ entity: 'reservation' },
			);
			if (results.length !== chunk.length) {
				throw new UnavailableError(
					`${this.system} answered ${results.length} of ${chunk.length} reservations; which were made is not known.`,
					{ system: this.system, entity: 'reservation', hint: 'Repeat the call: it is safe.' },
				);
			}
			return results.map((result, index): MatchOutcome => {
				const key = chunk[index]?.key ?? '';
				return 'reservation' in result
					? { key, value: reservationOf(result.reservation) }
					: { key, error: this.recordError(key, result.error) };
			});
		} catch (error) {
			return failAll(chunk, error);
		}
	}

	private async matchSingly(requests: Array<ActRequest<ReservationMatch>>): Promise<MatchOutcome[]> {
		const outcomes = new Array<MatchOutcome>(requests.length);
		const queue = requests.entries();
		const worker = async (): Promise<void> => {
			for (const [index, request] of queue) outcomes[index] = await this.matchOne(request);
		};
		await Promise.all(Array.from({ length: Math.min(singleCalls, requests.length) }, worker));
		return outcomes;
	}

	private async matchOne(request: ActRequest<ReservationMatch>): Promise<MatchOutcome> {
		const { key } = request;
		try {
			const reservation = await this.service.call(
				WmsReservation,
				{ method: 'PUT', path: `/api/reservations/${encodeURIComponent(key)}`, body: matchBody(request) },
				{ entity: 'reservation', key },
			);
			return { key, value: reservationOf(reservation) };
		} catch (error) {
			return failAll([request], error)[0] as MatchOutcome;
		}
	}

	private recordError(key: string, { code, message }: { code: string; message: string }): BridgeError {
		const subject: ErrorSubject = { system: this.system, entity: 'reservation', key };
		const text = `${this.system}, order "${key}": ${message}`;
		switch (code) {
			case 'conflict':
				return new ConflictError(text, {
					...subject,
					hint: 'Read the reservation again and repeat the change.',
				});
			case 'unknown_sku':
				return new ValidationError(text, {
					...subject,
					hint: 'Create the item in the warehouse, or correct its mapping.',
				});
			default:
				return new ValidationError(text, { ...subject, hint: 'Correct the order and send it again.' });
		}
	}

	private async search(
		entity: EntityName,
		keys: string[],
	): Promise<Array<{ key: string; record: WmsRecord }>> {
		if (entity === 'reservation') {
			const { reservations } = await this.service.call(
				WmsReservations,
				{ method: 'POST', path: '/api/reservations/search', body: { orders: keys } },
				{ entity },
			);
			return reservations.map((found) => ({ key: found.order, record: reservationOf(found) }));
		}
		if (entity === 'stockLevel') {
			const { stock } = await this.service.call(
				Stock,
				{ method: 'POST', path: '/api/stock/search', body: { skus: keys } },
				{ entity },
			);
			return stock.map(({ sku, ...level }) => ({ key: sku, record: { item: sku, ...level } }));
		}
		if (entity === 'item') {
			const { items } = await this.service.call(
				WmsItems,
				{ method: 'POST', path: '/api/items/search', body: { skus: keys } },
				{ entity },
			);
			return items.map((item) => ({ key: item.sku, record: itemOf(item) }));
		}
		if (isDocument(entity)) return await this.documents.search(entity, keys);
		throw this.unserved(entity);
	}

	private async page(
		entity: EntityName,
		after: string,
		limit: number,
		{ search = '', changedSince }: ListQuery,
	): Promise<Array<{ key: string; record: WmsRecord }>> {
		const query = { after, limit, search };
		if (entity === 'reservation') {
			const { reservations } = await this.service.call(
				WmsReservations,
				{
					method: 'GET',
					path: '/api/reservations',
					query: changedSince === undefined ? query : { ...query, changedSince },
				},
				{ entity },
			);
			return reservations.map((found) => ({ key: found.order, record: reservationOf(found) }));
		}
		if (entity === 'stockLevel') {
			const { stock } = await this.service.call(
				Stock,
				{ method: 'GET', path: '/api/stock', query },
				{ entity },
			);
			return stock.map(({ sku, ...level }) => ({ key: sku, record: { item: sku, ...level } }));
		}
		if (entity === 'item') {
			const { items } = await this.service.call(
				WmsItems,
				{ method: 'GET', path: '/api/items', query },
				{ entity },
			);
			return items.map((item) => ({ key: item.sku, record: itemOf(item) }));
		}
		if (isDocument(entity)) return await this.documents.page(entity, after, limit, { search, changedSince });
		throw this.unserved(entity);
	}

	private unserved(entity: string, what = ''): ValidationError {
		return new ValidationError(`${this.system} does not serve ${what}${entity}.`, {
			system: this.system,
			entity,
			hint: 'It serves items, stock levels, reservations, shipments, receipts and movements.',
		});
	}
}

function matchBody({ input, idempotencyKey, expectedVersion }: ActRequest<ReservationMatch>): object {
	return {
		sequence: input.sequence,
		allowPartial: input.allowPartial,
		idempotencyKey,
		...(expectedVersion === undefined ? {} : { expectedRevision: Number(expectedVersion) }),
		lines: input.lines.map(({ item, quantity }) => ({ sku: item, quantity })),
	};
}

/** A failure of the whole call is the failure of each of its records. */
function failAll(requests: Array<ActRequest<ReservationMatch>>, error: unknown): MatchOutcome[] {
	if (!(error instanceof BridgeError)) throw error;
	return requests.map(({ key }) => ({ key, error: naming(error, { key }) }));
}

function reservationOf({ order, sequence, revision, changedAt, lines }: WmsReservation): Reservation {
	return {
		order,
		sequence,
		revision: String(revision),
		changedAt,
		lines: lines.map(({ sku, requested, reserved }) => ({ item: sku, requested, reserved })),
	};
}
