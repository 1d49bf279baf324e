import type { Decimal } from '../../../core/model/decimal';
import type { BridgeError } from '../../../core/ports/errors';
import type { ActRequest, ReservationMatch } from '../../../core/ports/systemConnector';
import type { Product } from '../items';
import type { Context, TrytonSession } from '../session';
import { resourceOf, shipmentModel, type Shipment, type Shipments } from '../shipments';
import { asBridgeError, conflict } from './errors';
import type { ShipmentPlan } from './plan';

/** One order on its way through the steps; with an error it takes part in no further one. */
export interface Work {
	request: ActRequest<ReservationMatch>;
	wanted: Map<number, Decimal>;
	plan: ShipmentPlan;
	/** all shipments of the order, as last read */
	shipments: Shipment[];
	/** made just now: what stood before goes first when stock is short */
	isNew?: boolean;
	/** Tryton holds it otherwise than `shipments` says */
	isOutdated?: boolean;
	error?: BridgeError;
}

export function shipmentOf({ plan }: Work): Shipment | undefined {
	return 'shipment' in plan ? plan.shipment : undefined;
}

/** Orders that are matched together, each step of all of them in one call. */
export class Batch {
	constructor(
		readonly session: TrytonSession,
		readonly shipments: Shipments,
		readonly products: Map<number, Product>,
		private readonly works: Work[],
	) {}

	/** Those that are still on their way and match. */
	some(matches: (work: Work) => boolean): Work[] {
		return this.works.filter((work) => work.error === undefined && matches(work));
	}

	planned(...kinds: Array<ShipmentPlan['kind']>): Work[] {
		return this.some(({ plan }) => kinds.includes(plan.kind));
	}

	/** One call for all these works; where Tryton refuses, in halves, so that only the one at fault fails. */
	async step(works: Work[], call: (some: Work[]) => Promise<unknown>): Promise<void> {
		const open = works.filter(({ error }) => error === undefined);
		if (open.length === 0) return;
		for (const work of open) work.isOutdated = true;
		try {
			await call(open);
		} catch (error) {
			const failure = asBridgeError(error);
			if (open.length === 1 || failure.retryable) {
				for (const work of open) work.error = failure;
				return;
			}
			const middle = Math.ceil(open.length / 2);
			await this.step(open.slice(0, middle), call);
			await this.step(open.slice(middle), call);
		}
	}

	/** Presses a button on the shipments of these works, as they were read. */
	async press(works: Work[], button: string): Promise<void> {
		await this.step(works, (some) =>
			this.session.call(
				`model.${shipmentModel}.${button}`,
				[some.flatMap((work) => shipmentOf(work)?.id ?? [])],
				unchangedSinceRead(some),
			),
		);
	}

	/** Presses a button and reads back where that led: Tryton answers "ok" to a transition that it does not make. */
	async transition(works: Work[], button: string, to: Shipment['state']): Promise<void> {
		await this.press(works, button);
		await this.refresh(works);
		for (const work of works) {
			const shipment = shipmentOf(work);
			if (work.error !== undefined || shipment?.state === to) continue;
			work.error = conflict({
				system: this.session.system,
				order: work.request.key,
				problem: `has shipment ${shipment?.number}, which is ${shipment?.state} and did not become ${to}`,
				hint: 'The warehouse is working on it: look at it in Tryton, then repeat.',
			});
		}
	}

	/** Reads the shipments of these works again. */
	async refresh(works: Work[]): Promise<void> {
		const open = works.filter(({ error }) => error === undefined);
		if (open.length === 0) return;
		const found = await this.shipments.ofOrders(open.map(({ request }) => request.key));
		for (const work of open) {
			work.shipments = found.get(work.request.key) ?? [];
			work.isOutdated = false;
			const known = shipmentOf(work)?.id;
			const shipment = work.shipments.find(({ id }) => id === known);
			if (shipment !== undefined && 'shipment' in work.plan) work.plan = { ...work.plan, shipment };
		}
	}
}

/** Tryton refuses to write a shipment that is no longer in the version that was read. */
export function unchangedSinceRead(works: Work[]): Context {
	const shipments = works.flatMap((work) => shipmentOf(work) ?? []);
	return {
		_timestamp: Object.fromEntries(
			shipments.flatMap(({ id, timestamp }) =>
				timestamp === undefined ? [] : [[resourceOf(id), timestamp]],
			),
		),
	};
}
