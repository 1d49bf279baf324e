import { z } from 'zod/v4';

import { add, compare, isZero, subtract, type Decimal } from '../../../core/model/decimal';
import type { Shipment as CanonicalShipment, ShipmentDraft } from '../../../core/model/shipment';
import { ConflictError, ValidationError, type BridgeError } from '../../../core/ports/errors';
import type { CreateRequest, Outcome } from '../../../core/ports/systemConnector';
import { matchReservations } from '../match/matchReservations';
import { inTurn } from '../match/turns';
import {
	isOpen,
	moveModel,
	requestedOf,
	reservedOf,
	resourceOf,
	sequenceOf,
	shipmentModel,
	type Move,
	type Shipment,
} from '../shipments';
import type { Warehouse } from '../warehouse';
import { bridgeErrorOf, type Documents } from './documents';

type Request = CreateRequest<ShipmentDraft>;

const Lines = z.array(z.object({ item: z.string(), quantity: z.string() }));

/** What is to be picked, and what the order asked for in all, before a part of its shipment was picked. */
const Plan = z.object({ sequence: z.number().int(), asked: Lines, picked: Lines });
type Plan = z.infer<typeof Plan>;

const Note = z.object({ id: z.number().int(), resource: z.string(), message: z.string() });

/**
 * Takes what orders have reserved off the shelf: the order's shipment is cut to what is asked for and picked, and what the order
 * wants beyond that goes on a new shipment. A note on the shipment holds the idempotency key, and what was wanted;
 * whoever finds a half-done shipment goes on from there.
 */
export async function makeShipments(
	warehouse: Warehouse,
	documents: Documents<CanonicalShipment>,
	requests: Request[],
): Promise<Array<Outcome<CanonicalShipment>>> {
	const outcomes: Array<Outcome<CanonicalShipment>> = [];
	for (const request of requests) {
		try {
			const id = await inTurn(`shipment of ${warehouse.session.address}`, () => make(warehouse, request));
			const key = String(id);
			const value = (await documents.get([key])).get(key);
			if (value === undefined)
				throw conflict(warehouse, request, 'was deleted meanwhile', 'Match the order again.');
			outcomes.push({ key, value });
		} catch (error) {
			outcomes.push({ key: request.idempotencyKey, error: bridgeErrorOf('shipment', error) });
		}
	}
	return outcomes;
}

async function make(warehouse: Warehouse, request: Request): Promise<number> {
	const { session, shipments } = warehouse;
	const { order } = request.draft;
	if (order === undefined) {
		throw new ValidationError(
			`A shipment in ${session.system} is made for an order, and none is named.`,
			session.about({ entity: 'shipment', hint: 'Give the key of the order.' }),
		);
	}
	const read = async (): Promise<Shipment[]> => (await shipments.ofOrders([order])).get(order) ?? [];
	const own = await read();
	const noted = await noteOf(warehouse, request, own);
	const shipment = noted?.shipment ?? openOf(warehouse, request, own);
	if (isOpen(shipment)) {
		const plan = noted?.plan ?? planOf(warehouse, request, own, shipment);
		const wanted = byProduct(plan, shipment);
		if (noted === undefined) {
			await session.create('ir.note', [
				{ resource: resourceOf(shipment.id), message: messageOf(request, plan) },
			]);
		}
		await cut(warehouse, shipment, wanted);
		const ready = (await read()).find(({ id }) => id === shipment.id);
		if (ready === undefined || !holdsExactly(ready, wanted)) {
			throw conflict(
				warehouse,
				request,
				'lost a part of its goods to others meanwhile',
				'Look at the shipment in Tryton, match the order and repeat.',
			);
		}
		if (isOpen(ready)) {
			await session.call(`model.${shipmentModel}.pick`, [[ready.id]], {
				_timestamp: { [resourceOf(ready.id)]: ready.timestamp },
			});
		}
	}
	const after = await read();
	const picked = after.find(({ id }) => id === shipment.id);
	if (picked === undefined || isOpen(picked)) {
		throw conflict(
			warehouse,
			request,
			`is ${picked?.state ?? 'gone'} and did not become picked`,
			'The warehouse is working on it: look at it in Tryton, then repeat.',
		);
	}
	if (picked.state !== 'cancelled') await reserveRest(warehouse, request, after, picked);
	return picked.id;
}

