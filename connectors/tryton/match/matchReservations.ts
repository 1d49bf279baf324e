import type { Reservation } from '../../../core/model/reservation';
import type { ActRequest, Outcome, ReservationMatch } from '../../../core/ports/systemConnector';
import { isOpen, noteOf, reservationOf, resourceOf, shipmentModel } from '../shipments';
import type { Warehouse } from '../warehouse';
import { shipmentOf, unchangedSinceRead, type Batch, type Work } from './batch';
import { asBridgeError, conflict } from './errors';
import { editedMoves, moveMaker } from './moves';
import { prepare } from './prepare';
import { reserve } from './reserve';

type Request = ActRequest<ReservationMatch>;

/**
 * Makes the shipments of many orders ask for exactly what is wanted and reserves what is there. The steps are those that people
 * take in Tryton (back to draft, edit, wait, assign), each as one call for all orders. Every step can be repeated: whoever
 * finds a half-done shipment goes on from there. While an order is changed its own stock is free for a moment, and others
 * may take it.
 */
export async function matchReservations(
	warehouse: Warehouse,
	requests: Request[],
): Promise<Array<Outcome<Reservation>>> {
	const outcomes = new Map<Request, Outcome<Reservation>>();
	for (const wave of waves(requests)) {
		const results = await matchEach(warehouse, wave);
		wave.forEach((request, index) => outcomes.set(request, results[index] as Outcome<Reservation>));
	}
	return requests.map((request) => outcomes.get(request) as Outcome<Reservation>);
}

/** Requests for the same order go one after the other. */
function waves(requests: Request[]): Request[][] {
	const result: Request[][] = [];
	const seen = new Map<string, number>();
	for (const request of requests) {
		const wave = seen.get(request.key) ?? 0;
		seen.set(request.key, wave + 1);
		(result[wave] ??= []).push(request);
	}
	return result;
}

async function matchEach(warehouse: Warehouse, requests: Request[]): Promise<Array<Outcome<Reservation>>> {
	try {
		const { batch, works } = await prepare(warehouse, requests);
		await cancelOrphans(batch);
		await keepSequences(batch, batch.planned('keep', 'edit', 'cancel'));
		await batch.transition(batch.planned('cancel'), 'cancel', 'cancelled');
		await edit(batch, warehouse);
		await create(batch, warehouse);
		await reserve(batch, warehouse.stock);
		await batch.refresh(batch.some(({ isOutdated }) => isOutdated === true));
		return works.map(outcomeOf);
	} catch (error) {
		const failure = asBridgeError(error);
		return requests.map(({ key }) => ({ key, error: failure }));
	}
}

async function cancelOrphans(batch: Batch): Promise<void> {
	await batch.step(
		batch.some(({ plan }) => plan.orphans.length > 0),
		(some) => {
			const ids = some.flatMap(({ plan }) => plan.orphans.map(({ id }) => id));
			return batch.session.press(shipmentModel, 'cancel', ids);
		},
	);
}

/** Before all else, so that an older state that comes meanwhile is known as older even when the rest is still to be done. */
async function keepSequences(batch: Batch, works: Work[]): Promise<void> {
	const message = ({ request }: Work) => noteOf(request.key, request.input.sequence);
	const noted = (work: Work) => shipmentOf(work)?.note;
	const outdated = works.filter(
		(work) => noted(work) !== undefined && noted(work)?.sequence !== work.request.input.sequence,
	);
	await batch.step(outdated, (some) =>
		batch.session.call(
			'model.ir.note.write',
			some.flatMap((work) => [[noted(work)?.id], { message: message(work) }]),
		),
	);
	await batch.step(
		works.filter((work) => noted(work) === undefined),
		(some) =>
			batch.session.create(
				'ir.note',
				some.flatMap((work) => {
					const shipment = shipmentOf(work);
					return shipment === undefined
						? []
						: [{ resource: resourceOf(shipment.id), message: message(work) }];
				}),
			),
	);
}

/** Takes shipments back to draft, where Tryton lets them be edited, and gives them the moves that are wanted. */
async function edit(batch: Batch, { site, customer }: Warehouse): Promise<void> {
	const edits = batch.planned('edit');
	if (edits.length === 0) return;
	const newMove = moveMaker(await site(), await customer(), batch.products);
	const inState = (state: string) => edits.filter((work) => shipmentOf(work)?.state === state);
	await batch.transition(inState('assigned'), 'wait', 'waiting');
	await batch.transition(inState('waiting'), 'draft', 'draft');
	await batch.step(edits, (some) => {
		const changes = some.flatMap(({ plan }) =>
			plan.kind === 'edit'
				? [[plan.shipment.id], { moves: editedMoves(plan.shipment, plan.wanted, newMove) }]
				: [],
		);
		return batch.session.call(`model.${shipmentModel}.write`, changes, unchangedSinceRead(some));
	});
	for (const { plan } of edits) if (plan.kind === 'edit') delete plan.shipment.timestamp;
}

async function create(batch: Batch, { shipments, site, customer }: Warehouse): Promise<void> {
	const works = batch.planned('create');
	if (works.length === 0) return;
	const place = await site();
	const recipient = await customer();
	const newMove = moveMaker(place, recipient, batch.products);
	await batch.step(works, (some) =>
		batch.session.create(
			shipmentModel,
			some.map(({ request, plan }) => {
				const wanted = plan.kind === 'create' ? [...plan.wanted] : [];
				return {
					reference: shipments.reference(request.key),
					company: place.company,
					warehouse: place.warehouse,
					customer: recipient.party,
					delivery_address: recipient.address,
					moves: [['create', wanted.map(([product, quantity]) => newMove(product, quantity))]],
				};
			}),
		),
	);
	await batch.refresh(works);
	for (const work of works) if (work.error === undefined) adopt(work, batch.session.system);
	await keepSequences(batch, works);
}

/** What was made is found by its order, as after a failure: a rival that was made at the same moment shows here. */
function adopt(work: Work, system: string): void {
	const [shipment, ...rivals] = work.shipments.filter(isOpen);
	if (shipment !== undefined && rivals.length === 0) {
		work.plan = { kind: 'keep', shipment, orphans: [] };
		work.isNew = true;
		return;
	}
	work.error = conflict({
		system,
		order: work.request.key,
		problem: `was made by two sides at once (${work.shipments.map(({ number }) => number).join(', ')})`,
		hint: 'Repeat it: the shipment that is not needed is then cancelled.',
	});
}

function outcomeOf({ request: { key, input }, shipments, error }: Work): Outcome<Reservation> {
	if (error !== undefined) return { key, error };
	if (shipments.length > 0) return { key, value: reservationOf(key, shipments) };
	// Nothing was ever wanted, and nothing is kept of that.
	const changedAt = new Date().toISOString();
	return { key, value: { order: key, sequence: input.sequence, revision: '', changedAt, lines: [] } };
}
