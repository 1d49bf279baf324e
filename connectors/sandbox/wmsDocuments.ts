import { z } from 'zod/v4';

import type { Movement } from '../../core/model/movement';
import type { Receipt } from '../../core/model/receipt';
import type { StockLevel } from '../../core/model/reservation';
import type { Shipment } from '../../core/model/shipment';
import { BridgeError, ConflictError } from '../../core/ports/errors';
import type {
	ActRequest,
	Change,
	CreateRequest,
	Drafts,
	EntityName,
	ListQuery,
	Outcome,
} from '../../core/ports/systemConnector';
import type { SandboxService } from './service';

const WmsShipment = z.object({
	id: z.string(),
	order: z.string(),
	status: z.enum(['open', 'shipped', 'cancelled']),
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	shippedAt: z.iso.datetime().nullable(),
	lines: z.array(z.object({ sku: z.string(), quantity: z.string() })),
});

const WmsReceipt = z.object({
	id: z.string(),
	reference: z.string().nullable(),
	status: z.enum(['open', 'received', 'cancelled']),
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
	receivedAt: z.iso.datetime().nullable(),
	lines: z.array(z.object({ sku: z.string(), expected: z.string(), received: z.string() })),
});

const WmsMovement = z.object({
	id: z.string(),
	sku: z.string(),
	delta: z.string(),
	cause: z.enum(['opening', 'receipt', 'shipment', 'adjustment']),
	document: z.string().nullable(),
	at: z.iso.datetime(),
});

const ChangedStock = z.object({
	sku: z.string(),
	onHand: z.string(),
	reserved: z.string(),
	available: z.string(),
	version: z.number().int().positive(),
	changedAt: z.iso.datetime(),
});

type Entry<T> = Change<T> & { version: number; record: T };

/** The warehouse's documents by canonical name, and where the service keeps each. */
const documents = {
	shipment: {
		path: '/api/shipments',
		Page: z
			.object({ shipments: z.array(WmsShipment) })
			.transform((page) => page.shipments.map(shipmentEntry)),
		One: WmsShipment.transform(shipmentEntry),
	},
	receipt: {
		path: '/api/receipts',
		Page: z.object({ receipts: z.array(WmsReceipt) }).transform((page) => page.receipts.map(receiptEntry)),
		One: WmsReceipt.transform(receiptEntry),
	},
	movement: {
		path: '/api/stock/movements',
		Page: z
			.object({ movements: z.array(WmsMovement) })
			.transform((page) => page.movements.map(movementEntry)),
		One: WmsMovement.transform(movementEntry),
	},
};
/** The state that each action leads to. */
const reached = { ship: 'shipped', receive: 'received', cancel: 'cancelled' };

type DocumentName = keyof typeof documents;
export type WmsDocument = Shipment | Receipt | Movement;

export function isDocument(entity: EntityName): entity is DocumentName {
	return Object.hasOwn(documents, entity);
}

/** Shipments, receipts and movements of the sandbox's WMS. */
export class WmsDocuments {
	constructor(private readonly service: SandboxService) {}

	async search(entity: DocumentName, keys: string[]): Promise<Array<Entry<WmsDocument>>> {
		const { path, Page } = documents[entity];
		return await this.service.call(
			Page as z.ZodType<Array<Entry<WmsDocument>>>,
			{ method: 'POST', path: `${path}/search`, body: { ids: keys } },
			{ entity },
		);
	}

	async page(
		entity: DocumentName,
		after: string,
		limit: number,
		{ search = '', changedSince }: ListQuery,
	): Promise<Array<Entry<WmsDocument>>> {
		const { path, Page } = documents[entity];
		const query = {
			after,
			limit,
			...(search === '' ? {} : { search }),
			...(changedSince === undefined ? {} : { changedSince }),
		};
		return await this.service.call(
			Page as z.ZodType<Array<Entry<WmsDocument>>>,
			{ method: 'GET', path, query },
			{ entity },
		);
	}

	async changes(
		entity: DocumentName,
		after: { changedAt: string; id: string } | undefined,
		limit: number,
	): Promise<Array<Entry<WmsDocument>>> {
		const { path, Page } = documents[entity];
		return await this.service.call(
			Page as z.ZodType<Array<Entry<WmsDocument>>>,
			{ method: 'GET', path: `${path}/changes`, query: { ...after, limit } },
			{ entity },
		);
	}

	async stockChanges(
		after: { changedAt: string; id: string } | undefined,
		limit: number,
	): Promise<Array<Entry<StockLevel>>> {
		const { stock } = await this.service.call(
			z.object({ stock: z.array(ChangedStock) }),
			{ method: 'GET', path: '/api/stock/changes', query: { ...after, limit } },
			{ entity: 'stockLevel' },
		);
		return stock.map(({ sku, version, changedAt, ...level }) => ({
			key: sku,
			version,
			changedAt,
			record: { item: sku, ...level },
		}));
	}