/** The shipment that bears this key already, and what was wanted then. */
async function noteOf(
	{ session }: Warehouse,
	request: Request,
	own: Shipment[],
): Promise<{ shipment: Shipment; plan: Plan } | undefined> {
	const notes = await session.searchIn(
		'ir.note',
		Note,
		'resource',
		own.map(({ id }) => resourceOf(id)),
		[],
		{
			order: [['id', 'ASC']],
		},
	);
	for (const { resource, message } of notes) {
		const plan = planIn(message, request.idempotencyKey);
		const shipment = own.find(({ id }) => resourceOf(id) === resource);
		if (plan !== undefined && shipment !== undefined) return { shipment, plan };
	}
	return undefined;
}

function openOf(warehouse: Warehouse, request: Request, own: Shipment[]): Shipment {
	const [shipment, ...rivals] = own.filter((one) => isOpen(one) && reservedOf(one).size > 0);
	if (shipment === undefined) {
		throw conflict(warehouse, request, 'holds nothing', 'Match or reserve the order first.');
	}
	if (rivals.length > 0) {
		throw conflict(
			warehouse,
			request,
			`has ${rivals.length + 1} open shipments`,
			'Cancel all but one of them in the warehouse.',
		);
	}
	return shipment;
}

/** By product: what the lines ask for, or all that is reserved. */
function wantedOf(warehouse: Warehouse, request: Request, shipment: Shipment): Map<number, Decimal> {
	const reserved = reservedOf(shipment);
	const { lines } = request.draft;
	if (lines.length === 0) return reserved;
	const codes = new Map(shipment.picking.map(({ item, product }) => [item, product]));
	const wanted = new Map<number, Decimal>();
	for (const { item, quantity } of lines) {
		const product = codes.get(item) ?? 0;
		const total = add(wanted.get(product) ?? '0', quantity);
		const held = reserved.get(product) ?? '0';
		if (compare(total, held) > 0) {
			throw conflict(
				warehouse,
				request,
				`holds ${held} of item "${item}" for a new shipment; ${total} were asked for`,
				'Match or reserve the order first, or ship less.',
			);
		}
		if (!isZero(total)) wanted.set(product, total);
	}
	if (wanted.size === 0) {
		throw new ValidationError(
			`The shipment for order "${request.draft.order}" in ${warehouse.session.system} has no quantity.`,
			warehouse.session.about({
				entity: 'shipment',
				hint: 'Ask for more than nothing, or leave the lines empty.',
			}),
		);
	}
	return wanted;
}

/** Leaves just what is wanted on the shipment, all of it assigned. */
async function cut({ session }: Warehouse, shipment: Shipment, wanted: Map<number, Decimal>): Promise<void> {
	const { freed, shortened, gone } = cutsOf(shipment, wanted);
	if (freed.length > 0) await session.press(moveModel, 'draft', freed);
	if (shortened.length > 0) {
		await session.call(
			`model.${moveModel}.write`,
			shortened.flatMap(({ id, quantity }) => [[id], { quantity: Number(quantity) }]),
		);
	}
	if (gone.length > 0) await session.call(`model.${moveModel}.delete`, [gone]);
	const isWhole = shipment.picking.every(
		({ id, state }) => gone.includes(id) || state === 'assigned' || state === 'cancelled',
	);
	if (shortened.length > 0 || !isWhole || shipment.state !== 'assigned') {
		await session.press(shipmentModel, 'assign_try', [shipment.id]);
	}
}

/** Which picking moves are set free, which of them get a smaller quantity, and which go. */
function cutsOf(
	{ picking }: Shipment,
	wanted: Map<number, Decimal>,
): { freed: number[]; shortened: Array<{ id: number; quantity: Decimal }>; gone: number[] } {
	const left = new Map(wanted);
	const cuts = {
		freed: [] as number[],
		shortened: [] as Array<{ id: number; quantity: Decimal }>,
		gone: [] as number[],
	};
	// Those that hold goods first; a draft is what a cut that broke off has set free.
	const open = picking.filter(
		({ state }) => state === 'assigned' || state === 'draft' || state === 'staging',
	);
	for (const move of open.toSorted((a, b) => rank(a) - rank(b))) {
		const rest = left.get(move.product) ?? '0';
		const keeps = compare(move.quantity, rest) <= 0 ? move.quantity : rest;
		left.set(move.product, subtract(rest, keeps));
		if (compare(keeps, move.quantity) === 0) continue;
		if (move.state === 'assigned') cuts.freed.push(move.id);
		if (isZero(keeps)) cuts.gone.push(move.id);
		else cuts.shortened.push({ id: move.id, quantity: keeps });
	}
	return cuts;
}

