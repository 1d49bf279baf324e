import type { ItemResolver } from '../crosswalk/itemResolution';
import { isZero, subtract } from '../model/decimal';
import type { Reservation } from '../model/reservation';
import { ConflictError, ValidationError, type BridgeError } from '../ports/errors';
import type { ActRequest, Outcome, ReservationMatch, SystemConnector } from '../ports/systemConnector';
import { lastApplied, recordApplied } from '../store/applied';
import type { Database } from '../store/database';
import { planReservation, type ReservationRequest } from './reservationPlan';

export type Warehouse = Pick<SystemConnector, 'system' | 'get' | 'list' | 'act'>;

/** An order to match; `source` is the system whose item codes its lines are in. */
export type OrderToMatch = ReservationRequest & { source: string };

export interface MatchedOrder {
	order: string;
	sequence: number;
	/**
	 * `reserved` whole, `partial` (the rest on back order), `backOrder` (nothing there), `released` (nothing asked for);
	 * `stale` and `superseded`: a newer state of the order rules, nothing was done for this one
	 */
	result: 'reserved' | 'partial' | 'backOrder' | 'released' | 'stale' | 'superseded';
	/** whether the warehouse was told to change anything */
	changed: boolean;
	/** ISO 8601 instant at which the warehouse last changed the reservation; absent without one */
	changedAt?: string;
	lines: Array<{ item: string; requested: string; reserved: string; backOrder: string }>;
}

/** An order read between our look and our change is planned again; this often. */
const conflictRetries = 3;

/**
 * Makes the warehouse hold exactly what each order now asks for. One outcome an order, in the orders' order; one that fails never
 * takes the others with it. Repeating it, or running it with an older state of an order, changes nothing.
 */
export async function matchOrders(
	orders: OrderToMatch[],
	warehouse: Warehouse,
	resolver: ItemResolver,
	database: Database,
): Promise<Array<MatchedOrder | BridgeError>> {
	const newest = newestByKey(orders);
	const results = new Map<string, MatchedOrder | BridgeError>();
	// None of these needs the others' answer: asked together, an order waits for the slowest only.
	const [last, items, heldAtFirst] = await Promise.all([
		lastApplied(database, warehouse.system, 'reservation', [...newest.keys()]),
		resolveItems([...newest.values()], warehouse, resolver),
		warehouse.get('reservation', [...newest.keys()]),
	]);
	let open = [...newest.values()].filter((request) => {
		const stale = (last.get(request.order.key)?.sequence ?? -1) > request.sequence;
		if (stale) results.set(request.order.key, outcomeOf(request, undefined, 'stale', false));
		return !stale;
	});
	const untold = new Set<string>();
	for (let attempt = 0, held = heldAtFirst; open.length > 0; attempt += 1) {
		if (attempt > 0) {
			const keys = open.map(({ order }) => order.key);
			held = await warehouse.get('reservation', keys);
		}
		const requests: Array<ActRequest<ReservationMatch>> = [];
		for (const request of open) {
			const { key } = request.order;
			const planned = plan(request, items.get(request.source) ?? new Map(), held.get(key));
			if ('request' in planned) {
				requests.push(planned.request);
				continue;
			}
			results.set(key, planned.result);
			if (request.sequence > (held.get(key)?.sequence ?? -1)) untold.add(key);
		}
		if (requests.length === 0) break;
		const outcomes = await warehouse.act('reservation', 'match', requests);
		const conflicts = new Set<string>();
		for (const outcome of outcomes) {
			const request = newest.get(outcome.key);
			if (request === undefined) continue;
			if (isConflict(outcome) && attempt < conflictRetries) conflicts.add(outcome.key);
			else
				results.set(
					outcome.key,
					'error' in outcome ? outcome.error : outcomeOf(request, outcome.value, undefined, true),
				);
		}
		open = open.filter(({ order }) => conflicts.has(order.key));
	}
	await rememberSequences(database, warehouse.system, results, untold);
	return orders.map((request) => {
		const result = results.get(request.order.key);
		if (newest.get(request.order.key) !== request) return outcomeOf(request, undefined, 'superseded', false);
		return (
			result ??
			new ValidationError(`Order "${request.order.key}" was not answered by ${warehouse.system}.`, {
				system: warehouse.system,
			})
		);
	});
}