	/** Without lines a shipment takes all that the order holds. */
	async create(
		entity: 'shipment' | 'receipt',
		requests: Array<CreateRequest<Drafts['shipment']>>,
	): Promise<Array<Outcome<WmsDocument>>> {
		return await each(requests, async ({ idempotencyKey, draft }) => {
			const body = {
				idempotencyKey,
				...(entity === 'receipt' ? { reference: draft.order ?? null } : { order: draft.order }),
				...(draft.lines.length === 0
					? {}
					: { lines: draft.lines.map(({ item, quantity }) => ({ sku: item, quantity })) }),
			};
			return await this.post(entity, documents[entity].path, body, idempotencyKey);
		});
	}

	/** The answer is the record as the warehouse now holds it; one that did not get there is no success. */
	async act(
		entity: 'shipment' | 'receipt',
		action: 'ship' | 'receive' | 'cancel',
		requests: Array<ActRequest<unknown>>,
	): Promise<Array<Outcome<WmsDocument>>> {
		return await each(requests, async ({ key, idempotencyKey, expectedVersion }) => {
			const path = `${documents[entity].path}/${encodeURIComponent(key)}/${action}`;
			const body = {
				idempotencyKey,
				...(expectedVersion === undefined ? {} : { expectedVersion: Number(expectedVersion) }),
			};
			const done = await this.post(entity, path, body, key);
			const { state } = done.record as Shipment | Receipt;
			if (state === reached[action]) return done;
			const { system } = this.service;
			throw new ConflictError(`${system} answered ${action} of ${entity} "${key}" with state ${state}.`, {
				system,
				entity,
				key,
				hint: `See in ${system} why it did not take effect.`,
			});
		});
	}

	private async post(
		entity: DocumentName,
		path: string,
		body: object,
		key: string,
	): Promise<Entry<WmsDocument>> {
		return await this.service.call(
			documents[entity].One as z.ZodType<Entry<WmsDocument>>,
			{ method: 'POST', path, body },
			{ entity, key },
		);
	}
}

/** One call a record, one after the other: a warehouse books its documents in order. */
async function each<R extends { idempotencyKey: string; key?: string }>(
	requests: R[],
	call: (request: R) => Promise<Entry<WmsDocument>>,
): Promise<Array<Outcome<WmsDocument>>> {
	const outcomes: Array<Outcome<WmsDocument>> = [];
	for (const request of requests) {
		try {
			const { key, record } = await call(request);
			outcomes.push({ key, value: record });
		} catch (error) {
			if (!(error instanceof BridgeError)) throw error;
			outcomes.push({ key: request.key ?? request.idempotencyKey, error });
		}
	}
	return outcomes;
}

function shipmentEntry(shipment: z.infer<typeof WmsShipment>): Entry<Shipment> {
	const { id, order, status, version, changedAt, shippedAt, lines } = shipment;
	return {
		key: id,
		version,
		changedAt,
		record: {
			key: id,
			order,
			state: status === 'open' ? 'draft' : status,
			...(shippedAt === null ? {} : { shippedAt }),
			changedAt,
			revision: String(version),
			lines: lines.map(({ sku, quantity }) => ({ line: sku, item: sku, quantity })),
		},
	};
}

/** Until goods have arrived a line's quantity is what is expected, then what came. */
function receiptEntry(receipt: z.infer<typeof WmsReceipt>): Entry<Receipt> {
	const { id, reference, status, version, changedAt, receivedAt, lines } = receipt;
	return {
		key: id,
		version,
		changedAt,
		record: {
			key: id,
			...(reference === null ? {} : { order: reference }),
			state: status === 'open' ? 'draft' : status,
			...(receivedAt === null ? {} : { receivedAt }),
			changedAt,
			revision: String(version),
			lines: lines.map(({ sku, expected, received }) => ({
				line: sku,
				item: sku,
				quantity: status === 'received' ? received : expected,
			})),
		},
	};
}

function movementEntry({
	id,
	sku,
	delta,
	cause,
	document,
	at,
}: z.infer<typeof WmsMovement>): Entry<Movement> {
	return {
		key: id,
		version: 1,
		changedAt: at,
		record: {
			key: id,
			kind: cause === 'opening' ? 'adjustment' : cause,
			item: sku,
			quantity: delta,
			...(document === null ? {} : { reference: document }),
			...(cause === 'opening' ? { reason: 'opening stock' } : {}),
			occurredAt: at,
		},
	};
}
