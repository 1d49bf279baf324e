import { createHash } from 'node:crypto';

import { z } from 'zod/v4';

import { type Decimal } from '../../../core/model/decimal';
import type { Receipt, ReceiptDraft } from '../../../core/model/receipt';
import { ValidationError } from '../../../core/ports/errors';
import type { CreateRequest, Outcome } from '../../../core/ports/systemConnector';
import { inTurn } from '../match/turns';
import type { Context } from '../session';
import type { ReceivingSite } from '../warehouseSite';
import { bridgeErrorOf, type DocumentKind, type Documents, type TrytonDocument } from './documents';
import { productsOf, type Ordered } from './orderedProducts';

/** Supplier shipments. `received` is both: goods on the receiving dock, and goods put away. */
export function receiptKind(prefix: string): DocumentKind<Receipt> {
	return {
		entity: 'receipt',
		name: 'receipt',
		model: 'stock.shipment.in',
		moves: 'incoming_moves',
		states: { draft: ['draft'], received: ['received', 'done'], cancelled: ['cancelled'] },
		canonical: ({ id, number, reference, state, happenedAt, changedAt, lines }) => {
			const order = orderIn(reference, prefix);
			return {
				key: String(id),
				...(number === null ? {} : { number }),
				...(order === undefined ? {} : { order }),
				state: state === 'draft' ? 'draft' : state === 'cancelled' ? 'cancelled' : 'received',
				...(happenedAt === undefined || state === 'draft' ? {} : { receivedAt: happenedAt }),
				changedAt,
				revision: changedAt,
				lines,
			};
		},
		steps: {
			receive: {
				reached: 'done',
				buttons: { draft: ['receive', 'done'], received: ['done'] },
				refusal: () => ({ problem: 'is cancelled', hint: 'Nothing is expected any more: create another.' }),
			},
			cancel: {
				reached: 'cancelled',
				buttons: { draft: ['cancel'] },
				refusal: () => ({
					problem: 'has been received',
					hint: 'Send the goods back with a supplier return in Tryton.',
				}),
			},
		},
	};
}

/** What a receipt is made with. */
export interface Receiving extends Ordered {
	receipts: Documents<Receipt>;
	prefix: string;
	place(): Promise<ReceivingSite>;
}

/**
 * Announces goods, each request by a supplier shipment of its own. The idempotency key stands, as a digest, in the shipment's
 * reference, so that the shipment and its key come into being in one step.
 */
export async function announceReceipts(
	receiving: Receiving,
	requests: Array<CreateRequest<ReceiptDraft>>,
): Promise<Array<Outcome<Receipt>>> {
	const outcomes: Array<Outcome<Receipt>> = [];
	for (const request of requests) {
		try {
			const value = await inTurn(`receipt of ${receiving.session.address}`, () =>
				announce(receiving, request),
			);
			outcomes.push({ key: value.key, value });
		} catch (error) {
			outcomes.push({ key: request.idempotencyKey, error: bridgeErrorOf('receipt', error) });
		}
	}
	return outcomes;
}

async function announce(
	receiving: Receiving,
	{ idempotencyKey, draft }: CreateRequest<ReceiptDraft>,
): Promise<Receipt> {
	const { session, receipts, prefix } = receiving;
	const { canonical } = receipts.kind;
	const reference = referenceOf(prefix, draft.order, idempotencyKey);
	const [known] = await receipts.withReferences([reference]);
	if (known !== undefined) return canonical(known);
	if (draft.lines.length === 0) {
		throw new ValidationError(
			`The receipt for ${session.system} has no lines.`,
			session.about({ entity: 'receipt', hint: 'Name at least one item and its quantity.' }),
		);
	}
	const wanted = await productsOf(receiving, 'receipt', draft.lines);
	const place = await receiving.place();
	const costs = await costsOf(receiving, [...wanted.keys()]);
	await session.create(receipts.kind.model, [
		{
			reference,
			company: place.company,
			warehouse: place.warehouse,
			supplier: place.supplier,
			moves: [['create', [...wanted].map(([product, line]) => incomingMove(place, product, line, costs))]],
		},
	]);
	const made = await receipts.withReferences([reference]);
	await cancelDoubles(receipts, made);
	const [first] = made;
	if (first === undefined) throw new Error('Tryton made no shipment and gave no reason');
	return canonical(first);
}

/** Two that looked at the same moment both make one: the older stays, whoever of them finds the other. */
async function cancelDoubles(receipts: Documents<Receipt>, [, ...doubles]: TrytonDocument[]): Promise<void> {
	for (const double of doubles) if (double.state === 'draft') await receipts.press('cancel', double);
}

function incomingMove(
	place: ReceivingSite,
	product: number,
	{ unit, quantity }: { unit: number; quantity: Decimal },
	costs: Map<number, unknown>,
): Context {
	return {
		product,
		uom: unit,
		quantity: Number(quantity),
		from_location: place.origin,
		to_location: place.input,
		company: place.company,
		// Tryton wants a price on what arrives. The cost that the product has already leaves its average as it is.
		unit_price: costs.get(product) ?? { __class__: 'Decimal', decimal: '0' },
	};
}

async function costsOf({ session }: Receiving, products: number[]): Promise<Map<number, unknown>> {
	const Cost = z.object({ id: z.number().int(), cost_price: z.unknown() });
	const rows = await session.searchIn('product.product', Cost, 'id', products);
	return new Map(rows.map(({ id, cost_price }) => [id, cost_price]));
}

function referenceOf(prefix: string, order: string | undefined, idempotencyKey: string): string {
	const digest = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16);
	return order === undefined ? `announced (${digest})` : `${prefix}${order} (${digest})`;
}

/** The order that a reference names; a reference that people wrote names none. */
function orderIn(reference: string | null, prefix: string): string | undefined {
	if (reference === null || !reference.startsWith(prefix)) return undefined;
	return /^(.+) \([0-9a-f]{16}\)$/.exec(reference.slice(prefix.length))?.[1];
}