function rank({ state }: Move): number {
	return state === 'assigned' ? 0 : 1;
}

function holdsExactly(shipment: Shipment, wanted: Map<number, Decimal>): boolean {
	if (!isOpen(shipment)) return true;
	const held = reservedOf(shipment);
	return (
		shipment.state === 'assigned' &&
		shipment.picking.every(({ state }) => state === 'assigned' || state === 'cancelled') &&
		held.size === wanted.size &&
		[...wanted].every(([product, quantity]) => compare(held.get(product) ?? '0', quantity) === 0)
	);
}

/** What the order wanted of this shipment is reserved again as far as it was not picked. */
async function reserveRest(
	warehouse: Warehouse,
	request: Request,
	own: Shipment[],
	picked: Shipment,
): Promise<void> {
	const plan = (await noteOf(warehouse, request, own))?.plan;
	if (plan === undefined) return;
	const order = picked.order;
	const standing = new Map<string, Decimal>();
	for (const shipment of own) {
		if (isOpen(shipment) || shipment.state === 'cancelled') continue;
		const codes = codesOf(shipment);
		for (const [product, quantity] of requestedOf(shipment)) {
			const item = codes.get(product) ?? '';
			standing.set(item, add(standing.get(item) ?? '0', quantity));
		}
	}
	const isShort = plan.asked.some(({ item, quantity }) => compare(standing.get(item) ?? '0', quantity) < 0);
	if (!isShort) return;
	const [outcome] = await matchReservations(warehouse, [
		{
			key: order,
			idempotencyKey: request.idempotencyKey,
			input: { sequence: plan.sequence, allowPartial: true, lines: plan.asked },
		},
	]);
	if (outcome !== undefined && 'error' in outcome) throw outcome.error;
}

/** What is asked for and held now; refused where it is not held. */
function planOf(warehouse: Warehouse, request: Request, own: Shipment[], current: Shipment): Plan {
	const asked = new Map<string, Decimal>();
	for (const shipment of own) {
		if (shipment.state === 'cancelled' || (isOpen(shipment) && shipment.id !== current.id)) continue;
		const codes = codesOf(shipment);
		for (const [product, quantity] of requestedOf(shipment)) {
			const item = codes.get(product) ?? '';
			asked.set(item, add(asked.get(item) ?? '0', quantity));
		}
	}
	const codes = codesOf(current);
	const lines = ([item, quantity]: [string, Decimal]) => ({ item, quantity });
	return {
		sequence: sequenceOf(own) ?? 0,
		asked: [...asked].map(lines),
		picked: [...wantedOf(warehouse, request, current)].map(([product, quantity]) =>
			lines([codes.get(product) ?? '', quantity]),
		),
	};
}

function byProduct({ picked }: Plan, shipment: Shipment): Map<number, Decimal> {
	const products = new Map([...codesOf(shipment)].map(([product, item]) => [item, product]));
	return new Map(picked.map(({ item, quantity }) => [products.get(item) ?? 0, quantity]));
}

function codesOf({ outgoing, picking }: Shipment): Map<number, string> {
	return new Map([...outgoing, ...picking].map(({ product, item }) => [product, item]));
}

function messageOf({ idempotencyKey }: Request, plan: Plan): string {
	return `Picked under key ${idempotencyKey}: ${JSON.stringify(plan)}`;
}

/** The plan of this key. Where a person has written into the note it still tells the key, and nothing is left to do. */
function planIn(message: string, idempotencyKey: string): Plan | undefined {
	const head = `Picked under key ${idempotencyKey}: `;
	if (!message.startsWith(head)) return undefined;
	try {
		return Plan.parse(JSON.parse(message.slice(head.length)));
	} catch {
		return { sequence: 0, asked: [], picked: [] };
	}
}

function conflict(
	{ session }: Pick<Warehouse, 'session'>,
	{ draft: { order } }: Request,
	problem: string,
	hint: string,
): BridgeError {
	return new ConflictError(
		`Order "${order}" in ${session.system} ${problem}. ${hint}`,
		session.about({ entity: 'shipment', hint }),
	);
}
