import { compare, subtract, type Decimal } from '../../../core/model/decimal';
import { moveModel, requestedOf, reservedOf } from '../shipments';
import type { Stock } from '../stock';
import { shipmentOf, type Batch, type Work } from './batch';
import { inTurn } from './turns';

/**
 * Brings drafts to waiting and assigns as far as stock allows. Nothing is called where nothing could come of it: even an
 * attempt in vain would change the moves.
 */
export async function reserve(batch: Batch, stock: Stock): Promise<void> {
	const stateOf = (work: Work) => shipmentOf(work)?.state;
	const held = () => batch.planned('keep', 'edit');
	await batch.transition(
		held().filter((work) => stateOf(work) === 'draft'),
		'wait',
		'waiting',
	);
	const lacking = held().filter((work) => stateOf(work) === 'waiting');
	if (lacking.length > 0) await inTurn(batch.session.address, () => assign(batch, stock, lacking));
}

async function assign(batch: Batch, stock: Stock, lacking: Work[]): Promise<void> {
	const products = new Set(lacking.flatMap((work) => [...missingOf(work).keys()]));
	const available = await stock.available([...batch.products.values()].filter(({ id }) => products.has(id)));
	// An order that is changed gets its stock back before a new one takes it.
	const queue = lacking.toSorted((a, b) => Number(a.isNew ?? false) - Number(b.isNew ?? false));
	const { fitting, unfitting } = distribute(queue, available);
	// Those that fit first: the others take what they may not keep, and give it back.
	await batch.press(fitting, 'assign_try');
	await batch.press(unfitting, 'assign_try');
	const tried = [...fitting, ...unfitting];
	await batch.refresh(tried);
	await giveBackParts(batch, tried);
	// Tryton calls the shipments of one call assigned only when all of them are; now each of these is.
	await batch.press(
		tried.filter((work) => missingOf(work).size === 0 && shipmentOf(work)?.state === 'waiting'),
		'assign_try',
	);
}

/** Which shipments are worth an attempt, in turn: those that may keep all that they would get, and the others. */
function distribute(works: Work[], available: Map<number, Decimal>): { fitting: Work[]; unfitting: Work[] } {
	const left = new Map(available);
	const result = { fitting: [] as Work[], unfitting: [] as Work[] };
	for (const work of works) {
		const missing = [...missingOf(work)];
		const { allowPartial } = work.request.input;
		const obtainable = missing.filter(([product, quantity]) => {
			const there = left.get(product) ?? '0';
			return allowPartial ? compare(there, '0') > 0 : compare(there, quantity) >= 0;
		});
		for (const [product, quantity] of obtainable) {
			const there = left.get(product) ?? '0';
			left.set(product, compare(there, quantity) > 0 ? subtract(there, quantity) : '0');
		}
		if (obtainable.length === 0 && missing.length > 0) continue;
		const fits = allowPartial || obtainable.length === missing.length;
		(fits ? result.fitting : result.unfitting).push(work);
	}
	return result;
}

/** Where an item is to be reserved whole or not at all, a part of it is set free again. */
async function giveBackParts(batch: Batch, works: Work[]): Promise<void> {
	const parts = new Map(works.map((work) => [work, partsOf(work)]));
	await batch.step(
		works.filter((work) => parts.get(work)?.length),
		(some) =>
			batch.session.press(
				moveModel,
				'draft',
				some.flatMap((work) => parts.get(work) ?? []),
			),
	);
}

function partsOf(work: Work): number[] {
	const shipment = shipmentOf(work);
	if (work.request.input.allowPartial || shipment === undefined) return [];
	const missing = missingOf(work);
	return shipment.picking
		.filter(({ product, state }) => state === 'assigned' && missing.has(product))
		.map(({ id }) => id);
}

/** What the shipment asks for and does not hold, by product. */
function missingOf(work: Work): Map<number, Decimal> {
	const shipment = shipmentOf(work);
	if (shipment === undefined) return new Map();
	const reserved = reservedOf(shipment);
	return new Map(
		[...requestedOf(shipment)].flatMap(([product, requested]): Array<[number, Decimal]> => {
			const rest = subtract(requested, reserved.get(product) ?? '0');
			return compare(rest, '0') > 0 ? [[product, rest]] : [];
		}),
	);
}