function newestByKey(orders: OrderToMatch[]): Map<string, OrderToMatch> {
	const newest = new Map<string, OrderToMatch>();
	for (const request of orders) {
		const known = newest.get(request.order.key);
		if (known === undefined || known.sequence <= request.sequence) newest.set(request.order.key, request);
	}
	return newest;
}

async function resolveItems(
	requests: OrderToMatch[],
	warehouse: Warehouse,
	resolver: ItemResolver,
): Promise<Map<string, Awaited<ReturnType<ItemResolver['resolve']>>>> {
	const sources = Map.groupBy(
		requests.filter(({ order }) => order.state === 'confirmed'),
		({ source }) => source,
	);
	const items = new Map<string, Awaited<ReturnType<ItemResolver['resolve']>>>();
	for (const [source, some] of sources) {
		const references = some.flatMap(({ order }) => order.lines.map(({ item }) => item));
		items.set(source, await resolver.resolve(source, references, warehouse));
	}
	return items;
}

function plan(
	request: OrderToMatch,
	items: Awaited<ReturnType<ItemResolver['resolve']>>,
	held: Reservation | undefined,
): { request: ActRequest<ReservationMatch> } | { result: MatchedOrder | BridgeError } {
	try {
		const planned = planReservation(request, items, held);
		if (planned.kind === 'stale') return { result: outcomeOf(request, held, 'stale', false) };
		if (planned.kind === 'unchanged') return { result: outcomeOf(request, held, undefined, false) };
		return {
			request: {
				key: request.order.key,
				idempotencyKey: `${request.source}/${request.order.key}/${request.sequence}`,
				...(planned.expectedVersion === undefined ? {} : { expectedVersion: planned.expectedVersion }),
				input: planned.match,
			},
		};
	} catch (error) {
		if (error instanceof ValidationError) return { result: error };
		throw error;
	}
}

function isConflict(outcome: Outcome<Reservation>): boolean {
	return 'error' in outcome && outcome.error instanceof ConflictError;
}

function outcomeOf(
	{ order, sequence }: OrderToMatch,
	held: Reservation | undefined,
	result: MatchedOrder['result'] | undefined,
	changed: boolean,
): MatchedOrder {
	const lines = (held?.lines ?? [])
		.filter(({ requested, reserved }) => !isZero(requested) || !isZero(reserved))
		.map(({ item, requested, reserved }) => ({
			item,
			requested,
			reserved,
			backOrder: subtract(requested, reserved),
		}));
	return {
		order: order.key,
		sequence,
		result: result ?? resultOf(lines),
		changed,
		...(held === undefined ? {} : { changedAt: held.changedAt }),
		lines,
	};
}

function resultOf(lines: MatchedOrder['lines']): MatchedOrder['result'] {
	if (lines.length === 0) return 'released';
	if (lines.every(({ backOrder }) => isZero(backOrder))) return 'reserved';
	return lines.every(({ reserved }) => isZero(reserved)) ? 'backOrder' : 'partial';
}

/**
 * So that an older state is still known as older, we keep the sequence where the warehouse may not: of an order that it
 * released, and of one that already held what a newer state asked for, so that there was nothing to tell.
 */
async function rememberSequences(
	database: Database,
	target: string,
	results: Map<string, MatchedOrder | BridgeError>,
	untold: Set<string>,
): Promise<void> {
	const kept = [...results.values()].filter(
		(result): result is MatchedOrder =>
			!(result instanceof Error) && (result.result === 'released' || untold.has(result.order)),
	);
	if (kept.length === 0) return;
	await recordApplied(
		database,
		target,
		'reservation',
		kept.map(({ order, sequence, result }) => ({ key: order, sequence, fingerprint: result })),
		Date.now(),
	);
}
