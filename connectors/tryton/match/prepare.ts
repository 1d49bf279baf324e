import Big from 'big.js';

import { isZero, type Decimal } from '../../../core/model/decimal';
import type { ActRequest, ReservationMatch } from '../../../core/ports/systemConnector';
import type { Product } from '../items';
import { reservationOf, type Shipment } from '../shipments';
import type { Units } from '../units';
import type { Warehouse } from '../warehouse';
import { Batch, type Work } from './batch';
import { asBridgeError, conflict, invalid } from './errors';
import { planShipment } from './plan';

type Request = ActRequest<ReservationMatch>;

/** Reads all that the requests are about, and decides for each order what to do. */
export async function prepare(
	{ session, items, units, shipments }: Warehouse,
	requests: Request[],
): Promise<{ batch: Batch; works: Work[] }> {
	const codes = requests.flatMap(({ input }) => input.lines.map(({ item }) => item));
	const products = await items.stockedWithCodes(codes);
	const byCode = Map.groupBy(products, ({ code }) => code ?? '');
	const unitsOfProducts = await units.including(products.map(({ baseUnit }) => baseUnit));
	const known = await shipments.ofOrders(requests.map(({ key }) => key));
	const user = await session.user();
	const works = requests.map((request): Work => {
		const own = known.get(request.key) ?? [];
		const work: Work = {
			request,
			wanted: new Map(),
			plan: { kind: 'leave', orphans: [] },
			shipments: own,
		};
		try {
			checkVersion(session.system, request, own);
			work.wanted = wantedOf(session.system, request, byCode, unitsOfProducts);
			work.plan = planShipment({
				system: session.system,
				order: request.key,
				sequence: request.input.sequence,
				wanted: work.wanted,
				shipments: own,
				user,
			});
		} catch (error) {
			work.error = asBridgeError(error);
		}
		return work;
	});
	const byId = new Map(products.map((product) => [product.id, product]));
	return { batch: new Batch(session, shipments, byId, works), works };
}

function checkVersion(system: string, { key, expectedVersion }: Request, shipments: Shipment[]): void {
	if (expectedVersion === undefined) return;
	if (shipments.length > 0 && reservationOf(key, shipments).revision === expectedVersion) return;
	throw conflict({
		system,
		order: key,
		problem: 'changed since it was read',
		hint: 'Read it again and repeat the change on what it now is.',
	});
}

function wantedOf(
	system: string,
	{ key: order, input }: Request,
	products: Map<string, Product[]>,
	units: Units,
): Map<number, Decimal> {
	const wanted = new Map<number, Decimal>();
	for (const { item, quantity } of input.lines) {
		const product = onlyProduct(system, order, item, products.get(item) ?? []);
		const unit = units.get(product.baseUnit);
		if (!new Big(quantity).round(unit?.digits ?? 0).eq(quantity)) {
			throw invalid({
				system,
				order,
				problem: `wants ${quantity} of item "${item}", finer than its unit "${unit?.name}" is counted`,
				hint: 'Correct the quantity in the order, or the digits of the unit in Tryton.',
			});
		}
		if (!isZero(quantity)) wanted.set(product.id, quantity);
	}
	return wanted;
}

function onlyProduct(system: string, order: string, item: string, candidates: Product[]): Product {
	const refuse = (problem: string, hint: string) =>
		invalid({ system, order, problem: `wants item "${item}", ${problem}`, hint });
	const [product, ...others] = candidates;
	if (product === undefined) {
		throw refuse(
			'of which Tryton has no active product',
			'Create it there, or link the item to the right one.',
		);
	}
	if (others.length > 0) {
		const numbers = candidates.map(({ id }) => id).join(', ');
		throw refuse(`but products ${numbers} all have this code`, 'Give each product in Tryton its own code.');
	}
	if (product.type === 'service') {
		throw refuse('which is a service and never in stock', 'Leave it out of what the warehouse is asked for.');
	}
	return product;
}
